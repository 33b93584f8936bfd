// SPDX-License-Identifier: Apache-2.0
// Bytes in, bytes out: parses a role, adds a target, signs and encodes it. `write N FILE` makes the input; `edit FILE` measures.
import crypto from 'node:crypto';
import fs from 'node:fs';
import { performance } from 'node:perf_hooks';
import { encodeCanonicalJson } from '../src/tuf/canonical.ts';
import { editTargets, stageTargets } from '../src/tuf/edit-targets.ts';
import { encodeMetadata } from '../src/tuf/metadata.ts';
import { jsonObject, newTargetsSigned } from '../src/tuf/signed-part.ts';
import { parseTargets } from '../src/tuf/targets.ts';

const KEY_ID = 'a'.repeat(64);
const digestOf = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');

function write(count, file) {
  const targets = new Map();
  for (let number = 0; number < count; number++) {
    const path = `releases/v${Math.floor(number / 1000)}/component-${number % 1000}.tar.gz`;
    targets.set(path, jsonObject({ hashes: jsonObject({ sha256: digestOf(path) }), length: 1000 + number }));
  }
  const signed = newTargetsSigned({ version: 1, expires: 1_900_000_000 }, { targets });
  fs.writeFileSync(file, encodeMetadata(signed, [{ keyId: KEY_ID, sig: '00'.repeat(64) }]));
}

function edit(bytes, key) {
  const { signed } = parseTargets(bytes);
  const add = new Map([['releases/next/app.tar.gz', { length: 12345, sha256: 'b'.repeat(64), custom: null }]]);
  const { targets } = stageTargets(signed, { add, remove: new Set(), existing: 'refuse' });
  const next = editTargets(signed, targets, { version: signed.version + 1, expires: signed.expires });
  const payload = encodeCanonicalJson(next);
  const sig = crypto.sign(null, payload, key).toString('hex');
  return { payload, file: encodeMetadata(next, [{ keyId: KEY_ID, sig }]) };
}

if (process.argv[2] === 'write') {
  write(Number(process.argv[3]), process.argv[4]);
} else {
  const bytes = fs.readFileSync(process.argv[3]);
  const { privateKey } = crypto.generateKeyPairSync('ed25519');
  const [start, cpuStart] = [performance.now(), process.cpuUsage()];
  const { payload, file } = edit(bytes, privateKey);
  const cpu = process.cpuUsage(cpuStart);
  const seconds = (performance.now() - start) / 1000;
  process.stdout.write(
    JSON.stringify({ seconds, cpuSeconds: (cpu.user + cpu.system) / 1e6, payload: digestOf(payload), bytes: file.length }),
  );
}
