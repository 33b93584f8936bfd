// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { directoryStore, openCache } from '../../src/client/directory-store.ts';
import type { RepositorySource } from '../../src/client/source.ts';
import { storeName, type ClientStore } from '../../src/client/store.ts';
import { offlineSource, refreshFromMirrors, startFromRoot } from '../../src/client/update.ts';
import { refresh } from '../../src/client/updater.ts';
import { parseTargetPath, parseTargetsRoleName } from '../../src/tuf/names.ts';
import { findTarget } from '../../src/client/roles.ts';
import { altered, BEFORE, bytesOf, codeOf, crashingStore, file, LATER, newClient, NOW, TestRepository } from './support.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'countersign-cache-'));
});
afterEach(() => rm(directory, { recursive: true }));

const options = { time: NOW };
const ROOT_1 = 'metadata/1.root.json';

describe('a store in a directory', () => {
  test('gives back what it was given, until it is removed', async () => {
    const store = directoryStore(join(directory, 'new', 'cache'));
    expect(await store.read('root.json')).toBeNull();
    await store.write('root.json', bytesOf('{ "one" :1}'));
    await store.write('root.json', bytesOf('two'));
    expect(await store.read('root.json')).toEqual(bytesOf('two'));
    await store.remove('root.json');
    await store.remove('root.json');
    expect(await store.read('root.json')).toBeNull();
  });

  test.each(['..', '.tmp-x', '../x', 'Root', 'é'])('has a plain file for a role called %s', async (role) => {
    const store = directoryStore(join(directory, 'cache'));
    const name = storeName(parseTargetsRoleName(role, 'test'));
    await store.write(name, bytesOf('x'));
    expect(await store.read(name)).toEqual(bytesOf('x'));
    const names = await readdir(join(directory, 'cache'));
    expect(names).toHaveLength(1);
    expect(names[0]).not.toMatch(/^\./);
  });

  test.each(['../x', 'a/b', 'a\\b', ''])('refuses the name %j', async (name) => {
    expect(await codeOf(directoryStore(directory).write(name, bytesOf('x')))).toBe('file-name');
    expect(await codeOf(directoryStore(directory).read(name))).toBe('file-name');
  });

  test('follows no link', async () => {
    await writeFile(join(directory, 'secret'), 'x');
    await symlink(join(directory, 'secret'), join(directory, 'root.json'));
    expect(await codeOf(directoryStore(directory).read('root.json'))).toBe('io');
  });

  test('is closed to others', async () => {
    const place = join(directory, 'cache');
    await openCache(place).store.write('root.json', bytesOf('x'));
    expect((await stat(place)).mode & 0o077).toBe(0);
  });
});

