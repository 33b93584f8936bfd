// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/client/limits.ts';
import { filesSource, mapSource } from '../../src/client/source.ts';
import { filesStore, memoryStore, type ClientStore, type MemoryStore } from '../../src/client/store.ts';
import { bootstrap, refresh } from '../../src/client/updater.ts';
import { openDirectory } from '../../src/hosting/directory.ts';
import { altered, BEFORE, bytesOf, codeOf, crashingStore, file, newClient, NOW, recording, sha256, TestRepository } from './support.ts';

const options = { time: NOW };

/** What a client asks for and what it then holds. */
async function update(repository: TestRepository, store: ClientStore) {
  const { source, asked } = recording(repository.source());
  const code = await codeOf(refresh(source, store, options));
  return { code, asked };
}

/** Names of the published files that a store's files are; `?` for bytes that were never published. */
function heldBy(store: MemoryStore, ...repositories: TestRepository[]): Record<string, string> {
  const names = new Map(
    repositories.flatMap(({ files }) => [...files].map(([path, bytes]) => [sha256(bytes), path.replace('metadata/', '')])),
  );
  return Object.fromEntries([...store.files].map(([name, bytes]) => [name, names.get(sha256(bytes)) ?? '?']));
}

describe('bootstrap', () => {
  const repository = new TestRepository().publish().publishRoot();
  const other = new TestRepository();
  other.keys.root = ['root-c'];
  other.versions.root = 0;
  other.publishRoot();
  const root = (version: number): Uint8Array => file(repository, `metadata/${version}.root.json`);

  test('stores the root as it was given', async () => {
    const store = memoryStore();
    expect(await bootstrap(store, root(1), NOW)).toBe('created');
    expect(store.files).toEqual(new Map([['root.json', root(1)]]));
  });

  test.each([
    ['the same root keeps what is held', 1, 1, 'kept', 1],
    ['an earlier root keeps what is held', 2, 1, 'kept', 2],
    ['a later root takes the place of what is held', 1, 2, 'renewed', 2],
  ])('with %s', async (_, held, given, outcome, left) => {
    const store = await newClient(repository, held);
    const timestamp = file(repository, 'metadata/timestamp.json');
    await store.write('timestamp.json', timestamp);
    expect(await bootstrap(store, root(given), NOW)).toBe(outcome);
    expect(store.files).toEqual(
      new Map([
        ['root.json', root(left)],
        ['timestamp.json', timestamp],
      ]),
    );
  });

  test.each([
    ['another root of that version', file(other, 'metadata/1.root.json'), 'anchor-mismatch'],
    ['a root that was changed', altered(root(1)), 'threshold'],
    ['no root', bytesOf('{}'), 'field-missing'],
  ])('refuses %s and keeps what it holds', async (_, given, code) => {
    const store = await newClient(repository);
    expect(await codeOf(bootstrap(store, given, NOW))).toBe(code);
    expect(store.files).toEqual(new Map([['root.json', root(1)]]));
  });

  test('stores nothing that it refuses', async () => {
    const store = memoryStore();
    expect(await codeOf(bootstrap(store, altered(root(1)), NOW))).toBe('threshold');
    expect(store.files.size).toBe(0);
  });

  describe('with a later root than the store holds', () => {
    /** After the first root, whose keys were stolen: its owners make the next one, and the thieves another. */
    const next = (owner: string): TestRepository => {
      const all = new TestRepository();
      for (const role of ['root', 'timestamp', 'snapshot', 'targets'] as const) all.keys[role] = [`${owner}-${role}`];
      all.role('targets').signers = [`${owner}-targets`];
      return all.publishRoot().publish();
    };

    test.each([
      ['the owners', 'owners', 'none'],
      ['the thieves', 'thieves', 'threshold'],
    ])('what %s sign after the held root gets %s', async (_, by, code) => {
      const store = await newClient(new TestRepository());
      expect(await bootstrap(store, file(next('owners'), 'metadata/2.root.json'), NOW)).toBe('renewed');
      expect((await update(next(by), store)).code).toBe(code);
    });

    test('a host that keeps back what follows can not lead back to the held one', async () => {
      const withheld = new TestRepository().publish();
      const store = await newClient(withheld);
      await bootstrap(store, file(next('owners'), 'metadata/2.root.json'), NOW);
      expect((await update(withheld, store)).code).toBe('threshold');
    });

    test('what its keys verify of the other files is still not fallen behind', async () => {
      const [old, newer] = [new TestRepository().publish(), new TestRepository().publish().publish()];
      const store = await newClient(newer);
      expect((await update(newer, store)).code).toBe('none');
      expect(await bootstrap(store, root(2), NOW)).toBe('renewed');
      expect((await update(old, store)).code).toBe('rollback');
      expect((await update(newer, store)).code).toBe('none');
    });
  });

  test('must come before an update', async () => {
    expect(await codeOf(refresh(repository.source(), memoryStore(), options))).toBe('not-found');
  });
});

