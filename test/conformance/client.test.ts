// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { addSeconds, instantFromSeconds } from '../../src/tuf/instant.ts';
import { hosting, serve, type TestServer } from '../client/http-server.ts';
import { bytesOf, file, sha256, TestRepository } from '../client/support.ts';

// Processes take their time on a busy machine, and the first one bundles.
vi.setConfig({ testTimeout: 60_000 });

const CLIENT = fileURLToPath(new URL('client', import.meta.url));
// The client has no clock but the system's.
const SOON = addSeconds(instantFromSeconds(Date.now() / 1000), 30 * 86_400);

let directory: string;
let repository: TestRepository;
let server: TestServer;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'countersign-conformance-'));
  repository = new TestRepository();
  for (const role of ['root', 'timestamp', 'snapshot', 'targets'] as const) repository.expires[role] = SOON;
  repository.publishRoot().role('targets').targets.set('one.txt', bytesOf('one'));
  repository.delegate('targets', { name: 'a/b', keys: ['role'], paths: ['dir/*'] }, { 'dir/two.txt': 'two' }).publish();
  // No writer of ours would put it so: a client that writes its own form is seen.
  repository.files.set('metadata/timestamp.json', Buffer.concat([file(repository, 'metadata/timestamp.json'), bytesOf(' \n')]));
  server = await serve(hosting(repository.files));
  await writeFile(join(directory, 'root.json'), file(repository, 'metadata/1.root.json'));
});
afterEach(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

/** Runs the client with `words`, and the options that all calls have. Gives its code and how it says that it ended. */
async function client(...words: string[]): Promise<{ readonly code: number; readonly end: string }> {
  const log = join(directory, 'log');
  const env = { PATH: process.env['PATH'] ?? '', CONFORMANCE_LOG: log };
  const child = spawn(CLIENT, ['--metadata-dir', join(directory, 'metadata'), ...words], { env, stdio: 'ignore' });
  const [code] = await once(child, 'close');
  return { code, end: (await readFile(log, 'utf8')).trimEnd().split('\n').at(-1) ?? '' };
}

const init = (): ReturnType<typeof client> => client('init', join(directory, 'root.json'));
const refresh = (): ReturnType<typeof client> => client('--metadata-url', `${server.url}/metadata/`, 'refresh');
const download = (...targets: string[]): ReturnType<typeof client> =>
  client(
    ...['--metadata-url', `${server.url}/metadata/`, ...targets.flatMap((target) => ['--target-name', target])],
    ...['--target-dir', join(directory, 'targets'), '--target-base-url', `${server.url}/targets/`, 'download'],
  );

/** What lies in the metadata directory, each file by the path under which the server has the same bytes. */
async function held(): Promise<Record<string, string | undefined>> {
  const names = (await readdir(join(directory, 'metadata'))).sort();
  const served = new Map([...repository.files].map(([path, bytes]) => [sha256(bytes), path]));
  const found = names.map(async (name) => [name, served.get(sha256(await readFile(join(directory, 'metadata', name))))]);
  return Object.fromEntries(await Promise.all(found));
}

async function downloaded(): Promise<readonly string[]> {
  const entries = await readdir(join(directory, 'targets'), { recursive: true }).catch(() => []);
  return entries.sort();
}

const TOP_LEVEL = {
  'root.json': 'metadata/2.root.json',
  'snapshot.json': 'metadata/1.snapshot.json',
  'targets.json': 'metadata/1.targets.json',
  'timestamp.json': 'metadata/timestamp.json',
};

describe("the client of tuf-conformance's protocol", () => {
  test('is given a root without a request, updates, and keeps each file as it was served', async () => {
    expect(await init()).toEqual({ code: 0, end: 'init ok' });
    expect(await held()).toEqual({ 'root.json': 'metadata/1.root.json' });
    expect(server.asked).toEqual([]);
    expect(await refresh()).toEqual({ code: 0, end: 'refresh ok' });
    expect(await held()).toEqual(TOP_LEVEL);
    expect(server.asked).toEqual(
      ['2.root.json', '3.root.json', 'timestamp.json', '1.snapshot.json', '1.targets.json'].map((name) => `/metadata/${name}`),
    );
  });

  test('downloads what any role signs, and no file twice', async () => {
    await init();
    expect(await download('dir/two.txt', 'one.txt')).toEqual({ code: 0, end: 'download ok' });
    expect(await held()).toEqual({ ...TOP_LEVEL, 'a%2Fb.json': 'metadata/1.a%2Fb.json' });
    expect(await downloaded()).toEqual(['dir', 'dir/two.txt', 'one.txt']);
    expect(await readFile(join(directory, 'targets', 'dir', 'two.txt'), 'utf8')).toBe('two');
    expect(await readFile(join(directory, 'targets', 'one.txt'), 'utf8')).toBe('one');
    server.asked.length = 0;
    expect((await download('one.txt', 'dir/two.txt')).code).toBe(0);
    expect(server.asked).toEqual(['/metadata/3.root.json', '/metadata/timestamp.json']);
  });

  test('takes targets in their order and stops at the first that it can not have', async () => {
    await init();
    expect(await download('one.txt', 'nowhere.txt', 'dir/two.txt')).toEqual({ code: 1, end: 'download target-unknown' });
    expect(await downloaded()).toEqual(['one.txt']);
    expect(await held()).toMatchObject(TOP_LEVEL);
  });

  test.each<[string, string, () => Promise<unknown>]>([
    ['a file that is not the one that is signed', 'download hash-mismatch', async () => alter(`targets/${sha256(bytesOf('one'))}.one.txt`)],
    ['a role with a changed byte', 'download hash-mismatch', async () => alter('metadata/1.targets.json')],
    ['a timestamp that is absent', 'download not-found', async () => repository.files.delete('metadata/timestamp.json')],
    ['a store without a root', 'download not-found', () => rm(join(directory, 'metadata'), { recursive: true })],
  ])('ends with 1 for %s', async (_, end, spoil) => {
    await init();
    await spoil();
    expect(await download('one.txt')).toEqual({ code: 1, end });
    expect(await downloaded()).toEqual([]);
  });

  /** Another byte in the middle, and the same length. */
  function alter(path: string): void {
    const bytes = Uint8Array.from(file(repository, path));
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    repository.files.set(path, bytes);
  }

  test('ends with 1 for a root that nobody signed, and keeps nothing of it', async () => {
    const text = Buffer.from(file(repository, 'metadata/1.root.json')).toString();
    await writeFile(join(directory, 'root.json'), text.replace(/"sig": *"[0-9a-f]{8}/g, '"sig":"00000000'));
    expect(await init()).toEqual({ code: 1, end: 'init threshold' });
    expect(await held()).toEqual({});
  });

  test.each<[string, readonly string[], string]>([
    ['no command', [], 'none usage'],
    ['another command', ['fetch'], 'fetch usage'],
    ['init without a file', ['init'], 'init usage'],
    ['a refresh from nowhere', ['refresh'], 'refresh usage'],
    ['a download of nothing', ['--metadata-url', 'http://127.0.0.1:1/', 'download'], 'download usage'],
  ])('ends with 1 for %s', async (_, words, end) => {
    expect(await client(...words)).toEqual({ code: 1, end });
  });
});
