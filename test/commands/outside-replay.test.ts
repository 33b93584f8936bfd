// SPDX-License-Identifier: Apache-2.0
// Publishing asks programs first: real ones, which fetch over loopback what is not published yet.
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { publish } from '../../src/commands/publish.ts';
import { PUBLISHED_BRANCH } from '../../src/event/layout.ts';
import { outsideClients } from '../../src/hosting/outside-clients.ts';
import { codeOf } from '../client/support.ts';
import { makeScratch, published, removeScratch, shared, type Ground } from './support.ts';

vi.setConfig({ testTimeout: 60_000 });

let directory = '';

beforeAll(async () => {
  await makeScratch();
  directory = await mkdtemp(join(tmpdir(), 'countersign-programs-'));
});

afterAll(async () => {
  await removeScratch();
  await rm(directory, { recursive: true });
});

/** What a well-behaved client does, as far as this gate can see; `then` is what it does at its end. */
const fetching = (then = ''): string => `
const [metadata, targets, root, dir, target] = process.argv.slice(2);
const get = async (base, name) => {
  const answer = await fetch(new URL(name, base));
  if (!answer.ok) throw new Error(answer.status + ' for ' + name);
  return Buffer.from(await answer.arrayBuffer());
};
const timestamp = JSON.parse(await get(metadata, 'timestamp.json')).signed;
const snapshot = JSON.parse(await get(metadata, timestamp.meta['snapshot.json'].version + '.snapshot.json')).signed;
const role = target.startsWith('docs/') ? 'docs' : 'releases';
const { length, hashes } = JSON.parse(await get(metadata, snapshot.meta[role + '.json'].version + '.' + role + '.json')).signed.targets[target];
const bytes = await get(targets, target.replace(/[^/]*$/, (name) => hashes.sha256 + '.' + name));
if (bytes.length !== length) throw new Error('length');
${then}
`;

async function program(name: string, text: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(
    path,
    `#!${process.execPath}\n${text.includes('await') ? 'import { readFileSync, appendFileSync } from "node:fs";' : ''}\n${text}`,
  );
  await writeFile(join(directory, 'package.json'), '{ "type": "module" }');
  await chmod(path, 0o755);
  return path;
}

const quiet = { info: () => undefined, warn: () => undefined, progress: () => undefined };

/** A release that is signed and not published, as nobody's client holds it yet. */
const released = shared(async () => {
  const ground = await (await published()).copy();
  await ground.release('v1/a.txt', 'one');
  return ground;
});

async function publishWith(ground: Ground, programs: readonly string[], limitMs?: number): Promise<string> {
  const place = await ground.open();
  return codeOf(publish(place, outsideClients(programs, quiet, limitMs)));
}

async function head(ground: Ground): Promise<string | undefined> {
  return (await (await ground.open()).forge.branches(PUBLISHED_BRANCH)).get(PUBLISHED_BRANCH);
}

test('programs that read it all agree, and it is published', async () => {
  const ground = await (await released()).copy();
  const log = join(directory, 'agreed.log');
  const said = `appendFileSync(${JSON.stringify(log)}, JSON.stringify({ args: process.argv.slice(2), env: process.env, version: JSON.parse(readFileSync(root)).signed.version }) + '\\n');`;
  const place = await ground.open();
  const result = await publish(
    place,
    outsideClients([await program('agrees', fetching(said)), await program('agrees-too', fetching())], quiet),
  );
  expect(result.outcome).toBe('published');
  const runs = (await readFile(log, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  // One root is all that there is.
  expect(runs).toHaveLength(1);
  const [{ args, env, version }] = runs;
  expect({ version, target: args[4] }).toEqual({ version: 1, target: 'v1/a.txt' });
  expect(env).toMatchObject({ METADATA_URL: args[0], TARGETS_URL: args[1], ROOT_FILE: args[2], DIR: args[3], TARGET: 'v1/a.txt' });
  expect(args[0]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metadata\/$/);
});

test('a program is given none of our secrets', async () => {
  const ground = await (await released()).copy();
  const log = join(directory, 'environment.log');
  process.env['COUNTERSIGN_ONLINE_KEY'] = 'hunter2';
  try {
    await publishWith(ground, [await program('tells', fetching(`appendFileSync(${JSON.stringify(log)}, JSON.stringify(process.env));`))]);
  } finally {
    delete process.env['COUNTERSIGN_ONLINE_KEY'];
  }
  const env = JSON.parse(await readFile(log, 'utf8'));
  expect(env).toHaveProperty('PATH');
  expect(JSON.stringify(env)).not.toContain('hunter2');
});

describe('nothing is published, and the branch stays, when', () => {
  test.each<[string, () => Promise<readonly string[]>, number | undefined]>([
    [
      'a program exits with 1',
      async () => [await program('refuses', fetching('console.log("no such key type"); process.exit(1);'))],
      undefined,
    ],
    [
      'the second program refuses',
      async () => [await program('agrees', fetching()), await program('refuses', 'process.exit(3)')],
      undefined,
    ],
    ['a program can not be started', async () => [join(directory, 'absent')], undefined],
    [
      'a program is killed',
      async () => [
        await program('dies', fetching('process.kill(process.pid, "SIGKILL"); await new Promise(() => setInterval(() => 0, 9));')),
      ],
      undefined,
    ],
    ['a program takes too long', async () => [await program('waits', 'setInterval(() => 0, 1000);')], 300],
    ['a program agrees without asking for anything', async () => [await program('sleeps', 'process.exit(0)')], undefined],
    [
      'a program asks for the timestamp only',
      async () => [await program('peeks', 'await fetch(process.argv[2] + "timestamp.json");')],
      undefined,
    ],
  ])('%s', async (_name, programs, limitMs) => {
    const ground = await (await released()).copy();
    const before = await head(ground);
    expect(await publishWith(ground, await programs(), limitMs)).toBe('client-refused');
    expect(await head(ground)).toBe(before);
    // The control: without a gate it would have been published.
    expect((await publish(await ground.open())).outcome).toBe('published');
    expect(await head(ground)).not.toBe(before);
  });
});

test('the refusal names the program and what it printed last', async () => {
  const ground = await (await released()).copy();
  const warnings: string[] = [];
  const path = await program('refuses', fetching('console.log("first"); console.error("no such key type"); process.exit(1);'));
  const clients = outsideClients([path], { ...quiet, warn: (text) => void warnings.push(text) });
  const refused = publish(await ground.open(), clients);
  await expect(refused).rejects.toMatchObject({
    code: 'client-refused',
    where: JSON.stringify(path),
    detail: expect.stringMatching(/exit code 1: "no such key type"$/),
  });
  expect(warnings.join()).toContain('first\nno such key type');
});

test('where nothing is to be published nobody is asked', async () => {
  const ground = await (await published()).copy();
  expect(await publishWith(ground, [join(directory, 'absent')])).toBe('none');
});
