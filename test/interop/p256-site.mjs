// SPDX-License-Identifier: Apache-2.0
// A repository made by the command line as people do it, by people with P-256 keys and one with ed25519, and with a P-256 online key: begun, one release,
// published to DIR/forge/site.
//
//   node p256-site.mjs CLI DIR
import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const [cli, directory] = process.argv.slice(2).map((argument) => path.resolve(argument));
const PEOPLE = { alice: 'P-256', bob: 'P-256', carol: 'ed25519' };

function makeKey(kind) {
  const { privateKey } = kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

function publicText(pem) {
  const text = createPublicKey(pem).export({ format: 'pem', type: 'spki' }).toString();
  return JSON.stringify(text);
}

const online = makeKey('P-256');
mkdirSync(path.join(directory, 'keys'), { recursive: true });
const people = Object.entries(PEOPLE).map(([name, kind]) => {
  const pem = makeKey(kind);
  writeFileSync(path.join(directory, 'keys', `${name}.pem`), pem, { mode: 0o600 });
  return `  ${name}: { github: ${name}, key: ${publicText(pem)} }`;
});
writeFileSync(
  path.join(directory, 'countersign.yaml'),
  `people:
${people.join('\n')}
roles:
  root: { signers: [alice, bob, carol], threshold: 2, expires: 365d, renew: 60d }
  targets: { signers: [alice, bob, carol], threshold: 2, expires: 365d, renew: 60d }
  releases: { paths: ["v*/*"], signers: [alice, bob, carol], threshold: 2, expires: 90d, renew: 30d }
online:
  snapshot: { keys: ["env:COUNTERSIGN_ONLINE_KEY"], expires: 30d, renew: 15d }
  timestamp: { keys: ["env:COUNTERSIGN_ONLINE_KEY"], expires: 7d, renew: 6d }
`,
);

function countersign(...args) {
  const env = { ...process.env, COUNTERSIGN_REPO: 'forge', COUNTERSIGN_ONLINE_KEY: online };
  return JSON.parse(
    execFileSync(process.execPath, [cli, ...args, '--json'], { cwd: directory, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}

function complete(number, signers) {
  for (const name of signers) {
    const key = ['--key', `file:keys/${name}.pem`, '--memory', `memory/${name}`];
    countersign('sign', String(number), '--as', name, ...key, '--yes');
  }
  countersign('gather');
  countersign('publish');
}

// Who is new to a role says so by signing: at first that is everybody.
complete(countersign('init').number, ['alice', 'bob', 'carol']);
mkdirSync(path.join(directory, 'release'));
writeFileSync(path.join(directory, 'release', 'app.txt'), 'the application\n');
complete(countersign('propose', '--role', 'releases', '--target-prefix', 'v1/', 'release').number, ['bob', 'carol']);