describe('a client', () => {
  test('that is new asks for each file once and stores it as it was served', async () => {
    const repository = new TestRepository().publish();
    const store = await newClient(repository);
    const session = await refresh(repository.source(), store, options);
    expect(session.set.snapshot?.signed.version).toBe(1);
    const again = await newClient(repository);
    expect((await update(repository, again)).asked).toEqual(['2.root.json', 'timestamp.json', '1.snapshot.json', '1.targets.json']);
    expect(heldBy(again, repository)).toEqual({
      'root.json': '1.root.json',
      'timestamp.json': 'timestamp.json',
      'snapshot.json': '1.snapshot.json',
      'targets.json': '1.targets.json',
    });
  });

  test('that is up to date asks for the next root and the timestamp only', async () => {
    const repository = new TestRepository().publish();
    const store = await newClient(repository);
    await update(repository, store);
    expect(await update(repository, store)).toEqual({ code: 'none', asked: ['2.root.json', 'timestamp.json'] });
  });

  test('fetches no targets that did not change', async () => {
    const repository = new TestRepository().publish();
    const store = await newClient(repository);
    await update(repository, store);
    repository.publish();
    expect((await update(repository, store)).asked).toEqual(['2.root.json', 'timestamp.json', '2.snapshot.json']);
  });

  test('keeps the timestamp that it has when the served one has the same version', async () => {
    const repository = new TestRepository().publish();
    const store = await newClient(repository);
    await update(repository, store);
    const before = store.files.get('timestamp.json');
    repository.versions.timestamp = 0;
    repository.publish();
    expect(await update(repository, store)).toEqual({ code: 'none', asked: ['2.root.json', 'timestamp.json'] });
    expect(store.files.get('timestamp.json')).toEqual(before);
  });

  test('walks through all roots, of which only the last must not have expired', async () => {
    const repository = new TestRepository();
    repository.expires.root = BEFORE;
    repository.keys.root = ['root-b', 'root-c'];
    repository.publishRoot();
    repository.keys.root = ['root-c', 'root-d'];
    repository.publishRoot().publish();
    const store = await newClient(repository);
    expect((await update(repository, store)).code).toBe('expired');
    expect(heldBy(store, repository)).toEqual({ 'root.json': '3.root.json' });
    repository.expires.root = repository.expires.targets;
    repository.publishRoot();
    expect((await update(repository, store)).code).toBe('none');
    expect(heldBy(store, repository)['root.json']).toBe('4.root.json');
  });

  test.each([
    ['length and hash listed', true],
    ['no length or hash listed', false],
  ])('reads a repository without consistent snapshots, %s', async (_, listed) => {
    const repository = new TestRepository();
    repository.consistent = false;
    repository.listsLengths = listed;
    repository.publishRoot().publish();
    const store = await newClient(repository);
    expect(await update(repository, store)).toEqual({
      code: 'none',
      asked: ['2.root.json', '3.root.json', 'timestamp.json', 'snapshot.json', 'targets.json'],
    });
    repository.role('targets').version = 2;
    repository.publish();
    expect((await update(repository, store)).asked).toEqual(['3.root.json', 'timestamp.json', 'snapshot.json', 'targets.json']);
  });

  test('works on directories, and its store holds what was served', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'countersign-client-'));
    const repository = new TestRepository().publish();
    const published = openDirectory(join(directory, 'published'));
    for (const [path, bytes] of repository.files) await published.write(path, bytes);
    const store = filesStore(openDirectory(join(directory, 'store')));
    await bootstrap(store, file(repository, 'metadata/1.root.json'), NOW);
    await refresh(filesSource(published), store, options);
    const stored = new Uint8Array(await readFile(join(directory, 'store', 'snapshot.json')));
    expect(stored).toEqual(file(repository, 'metadata/1.snapshot.json'));
    await rm(directory, { recursive: true });
  });
});

