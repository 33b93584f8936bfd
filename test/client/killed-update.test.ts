// SPDX-License-Identifier: Apache-2.0
// Clients as processes: killed at each change of their store, and several on one cache.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openCache } from '../../src/client/directory-store.ts';
import { findTarget } from '../../src/client/roles.ts';
import { startFromRoot } from '../../src/client/update.ts';
import { refresh } from '../../src/client/updater.ts';
import { parseTargetPath } from '../../src/tuf/names.ts';
import { hosting, serve, type TestServer } from './http-server.ts';
import { codeOf, file, NOW, sha256, TestRepository } from './support.ts';
import type { UpdateOrder } from './update-entry.ts';

// Processes take their time on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const ENTRY = fileURLToPath(new URL('update-entry.ts', import.meta.url));
const TARGET = parseTargetPath('a/1', 'test');

const build = (): TestRepository =>
  new TestRepository().delegate('targets', { name: 'a', keys: ['a'], paths: ['a/*'] }, { 'a/1': 'one' }).publish();
const before = build();
/** Everything is new, and the snapshot that a client holds is no longer signed by the right key. */
const after = build();
after.keys.snapshot = ['snapshot-2'];
after.publishRoot();
after.role('targets').version++;
after.role('a').version++;
after.publish();
/** Writes of root, timestamp, snapshot, targets and `a`, and the removal of the held snapshot. */
const CHANGES = 6;

let directory: string;
let servers: { readonly before: TestServer; readonly after: TestServer };
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'countersign-killed-'));
  const input = await rolldown({ input: ENTRY, platform: 'node', transform: { target: 'node20' }, onLog: () => undefined });
  await input.write({ dir: join(directory, 'bundle'), format: 'esm', entryFileNames: 'update.mjs', chunkFileNames: '[name].mjs' });
  await input.close();
  servers = { before: await serve(hosting(before.files)), after: await serve(hosting(after.files)) };
});
afterAll(async () => {
  await Promise.all([servers.before.close(), servers.after.close()]);
  await rm(directory, { recursive: true });
});

const update = async (cache: string, repository: TestRepository): Promise<string> => {
  const { store, exclusively } = openCache(cache);
  return exclusively(() => codeOf(refresh(repository.source(), store, { time: NOW }).then((session) => findTarget(session, TARGET))));
};

/** The cache of a client that has the first state. */
async function newCache(name: string): Promise<string> {
  const cache = join(directory, name);
  await startFromRoot(openCache(cache).store, file(before, 'metadata/1.root.json'), NOW);
  expect(await update(cache, before)).toBe('none');
  return cache;
}

async function run(order: Partial<UpdateOrder> & Pick<UpdateOrder, 'cache' | 'url'>) {
  const whole: UpdateOrder = { time: '2030-01-01T00:00:00Z', target: TARGET, rounds: 1, dies: null, ...order };
  const child = spawn(process.execPath, [join(directory, 'bundle', 'update.mjs'), JSON.stringify(whole)]);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => (stdout += String(data)));
  child.stderr.on('data', (data) => (stderr += String(data)));
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect(stderr).toBe('');
  return { signal, codes: stdout === '' ? [] : (JSON.parse(stdout) as string[]) };
}

/** The published files that a cache holds, by their names there; `?` for bytes that nobody published. */
async function heldIn(cache: string): Promise<Record<string, string>> {
  const known = [before, after].flatMap(({ files }) => [...files]).map(([path, bytes]): [string, string] => [sha256(bytes), path]);
  const names = new Map(known);
  const held = (await readdir(cache)).filter((name) => name.endsWith('.json')).sort();
  return Object.fromEntries(
    await Promise.all(held.map(async (name) => [name, names.get(sha256(await readFile(join(cache, name)))) ?? '?'] as const)),
  );
}

const ALL_NEW = {
  'a.json': 'metadata/2.a.json',
  'root.json': 'metadata/2.root.json',
  'snapshot.json': 'metadata/2.snapshot.json',
  'targets.json': 'metadata/2.targets.json',
  'timestamp.json': 'metadata/timestamp.json',
};

/** As if 8 s had passed: the lock of a process that was killed is then taken over. */
async function age(cache: string): Promise<void> {
  const long = new Date(Date.now() - 60_000);
  await utimes(join(cache, 'cache.lock'), long, long);
}

describe('a process that is killed', () => {
  const moments = Array.from({ length: CHANGES }, (_, change) => change).flatMap((change) =>
    ([1, 2, 'all'] as const).map((steps) => ({ change, steps })),
  );

  test.concurrent.each(moments)(
    'in change $change after $steps of its steps leaves whole files, and the next one goes on',
    async ({ change, steps }) => {
      const cache = await newCache(`${steps}-${change}`);
      const { signal } = await run({ cache, url: servers.after.url, dies: { change, steps } });
      expect(signal).toBe('SIGKILL');
      const held = Object.values(await heldIn(cache));
      expect(held).not.toContain('?');
      expect(held.length).toBeGreaterThanOrEqual(4);
      await age(cache);
      // What was taken of the new state is not given up for the old one.
      if (held.includes('metadata/2.root.json')) expect(await update(cache, before)).not.toBe('none');
      expect(await update(cache, after)).toBe('none');
      expect(await heldIn(cache)).toEqual(ALL_NEW);
      expect((await readdir(cache)).filter((name) => name.startsWith('.'))).toEqual([]);
    },
  );

  test('can be killed no later', async () => {
    const cache = await newCache('alive');
    const { signal, codes } = await run({ cache, url: servers.after.url, dies: { change: CHANGES, steps: 'all' } });
    expect({ signal, codes, held: await heldIn(cache) }).toEqual({ signal: null, codes: ['none'], held: ALL_NEW });
  });
});

describe('processes on one cache', () => {
  test('take turns, and none brings the old state back', async () => {
    const cache = await newCache('shared');
    const order = (url: string) => run({ cache, url, rounds: 4 });
    const [old, ...others] = await Promise.all([order(servers.before.url), order(servers.after.url), order(servers.after.url)]);
    for (const { signal, codes } of others) expect({ signal, codes }).toEqual({ signal: null, codes: ['none', 'none', 'none', 'none'] });
    // Those that came before the first of the others found nothing new; all that came after it were refused.
    const turned = old.codes.findIndex((code) => code !== 'none');
    if (turned >= 0) expect(old.codes.slice(turned)).not.toContain('none');
    expect(await heldIn(cache)).toEqual(ALL_NEW);
    expect(await update(cache, before)).toBe('rollback');
  });
});