describe('a cache', () => {
  test('is had by one at a time', async () => {
    const [one, other] = [openCache(directory), openCache(directory)];
    const order: string[] = [];
    const work = (name: string) => async () => {
      order.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 60));
      order.push(`${name} ends`);
    };
    await Promise.all([one.exclusively(work('a')), other.exclusively(work('b'))]);
    expect(order.map((text) => text.slice(2))).toEqual(['begins', 'ends', 'begins', 'ends']);
    expect(order[0]?.[0]).toBe(order[1]?.[0]);
  });

  test('that another holds for too long is refused', async () => {
    const blocked = openCache(directory).exclusively(() => codeOf(openCache(directory, 80).exclusively(async () => undefined)));
    expect(await blocked).toBe('locked');
  });

  test.each(['writes', 'removes'] as const)(
    'is no more changed by one that stands still until another has taken over, and then %s',
    async (how) => {
      const [slow, fast] = [openCache(directory), openCache(directory)];
      const change = async (): Promise<void> => {
        await (how === 'writes' ? slow.store.write('timestamp.json', bytesOf('old')) : slow.store.remove('timestamp.json'));
      };
      const overtaken = slow.exclusively(async () => {
        const long = new Date(Date.now() - 9_000);
        await utimes(join(directory, 'cache.lock'), long, long);
        await fast.exclusively(() => fast.store.write('timestamp.json', bytesOf('new')));
        await change();
      });
      expect(await codeOf(overtaken)).toBe('locked');
      expect(await fast.store.read('timestamp.json')).toEqual(bytesOf('new'));
      await slow.exclusively(change);
      expect(await fast.store.read('timestamp.json')).toEqual(how === 'writes' ? bytesOf('old') : null);
      expect((await readdir(directory)).filter((name) => name.startsWith('.tmp'))).toEqual([]);
    },
  );

  test('stays with the newer metadata when the older update stands still in between', async () => {
    const [older, newer] = [new TestRepository().publish(), new TestRepository().publish().publish()];
    const [slow, fast] = [openCache(directory), openCache(directory)];
    await startFromRoot(slow.store, file(newer, ROOT_1), NOW);
    const source = older.source();
    const metadata: RepositorySource['metadata'] = async (path, maxBytes) => {
      const bytes = await source.metadata(path, maxBytes);
      if (path === 'metadata/timestamp.json') {
        const long = new Date(Date.now() - 9_000);
        await utimes(join(directory, 'cache.lock'), long, long);
        await fast.exclusively(() => refresh(newer.source(), fast.store, options));
      }
      return bytes;
    };
    expect(await codeOf(slow.exclusively(() => refresh({ ...source, metadata }, slow.store, options)))).toBe('locked');
    expect(await codeOf(slow.exclusively(() => refresh(source, slow.store, options)))).toBe('rollback');
    expect(await codeOf(slow.exclusively(() => refresh(newer.source(), slow.store, options)))).toBe('none');
  });

  test('loses what a killed process left unfinished', async () => {
    await writeFile(join(directory, '.tmp-1234'), 'part');
    await openCache(directory).exclusively(async () => undefined);
    expect((await readdir(directory)).filter((name) => name.startsWith('.tmp'))).toEqual([]);
  });

  test('gives the error of its work', async () => {
    const failing = openCache(directory).exclusively(() => codeOf(directoryStore(directory).read('../x')));
    expect(await failing).toBe('file-name');
  });
});

describe('a process that is killed at any of its writes', () => {
  const before = new TestRepository().delegate('targets', { name: 'a', keys: ['a'], paths: ['a/*'] }, { 'a/1': 'one' }).publish();
  const path = parseTargetPath('a/1', 'test');

  test('leaves a cache that the next one loads', async () => {
    const after = new TestRepository().delegate('targets', { name: 'a', keys: ['a'], paths: ['a/*'] }, { 'a/1': 'one' }).publish();
    after.keys.snapshot = ['snapshot-2'];
    after.publishRoot();
    after.role('targets').version++;
    after.role('a').version++;
    after.publish();
    const run = async (store: ClientStore): Promise<void> => {
      await startFromRoot(store, file(before, ROOT_1), NOW);
      for (const repository of [before, after]) await findTarget(await refresh(repository.source(), store, options), path);
    };
    for (let writes = 0; ; writes++) {
      const place = join(directory, String(writes));
      await mkdir(place);
      const crashed = await codeOf(run(crashingStore(openCache(place).store, writes)));
      await writeFile(join(place, '.tmp-left'), 'x');
      const { store, exclusively } = openCache(place);
      const found = await exclusively(async () => {
        await startFromRoot(store, file(before, ROOT_1), NOW);
        return findTarget(await refresh(after.source(), store, options), path);
      });
      expect(found.result.kind).toBe('found');
      expect(await store.read('root.json')).toEqual(file(after, 'metadata/2.root.json'));
      if (crashed === 'none') {
        expect(writes).toBeGreaterThan(9);
        return;
      }
    }
  });

  test.each(['root.json', 'timestamp.json', 'snapshot.json', 'targets.json', 'a.json'])(
    'and %s comes to harm is repaired',
    async (name) => {
      for (const content of ['', '{', 'x'.repeat(100)]) {
        const { store } = openCache(directory);
        await startFromRoot(store, file(before, ROOT_1), NOW);
        await findTarget(await refresh(before.source(), store, options), path);
        await writeFile(join(directory, name), content);
        expect(await startFromRoot(store, file(before, ROOT_1), NOW)).toBe(name === 'root.json' ? 'repaired' : 'kept');
        expect((await findTarget(await refresh(before.source(), store, options), path)).result.kind).toBe('found');
      }
    },
  );

  test('repair keeps what an update must not fall behind', async () => {
    const { store } = openCache(directory);
    const old = new TestRepository().publish();
    const now = new TestRepository().publish().publish();
    await startFromRoot(store, file(now, ROOT_1), NOW);
    await refresh(now.source(), store, options);
    await writeFile(join(directory, 'root.json'), 'harm');
    await startFromRoot(store, file(now, ROOT_1), NOW);
    expect(await codeOf(refresh(old.source(), store, options))).toBe('rollback');
  });

  test('a sound root of another content is no harm to repair', async () => {
    const { store } = openCache(directory);
    await startFromRoot(store, file(before, ROOT_1), NOW);
    const other = new TestRepository();
    other.keys.root = ['root-c', 'root-d'];
    other.versions.root = 0;
    other.publishRoot(['root-c', 'root-d']);
    expect(await codeOf(startFromRoot(store, file(other, ROOT_1), NOW))).toBe('anchor-mismatch');
  });
});