describe('the number of new roots', () => {
  const repository = new TestRepository();
  for (let version = 2; version <= 5; version++) repository.publishRoot();
  repository.publish();

  test('may reach the limit', async () => {
    const store = await newClient(repository);
    await refresh(repository.source(), store, { ...options, maxRootRotations: 4 });
    expect(heldBy(store, repository)['root.json']).toBe('5.root.json');
  });

  test('must not exceed it; what was taken is kept, so that the next update gets further', async () => {
    const store = await newClient(repository);
    const limited = { ...options, maxRootRotations: 3 };
    expect(await codeOf(refresh(repository.source(), store, limited))).toBe('root-limit');
    expect(heldBy(store, repository)).toEqual({ 'root.json': '4.root.json' });
    expect(await codeOf(refresh(repository.source(), store, limited))).toBe('none');
  });
});

describe('recovery from a fast-forward attack', () => {
  /** A client that holds far too high versions. */
  async function attacked(versions: { timestamp?: number; snapshot?: number; targets?: number }) {
    const repository = new TestRepository().publish();
    const store = await newClient(repository);
    const attack = new TestRepository();
    attack.versions.timestamp = versions.timestamp ?? 1;
    attack.versions.snapshot = versions.snapshot ?? 1;
    attack.role('targets').version = versions.targets ?? 1;
    attack.publish();
    expect((await update(attack, store)).code).toBe('none');
    repository.versions.timestamp = Math.max(repository.versions.timestamp, 1);
    return { repository, attack, store };
  }

  test('of the timestamp: refused until its key is rotated', async () => {
    const { repository, store } = await attacked({ timestamp: 999 });
    expect((await update(repository.publish(), store)).code).toBe('rollback');
    repository.keys.timestamp = ['timestamp-2'];
    expect((await update(repository.publishRoot().publish(), store)).code).toBe('none');
    expect(heldBy(store, repository)['snapshot.json']).toBe('3.snapshot.json');
  });

  test('of the snapshot: refused until the timestamp key is rotated too', async () => {
    const { repository, store } = await attacked({ snapshot: 999 });
    repository.versions.timestamp = 10;
    repository.keys.snapshot = ['snapshot-2'];
    expect((await update(repository.publishRoot().publish(), store)).code).toBe('rollback');
    repository.keys.timestamp = ['timestamp-2'];
    expect((await update(repository.publishRoot().publish(), store)).code).toBe('none');
  });

  test('of targets: refused until the snapshot key is rotated', async () => {
    const { repository, store } = await attacked({ targets: 999 });
    repository.versions.timestamp = 10;
    repository.versions.snapshot = 10;
    expect((await update(repository.publish(), store)).code).toBe('rollback');
    repository.keys.snapshot = ['snapshot-2'];
    expect((await update(repository.publishRoot().publish(), store)).code).toBe('none');
    expect(heldBy(store, repository)['targets.json']).toBe('1.targets.json');
  });

  test('removes what no longer verifies at once, so that a key which comes back brings nothing back', async () => {
    const { repository, attack, store } = await attacked({ timestamp: 999, snapshot: 999 });
    repository.keys.timestamp = ['timestamp-2'];
    repository.publishRoot().files.delete('metadata/timestamp.json');
    expect((await update(repository, store)).code).toBe('not-found');
    expect(heldBy(store, repository, attack)).not.toHaveProperty('timestamp.json');
  });

  test('of a store whose files were damaged', async () => {
    const { repository, store } = await attacked({});
    for (const name of ['timestamp.json', 'snapshot.json', 'targets.json']) await store.write(name, bytesOf('{'));
    expect((await update(repository.publish(), store)).code).toBe('none');
    expect(heldBy(store, repository)['timestamp.json']).toBe('timestamp.json');
  });
});

