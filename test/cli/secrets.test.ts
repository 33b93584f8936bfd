// SPDX-License-Identifier: Apache-2.0
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CommandLine, writeFiles } from './command-line.ts';
import { newPlace, type Repository } from './repository.ts';

let cli: CommandLine;
let place: Repository;

beforeAll(async () => {
  cli = await CommandLine.build();
  place = await newPlace(cli);
});

afterAll(async () => {
  await cli.remove();
});

test('a whole event prints no part of a private key, as text or as JSON', async () => {
  for (const args of [['keygen', 'keys/new.pem'], ['keygen', 'keys/newer.pem', '--json'], ['init']]) {
    expect((await place.run(...args)).code).toBe(0);
  }
  await cli.watchKeys(place.path('keys'));
  for (const person of ['alice', 'bob'] as const) expect((await place.run(...place.signArguments(1, person))).code).toBe(0);
  await place.sign(1, 'carol');
  for (const command of ['gather', 'publish', 'status']) expect((await place.run(command)).code).toBe(0);
  await writeFiles(place.path('in'), { 'a.txt': 'a' });
  expect((await place.run('propose', '--role', 'docs', '--target-prefix', 'docs/', 'in/a.txt')).code).toBe(0);
  await place.release(2, 'carol');
  expect((await place.run('verify', 'forge/site')).code).toBe(0);
  expect(cli.printed.length).toBeGreaterThan(20);
  expect(cli.leaked()).toEqual([]);
});

test('a key that is damaged, or that is given where its place belongs, is not repeated in the error', async () => {
  const pem = await readFile(place.path('keys', 'alice.pem'), 'utf8');
  const [, body = ''] = pem.split('\n');
  const seed = Buffer.from(body, 'base64').subarray(-32).toString('hex');
  const cut = body.slice(0, -8);
  for (const secret of [cut, cut.slice(10, 40), seed.slice(2), 'hunter2']) cli.watch(secret);
  await writeFile(place.path('keys', 'cut.pem'), pem.replace(body, cut));
  await writeFile(place.path('keys', 'hex.pem'), seed.slice(2));
  const uris = [
    'file:keys/cut.pem',
    'file:keys/hex.pem',
    'env:BAD',
    pem,
    body,
    seed,
    `file:${pem}`,
    `file:${seed}`,
    `env:${body}`,
    `x:${body}`,
  ];
  for (const uri of uris) {
    const args = ['sign', '1', '--as', 'alice', '--key', uri, '--yes'];
    const env = { ...place.env, BAD: `hunter2 ${cut}` };
    for (const form of [[], ['--json']]) {
      const { code, stdout, stderr } = await cli.run([...args, ...form], { cwd: place.directory, env });
      expect({ uri, failed: code > 0, internal: stderr.includes('internal error') }).toEqual({ uri, failed: true, internal: false });
      expect(stdout + stderr).not.toBe('');
    }
  }
  const env = { ...place.env, COUNTERSIGN_ONLINE_KEY: `hunter2 ${cut}` };
  expect((await cli.run(['init', '--repo', 'bad-online'], { cwd: place.directory, env })).code).toBe(1);
  expect(cli.leaked()).toEqual([]);
});

test('what this suite looks for would be found', async () => {
  const pem = await readFile(place.path('keys', 'bob.pem'), 'utf8');
  const other = await CommandLine.build();
  await other.writeKey(`${other.directory}/key.pem`);
  other.printed.push(pem);
  expect(other.leaked()).toEqual([]);
  other.printed.push(await readFile(`${other.directory}/key.pem`, 'utf8'));
  expect(other.leaked()).not.toEqual([]);
  await other.remove();
});
