// SPDX-License-Identifier: Apache-2.0
// Offline nothing is written: a cache may be on a disk that can't be.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { memoryStore, type ClientStore } from '../../src/client/store.ts';
import type { FetchRepository } from '../../src/commands/fetch.ts';
import { parseRepositoryMap } from '../../src/client/repository-map.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { bytesOf, codeOf, file, TestRepository } from '../client/support.ts';
import { FetchScene } from './fetch-setup.ts';

let scene: FetchScene;
let repository: TestRepository;
let online: FetchRepository;

beforeEach(async () => {
  scene = await FetchScene.open();
  repository = new TestRepository().delegate('targets', { name: 'a', keys: ['a'], paths: ['v1/*'] }, { 'v1/app': 'app' });
  repository.keys.root = ['root-a'];
  repository.publishRoot();
  repository.publish();
  const { url } = await scene.serve(repository);
  online = scene.repository([url], file(repository, 'metadata/1.root.json'));
  await scene.run([online], ['v1/app']);
});
afterEach(async () => scene.close());

/** Whatever a run could leave: names, contents and times of all files, and of the directory itself. */
async function stateOf(directory: string): Promise<unknown> {
  const names = await readdir(directory);
  const files = names.map(async (name) => [
    name,
    (await stat(join(directory, name))).mtimeMs,
    await readFile(join(directory, name), 'utf8'),
  ]);
  return [(await stat(directory)).mtimeMs, await Promise.all(files)];
}

/** The cache as it is where nothing can be written: whoever tries is told so. */
function readOnly(given: FetchRepository): FetchRepository {
  const refuse = () => Promise.reject(new CountersignError('io', 'cache', 'expected to change the cache, got EROFS'));
  const store: ClientStore = { ...given.cache.store, write: refuse, remove: refuse };
  return { ...given, cache: { ...given.cache, store, exclusively: refuse } };
}

describe('fetch --offline', () => {
  test('reads a cache that can not be written, and leaves it as it is', async () => {
    const before = await stateOf(scene.path('cache', 'main'));
    const { files } = await scene.run([readOnly(online)], ['v1/app'], { mode: 'offline' });
    expect(files).toMatchObject([{ path: 'v1/app', outcome: 'present' }]);
    expect(await stateOf(scene.path('cache', 'main'))).toEqual(before);
  });

  test.each<[string, () => FetchRepository, string]>([
    ['a pattern', () => online, 'none'],
    ['without a root', () => ({ ...online, root: null }), 'none'],
    ['with a newer root than the cache began with', () => ({ ...online, root: file(repository, 'metadata/2.root.json') }), 'none'],
    ['with a root of somebody else', () => ({ ...online, root: file(strange(), 'metadata/2.root.json') }), 'anchor-mismatch'],
  ])('%s', async (what, given, code) => {
    const before = await stateOf(scene.path('cache', 'main'));
    expect(await codeOf(scene.run([readOnly(given())], [what === 'a pattern' ? '**' : 'v1/app'], { mode: 'offline' }))).toBe(code);
    expect(await stateOf(scene.path('cache', 'main'))).toEqual(before);
  });

  test('does not repair a cache that has come to harm, and works with the given root beside it', async () => {
    await scene.write('harm', 'cache', 'main', 'root.json');
    const before = await stateOf(scene.path('cache', 'main'));
    const given = { ...online, root: file(repository, 'metadata/2.root.json') };
    expect(await codeOf(scene.run([readOnly(given)], ['v1/app'], { mode: 'offline' }))).toBe('none');
    expect(await stateOf(scene.path('cache', 'main'))).toEqual(before);
  });

  test('of a cache that is not there makes none', async () => {
    const absent = scene.repository(['http://127.0.0.1:1'], null, 'absent');
    expect(await codeOf(scene.run([absent], ['v1/app'], { mode: 'offline' }))).toBe('not-found');
    expect(await readdir(scene.path('cache'))).toEqual(['main']);
  });

  test('with a map of repositories writes nothing either', async () => {
    const mapping = [{ paths: ['v1/*'], repositories: ['main'], threshold: 1, terminating: true }];
    const map = parseRepositoryMap(bytesOf(JSON.stringify({ repositories: { main: ['https://main.test'] }, mapping })));
    const before = await stateOf(scene.path('cache', 'main'));
    const { files } = await scene.run([readOnly(online)], ['v1/*'], { mode: 'offline', map });
    expect(files).toMatchObject([{ path: 'v1/app' }]);
    expect(await stateOf(scene.path('cache', 'main'))).toEqual(before);
  });

  test('looks again when somebody else updates the cache meanwhile, and not without end', async () => {
    const run = async (changes: number) => {
      const files = new Map<string, Uint8Array>();
      for (const name of ['root.json', 'timestamp.json', 'snapshot.json', 'targets.json', 'a.json']) {
        files.set(name, new Uint8Array(await readFile(scene.path('cache', 'main', name))));
      }
      const whole = files.get('snapshot.json') ?? new Uint8Array();
      const store = memoryStore(files);
      let reads = 0;
      // Each look meets another half of a snapshot until the updates have ended.
      const read = async (name: string) => {
        if (name !== 'snapshot.json') return store.read(name);
        reads++;
        return reads <= changes ? whole.subarray(0, reads) : whole;
      };
      const cache = { ...online.cache, store: { ...store, read } };
      return codeOf(scene.run([{ ...online, cache }], ['v1/app'], { mode: 'offline' }));
    };
    expect(await run(0)).toBe('none');
    expect(await run(2)).toBe('none');
    expect(await run(50)).not.toBe('none');
  });
});

function strange(): TestRepository {
  const other = new TestRepository();
  other.keys.root = ['root-x'];
  other.publishRoot();
  return other;
}