describe('what is not verified is never stored', () => {
  const old = new TestRepository().publish();
  /** The next state: another root, all files new. */
  function next(): TestRepository {
    const repository = new TestRepository().publish();
    repository.keys.root = ['root-b', 'root-c'];
    repository.publishRoot().role('targets').version = 2;
    return repository.publish();
  }
  const fresh = (change: (repository: TestRepository) => void): TestRepository => {
    const repository = new TestRepository().publish();
    change(repository);
    repository.role('targets').version = 2;
    return repository.publish();
  };
  const skipping = (): TestRepository => new TestRepository().publish().publishRoot().publishRoot();
  const oversize = new Uint8Array(DEFAULT_LIMITS.maxRootBytes + 1);

  test.each<[string, () => TestRepository, string, readonly string[]]>([
    ['a changed root', () => change(next(), '2.root.json', altered), 'threshold', []],
    ['a root without old signatures', () => new TestRepository().publishRoot(['root-b']).publish(), 'threshold', []],
    ['an oversize root', () => change(next(), '2.root.json', () => oversize), 'too-large', []],
    ['a root of a later version', () => change(skipping(), '2.root.json', (_, all) => file(all, 'metadata/3.root.json')), 'rollback', []],
    ['a changed timestamp', () => change(next(), 'timestamp.json', altered), 'threshold', ['root']],
    ['an oversize timestamp', () => change(next(), 'timestamp.json', () => oversize), 'too-large', ['root']],
    ['an expired timestamp', () => fresh((all) => (all.expires.timestamp = BEFORE)), 'freeze', []],
    ['a timestamp of another key', () => fresh((all) => (all.keys.timestamp = ['targets'])), 'threshold', []],
    ['no timestamp', () => change(next(), 'timestamp.json', null), 'not-found', ['root']],
    ['a changed snapshot', () => change(next(), '2.snapshot.json', altered), 'hash-mismatch', ['root', 'timestamp']],
    ['a snapshot that is longer than listed', () => change(next(), '2.snapshot.json', longer), 'length-mismatch', ['root', 'timestamp']],
    ['an expired snapshot', () => fresh((all) => (all.expires.snapshot = BEFORE)), 'freeze', ['timestamp']],
    ['a snapshot of another key', () => fresh((all) => (all.keys.snapshot = ['targets'])), 'threshold', ['timestamp']],
    ['no snapshot', () => change(next(), '2.snapshot.json', null), 'not-found', ['root', 'timestamp']],
    ['changed targets', () => change(next(), '2.targets.json', altered), 'hash-mismatch', ['root', 'timestamp', 'snapshot']],
    ['expired targets', () => fresh((all) => (all.expires.targets = BEFORE)), 'expired', ['timestamp', 'snapshot']],
    ['targets of another key', () => fresh((all) => (all.role('targets').signers = ['snapshot'])), 'threshold', ['timestamp', 'snapshot']],
    ['no targets', () => change(next(), '2.targets.json', null), 'not-found', ['root', 'timestamp', 'snapshot']],
  ])('%s', async (_, make, code, renewed) => {
    const repository = make();
    for (const client of ['new', 'returning']) {
      const store = await newClient(old);
      if (client === 'returning') expect((await update(old, store)).code).toBe('none');
      const before = new Map(store.files);
      expect((await update(repository, store)).code).toBe(code);
      const changed = [...store.files].filter(([name, bytes]) => before.get(name) !== bytes).map(([name]) => name);
      expect(changed.sort()).toEqual(renewed.map((role) => `${role}.json`).sort());
    }
  });

  const longer = (bytes: Uint8Array): Uint8Array => Buffer.concat([bytes, bytesOf('\n')]);

  function change(
    repository: TestRepository,
    name: string,
    edit: ((bytes: Uint8Array, all: TestRepository) => Uint8Array) | null,
  ): TestRepository {
    const path = `metadata/${name}`;
    if (edit === null) repository.files.delete(path);
    else repository.files.set(path, edit(file(repository, path), repository));
    return repository;
  }
});

