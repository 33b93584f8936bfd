// SPDX-License-Identifier: Apache-2.0
// Writes a repository for clients, as we publish them: `DIRECTORY COUNT LENGTH [hash-prefixes|succinct BITS]`. Root and targets are signed by two of three
// people. The snapshot lists lengths: without them clients take no more than 5,000,000 bytes of a targets role. One of the targets has a file, of LENGTH
// zeros, since no more is ever downloaded. Prints that target.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { ed25519FromSeed } from '../src/signers/ed25519.ts';
import { describeKey } from '../src/signers/tuf-key.ts';
import { encodeCanonicalJson } from '../src/tuf/canonical.ts';
import { keyIdOf } from '../src/tuf/key.ts';
import { encodeMetadata } from '../src/tuf/metadata.ts';
import { listFile, planSnapshot, planTimestamp } from '../src/tuf/plan-online.ts';
import { metadataPath, rootPath, TIMESTAMP_PATH } from '../src/tuf/published-tree.ts';
import {
  bindingObject,
  jsonObject,
  newRootSigned,
  newSnapshotSigned,
  newTargetsSigned,
  newTimestampSigned,
  roleKeysObject,
} from '../src/tuf/signed-part.ts';

const REPOSITORY = '5f0c8b1e-7a63-4d0f-9c21-3b8e6d4a7f15';
const EXPIRES = 4_000_000_000;
const HEADER = { version: 1, expires: EXPIRES };
const MIB = 1024 * 1024;
const [directory, countText, lengthText, binKind, bitsText] = process.argv.slice(2);
const [count, length, bits] = [Number(countText), Number(lengthText), Number(bitsText ?? 0)];

function keyNamed(name) {
  const privateKey = ed25519FromSeed(crypto.createHash('sha256').update(name).digest());
  const { publicKey } = describeKey(privateKey);
  return { privateKey, publicKey, keyId: keyIdOf(publicKey) };
}

const PEOPLE = ['ada', 'bob', 'cleo'].map(keyNamed);
const ONLINE = keyNamed('online');
const keyTable = (keys) => new Map(keys.map(({ keyId, publicKey }) => [keyId, publicKey]));
const roleOf = (keys, threshold) => ({ keyIds: keys.map(({ keyId }) => keyId), threshold });
const digestOf = (text) => crypto.createHash('sha256').update(text).digest('hex');

function publish(file, signed, signers) {
  const payload = encodeCanonicalJson(signed);
  const signatures = signers.map(({ keyId, privateKey }) => ({ keyId, sig: crypto.sign(null, payload, privateKey).toString('hex') }));
  const bytes = encodeMetadata(signed, signatures);
  fs.mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
  fs.writeFileSync(path.join(directory, file), bytes);
  return bytes;
}

function publishTargets(role, signers, targets, delegations) {
  const parts = { targets, delegations, binding: bindingObject(REPOSITORY, role) };
  return listFile(1, publish(metadataPath(role, 1), newTargetsSigned(HEADER, parts), signers));
}

/** Writes the file of the target to download in pieces; gives its digest. */
function writeZeros(name) {
  const piece = Buffer.alloc(Math.min(length, MIB));
  const hash = crypto.createHash('sha256');
  const slash = name.lastIndexOf('/') + 1;
  const unnamed = path.join(directory, 'unnamed');
  fs.mkdirSync(directory, { recursive: true });
  const file = fs.openSync(unnamed, 'w');
  for (let done = 0; done < length; done += piece.length) {
    const part = piece.subarray(0, length - done);
    hash.update(part);
    fs.writeSync(file, part);
  }
  fs.closeSync(file);
  const sha256 = hash.digest('hex');
  const place = path.join(directory, 'targets', name.slice(0, slash), `${sha256}.${name.slice(slash)}`);
  fs.mkdirSync(path.dirname(place), { recursive: true });
  fs.renameSync(unnamed, place);
  return sha256;
}

const pathOf = (number) => `releases/v${Math.floor(number / 1000)}/component-${number % 1000}.tar.gz`;
const wanted = pathOf(Math.floor(count / 2));
const wantedSha256 = writeZeros(wanted);
const targets = new Map();
for (let number = 0; number < count; number++) {
  const name = pathOf(number);
  const [sha256, size] = name === wanted ? [wantedSha256, length] : [digestOf(name), 1000 + number];
  targets.set(name, jsonObject({ hashes: jsonObject({ sha256 }), length: size }));
}

const binCount = 2 ** bits;
const binName = (bin) => `bin-${bin.toString(16).padStart((binCount - 1).toString(16).length, '0')}`;

function delegationsTo(keys) {
  const shared = { ...Object.fromEntries(roleKeysObject(roleOf(keys, 1))) };
  if (binKind === 'succinct') {
    return jsonObject({ keys: keyTable(keys), succinct_roles: jsonObject({ ...shared, bit_length: bits, name_prefix: 'bin' }) });
  }
  const digits = Math.ceil(bits / 4);
  const perBin = 16 ** digits / binCount;
  const prefixesOf = (bin) => Array.from({ length: perBin }, (_, index) => (bin * perBin + index).toString(16).padStart(digits, '0'));
  const roles = Array.from({ length: binCount }, (_, bin) =>
    jsonObject({ name: binName(bin), ...shared, terminating: false, path_hash_prefixes: prefixesOf(bin) }),
  );
  return jsonObject({ keys: keyTable(keys), roles });
}

const listed = new Map();
if (binKind === undefined) {
  listed.set('targets', publishTargets('targets', PEOPLE.slice(0, 2), targets));
} else {
  const bins = Array.from({ length: binCount }, () => new Map());
  for (const [name, file] of targets) bins[Math.floor(Number.parseInt(digestOf(name).slice(0, 8), 16) / 2 ** (32 - bits))].set(name, file);
  bins.forEach((content, bin) => listed.set(binName(bin), publishTargets(binName(bin), [ONLINE], content)));
  listed.set('targets', publishTargets('targets', PEOPLE.slice(0, 2), new Map(), delegationsTo([ONLINE])));
}
const offline = roleOf(PEOPLE, 2);
const online = roleOf([ONLINE], 1);
const roles = { root: offline, targets: offline, snapshot: online, timestamp: online };
const root = { keys: keyTable([...PEOPLE, ONLINE]), roles, binding: bindingObject(REPOSITORY, 'root') };
publish(rootPath(1), newRootSigned(HEADER, root), PEOPLE.slice(0, 2));
const { meta } = planSnapshot(null, root, listed);
const snapshot = publish(metadataPath('snapshot', 1), newSnapshotSigned(HEADER, REPOSITORY, meta), [ONLINE]);
const timestamp = planTimestamp(null, root, listFile(1, snapshot));
publish(TIMESTAMP_PATH, newTimestampSigned(HEADER, REPOSITORY, timestamp.snapshot), [ONLINE]);
process.stdout.write(JSON.stringify({ target: wanted, sha256: wantedSha256, length }));