describe('offline', () => {
  const repository = new TestRepository()
    .delegate('targets', { name: 'a', keys: ['a'], paths: ['a/*'] }, { 'a/1': 'one' })
    .delegate('targets', { name: 'b', keys: ['b'], paths: ['b/*'] }, { 'b/1': 'two' })
    .publish();
  const find = async (store: ClientStore, path: string, time = NOW) =>
    findTarget(await refresh(offlineSource(store), store, { time }), parseTargetPath(path, 'test'));

  test('what was fetched is verified again, and what was not is absent', async () => {
    const store = await newClient(repository);
    expect(await codeOf(refresh(offlineSource(store), store, options))).toBe('not-found');
    await findTarget(await refresh(repository.source(), store, options), parseTargetPath('a/1', 'test'));
    expect((await find(store, 'a/1')).result.kind).toBe('found');
    expect(await codeOf(find(store, 'b/1'))).toBe('not-found');
  });

  test.each([
    ['timestamp', NOW, altered, 'not-found'],
    ['targets', NOW, altered, 'not-found'],
    ['timestamp', LATER, (bytes: Uint8Array) => bytes, 'expired'],
    ['timestamp', BEFORE, (bytes: Uint8Array) => bytes, 'none'],
  ])('%s at %s', async (role, time, change, code) => {
    const store = await newClient(repository);
    await findTarget(await refresh(repository.source(), store, options), parseTargetPath('a/1', 'test'));
    const name = storeName(parseTargetsRoleName('targets', 'test')).replace('targets', role);
    await store.write(name, change((await store.read(name)) ?? bytesOf('')));
    expect(await codeOf(find(store, 'a/1', time))).toBe(code);
  });
});

describe('mirrors', () => {
  const old = new TestRepository().publish();
  const now = new TestRepository().publish().publish();
  const dead = { ...old.source(), metadata: () => Promise.reject(new Error('unused')) };

  test('one that serves older files than the client has is passed by', async () => {
    const store = await newClient(now);
    await refresh(now.source(), store, options);
    const session = await refreshFromMirrors([old.source(), now.source()], store, options);
    expect(session.set.timestamp?.signed.version).toBe(2);
  });

  test('one that serves altered files is passed by, and nothing of it stays', async () => {
    const bad = new TestRepository().publish().publish();
    bad.files.set('metadata/timestamp.json', altered(file(bad, 'metadata/timestamp.json')));
    const store = await newClient(now);
    await refreshFromMirrors([bad.source(), now.source()], store, options);
    expect(await store.read('timestamp.json')).toEqual(file(now, 'metadata/timestamp.json'));
  });

  test('when all fail the first says why', async () => {
    const store = await newClient(now);
    await refresh(now.source(), store, options);
    const nothing = { ...old.source(), metadata: async () => null };
    expect(await codeOf(refreshFromMirrors([old.source(), nothing], store, options))).toBe('rollback');
    expect(await codeOf(refreshFromMirrors([nothing, old.source()], store, options))).toBe('not-found');
    expect(await codeOf(refreshFromMirrors([], store, options))).toBe('usage');
  });

  test('a fault of ours is no verdict on a mirror', async () => {
    await expect(refreshFromMirrors([dead, now.source()], await newClient(now), options)).rejects.toThrow('unused');
  });
});