describe('sizes', () => {
  test.each([
    ['maxRootBytes', '2.root.json'],
    ['maxTimestampBytes', 'timestamp.json'],
    ['maxSnapshotBytes', '1.snapshot.json'],
    ['maxTargetsBytes', '1.targets.json'],
  ] as const)('%s is the largest that %s may be', async (limit, name) => {
    const repository = new TestRepository();
    repository.listsLengths = false;
    repository.publishRoot().publish();
    const { length } = file(repository, `metadata/${name}`);
    const run = async (maxBytes: number) =>
      codeOf(refresh(repository.source(), await newClient(repository), { ...options, limits: { ...DEFAULT_LIMITS, [limit]: maxBytes } }));
    expect(await run(length)).toBe('none');
    expect(await run(length - 1)).toBe('too-large');
  });

  test('a listed length is believed instead, up to a limit of its own', async () => {
    const repository = new TestRepository().publish();
    const { length } = file(repository, 'metadata/1.targets.json');
    const run = async (maxListedBytes: number) => {
      const limits = { ...DEFAULT_LIMITS, maxSnapshotBytes: 1, maxTargetsBytes: 1, maxListedBytes };
      return codeOf(refresh(repository.source(), await newClient(repository), { ...options, limits }));
    };
    expect(await run(10 * length)).toBe('none');
    expect(await run(1)).toBe('too-large');
  });
});

describe('a crash', () => {
  const before = new TestRepository().publish();
  const after = new TestRepository().publish();
  after.keys.timestamp = ['timestamp-2'];
  after.publishRoot();
  after.keys.snapshot = ['snapshot-2'];
  after.publishRoot().role('targets').version = 2;
  after.publish();

  test.each([0, 1, 2, 3, 4, 5, 6])('after %i changes of the store is got over by the next update', async (changes) => {
    const store = await newClient(before);
    await update(before, store);
    expect((await update(after, crashingStore(store, changes))).code).toBe('io');
    expect((await update(after, store)).code).toBe('none');
    expect(heldBy(store, after)).toEqual({
      'root.json': '3.root.json',
      'timestamp.json': 'timestamp.json',
      'snapshot.json': '2.snapshot.json',
      'targets.json': '2.targets.json',
    });
  });

  test('can come no later than that', async () => {
    const store = await newClient(before);
    await update(before, store);
    expect((await update(after, crashingStore(store, 7))).code).toBe('none');
  });
});

test('a host that fails at the next root is not at the end of the roots', async () => {
  const repository = new TestRepository().publish();
  const store = await newClient(repository);
  const source = mapSource(repository.files);
  const failing = { ...source, metadata: () => source.metadata('metadata/1.root.json', 1) };
  expect(await codeOf(refresh(failing, store, options))).toBe('too-large');
});
