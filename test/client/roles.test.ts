// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { delegatedNames, findTarget, findTargets, loadAllRoles, type Session } from '../../src/client/roles.ts';
import type { RepositorySource } from '../../src/client/source.ts';
import type { MemoryStore } from '../../src/client/store.ts';
import { refresh } from '../../src/client/updater.ts';
import { parseTargetPath } from '../../src/tuf/names.ts';
import { parseTargets } from '../../src/tuf/targets.ts';
import { altered, codeOf, file, newClient, NOW, recording, TestRepository } from './support.ts';

const path = (text: string) => parseTargetPath(text, 'test');

async function open(repository: TestRepository, store = newClient(repository)): Promise<{ session: Session; asked: string[] }> {
  const { source, asked } = recording(repository.source());
  const session = await refresh(source, await store, { time: NOW });
  asked.length = 0;
  return { session, asked };
}

/** targets → a (terminating no) → a-deep; targets → b. */
function nested(): TestRepository {
  return new TestRepository()
    .delegate('targets', { name: 'a', keys: ['a'], paths: ['a/*', 'a/*/*'] }, { 'a/1': 'one' })
    .delegate('targets', { name: 'b', keys: ['b'], paths: ['b/*'] }, { 'b/2': 'two' })
    .delegate('a', { name: 'a/deep', keys: ['deep'], paths: ['a/*/*'] }, { 'a/x/3': 'three' })
    .publish();
}

describe('a search', () => {
  test.each([
    ['a/1', 'a', ['1.a.json']],
    ['b/2', 'b', ['1.b.json']],
    ['a/x/3', 'a/deep', ['1.a.json', '1.a%2Fdeep.json']],
  ])('for %s finds it in %s and loads the roles on the way only', async (name, role, files) => {
    const { session, asked } = await open(nested());
    const found = await findTarget(session, path(name));
    expect(found.result).toMatchObject({ kind: 'found', role });
    expect(asked).toEqual(files);
  });

  test('for what nobody lists says so', async () => {
    const { session } = await open(nested());
    expect((await findTarget(session, path('c/4'))).result).toEqual({ kind: 'absent' });
  });

  test('in the session that a search gave loads nothing again', async () => {
    const { session, asked } = await open(nested());
    const first = await findTarget(session, path('a/x/3'));
    asked.length = 0;
    const second = await findTarget(first.session, path('a/1'));
    expect(asked).toEqual([]);
    expect(second.session).toBe(first.session);
    expect(session.set.targets.size).toBe(1);
  });

  test('by a returning client reads roles from its store', async () => {
    const repository = nested();
    const store = await newClient(repository);
    await findTarget((await open(repository, Promise.resolve(store))).session, path('a/x/3'));
    const { session, asked } = await open(repository, Promise.resolve(store));
    expect((await findTarget(session, path('a/x/3'))).result.kind).toBe('found');
    expect(asked).toEqual([]);
  });

  test('fetches a role again whose bytes in the store are not those listed', async () => {
    const repository = nested();
    const store = await newClient(repository);
    await store.write('a.json', altered(file(repository, 'metadata/1.a.json')));
    const { session, asked } = await open(repository, Promise.resolve(store));
    await findTarget(session, path('a/1'));
    expect(asked).toEqual(['1.a.json']);
    expect(store.files.get('a.json')).toEqual(file(repository, 'metadata/1.a.json'));
  });

  test('finds a target in its hash bin', async () => {
    const repository = binned(4);
    const { session, asked } = await open(repository);
    expect((await findTarget(session, path('file-3'))).result.kind).toBe('found');
    expect(asked).toHaveLength(1);
  });
});

/** 2^bits bins, of which each lists the paths `file-0` to `file-9`: more than it would, but the search looks in one only. */
function binned(bits: number): TestRepository {
  const repository = new TestRepository();
  repository.role('targets').bins = { prefix: 'bin', bits, key: 'bins' };
  for (let bin = 0; bin < 2 ** bits; bin++) {
    const name = `bin-${bin.toString(16).padStart((2 ** bits - 1).toString(16).length, '0')}`;
    const targets = new Map(Array.from({ length: 10 }, (_, i) => [`file-${i}`, new Uint8Array([i])]));
    repository.roles.set(name, { version: 1, signers: ['bins'], targets, delegations: [] });
  }
  return repository.publish();
}

describe('many searches', () => {
  test('find what single ones find, and load each role once', async () => {
    const { session, asked } = await open(nested());
    const paths = ['a/1', 'b/2', 'a/x/3', 'c/4', 'a/1'].map(path);
    const { session: after, results } = await findTargets(session, paths);
    expect([...results].map(([name, result]) => [name, result.kind])).toEqual([
      ['a/1', 'found'],
      ['b/2', 'found'],
      ['a/x/3', 'found'],
      ['c/4', 'absent'],
    ]);
    expect(asked).toEqual(['1.a.json', '1.b.json', '1.a%2Fdeep.json']);
    expect([session.set.targets.size, after.set.targets.size]).toEqual([1, 4]);
    asked.length = 0;
    expect((await findTargets(after, paths)).session).toBe(after);
    expect(asked).toEqual([]);
  });
});

describe('a role that', () => {
  test.each<[string, string, (repository: TestRepository) => unknown]>([
    ['is signed by another key', 'threshold', (all) => (all.role('a').signers = ['b'])],
    ['is not there', 'not-found', (all) => all.publish().files.delete('metadata/1.a.json')],
    ['is not in the snapshot', 'not-in-snapshot', (all) => all.roles.delete('a')],
  ])('%s ends the search', async (_, code, change) => {
    const repository = new TestRepository().delegate('targets', { name: 'a', keys: ['a'], paths: ['a/*'] }, { 'a/1': 'one' });
    change(repository);
    if (repository.versions.snapshot === 0) repository.publish();
    const { session } = await open(repository);
    expect(await codeOf(findTarget(session, path('a/1')))).toBe(code);
    expect(await codeOf(loadAllRoles(session))).toBe(code);
    expect(await codeOf(findTarget(session, path('c/1')))).toBe('none');
  });

  test('was altered is refused and not stored', async () => {
    const repository = new TestRepository().delegate('targets', { name: 'a', keys: ['a'], paths: ['a/*'] }).publish();
    repository.files.set('metadata/1.a.json', altered(file(repository, 'metadata/1.a.json')));
    const store = await newClient(repository);
    const { session } = await open(repository, Promise.resolve(store));
    expect(await codeOf(findTarget(session, path('a/1')))).toBe('hash-mismatch');
    expect(store.files.has('a.json')).toBe(false);
  });
});

describe('a role with two delegators', () => {
  function shared(keyOfB: string): TestRepository {
    return new TestRepository()
      .delegate('targets', { name: 'a', keys: ['a'], paths: ['a/*'] })
      .delegate('targets', { name: 'b', keys: ['b'], paths: ['b/*'] })
      .delegate('a', { name: 'shared', keys: ['shared'], paths: ['*/*'] }, { 'a/1': 'one', 'b/1': 'one' })
      .delegate('b', { name: 'shared', keys: [keyOfB], paths: ['*/*'] })
      .publish();
  }

  test.each([
    ['shared', 'none'],
    ['another', 'threshold'],
  ])('is verified for each: the key %s gives %s', async (key, code) => {
    const { session } = await open(shared(key));
    const first = await findTarget(session, path('a/1'));
    expect(first.result).toMatchObject({ kind: 'found', role: 'shared' });
    expect(await codeOf(findTarget(first.session, path('b/1')))).toBe(code);
    expect(await codeOf(loadAllRoles(first.session))).toBe(code);
  });

  test('is fetched once', async () => {
    const { session, asked } = await open(shared('shared'));
    await loadAllRoles(session);
    expect(asked).toEqual(['1.a.json', '1.b.json', '1.shared.json']);
  });
});

describe('a role that two roles delegate to other keys', () => {
  /**
   * `a/*` is for the key `x-of-a`, `b/*` for `x-of-b`; the snapshot lists no digests, and whoever asks for `x` again is given what `second` says. `x`
   * delegates to `y`, and in its other content to another key.
   */
  async function opened(second: 'as the first' | 'with other signatures' | 'other'): Promise<{ session: Session; store: MemoryStore }> {
    const make = (content: string, signers: string[]): TestRepository => {
      const all = new TestRepository();
      all.listsLengths = false;
      for (const side of ['a', 'b']) all.delegate('targets', { name: `of-${side}`, keys: [side], paths: [`${side}/*`] });
      all.delegate('of-a', { name: 'x', keys: ['x-of-a'], paths: ['*/*'] }, { [`a/${content}`]: 'one', [`b/${content}`]: 'one' });
      all.delegate('of-b', { name: 'x', keys: ['x-of-b'], paths: ['*/*'] });
      all.delegate('x', { name: 'y', keys: [content], paths: ['*/*'] }, { [`a/${content}-below`]: 'two' });
      all.role('x').signers = signers;
      return all.publish();
    };
    const [first, other] = [make('good', second === 'as the first' ? ['x-of-a', 'x-of-b'] : ['x-of-a']), make('evil', ['x-of-b'])];
    const again = { 'as the first': first, 'with other signatures': make('good', ['x-of-b']), other }[second];
    const store = await newClient(first);
    let reads = 0;
    const metadata: RepositorySource['metadata'] = (name, maxBytes) =>
      (name === 'metadata/1.x.json' && reads++ > 0 ? again : first).source().metadata(name, maxBytes);
    return { session: await refresh({ ...first.source(), metadata }, store, { time: NOW }), store };
  }

  const ways: [string, (session: Session) => Promise<unknown>][] = [
    ['searches one after the other', async (session) => findTarget((await findTarget(session, path('a/good'))).session, path('b/good'))],
    ['searches together', (session) => findTargets(session, [path('a/good'), path('b/good')])],
    ['searches below it', (session) => findTargets(session, [path('a/good-below'), path('b/good')])],
    ['loading all', loadAllRoles],
    ['loading all after a search', async (session) => loadAllRoles((await findTarget(session, path('a/good-below'))).session)],
  ];
  test.each(ways)('has one content: %s', async (_, load) => {
    const { session, store } = await opened('other');
    expect(await codeOf(load(session))).toBe('equivocation');
    const held = parseTargets((await store.read('x.json')) ?? new Uint8Array());
    expect([...held.signed.targets.keys()]).toEqual(['a/good', 'b/good']);
    for (const second of ['as the first', 'with other signatures'] as const) {
      expect(await codeOf(load((await opened(second)).session))).toBe('none');
    }
  });
});

describe('loading all roles', () => {
  test('loads each of them once', async () => {
    const { session, asked } = await open(nested());
    const all = await loadAllRoles(session);
    expect([...all.set.targets.keys()]).toEqual(['targets', 'a', 'b', 'a/deep']);
    expect(asked).toEqual(['1.a.json', '1.b.json', '1.a%2Fdeep.json']);
    asked.length = 0;
    expect((await loadAllRoles(all)).set.targets.size).toBe(4);
    expect(asked).toEqual([]);
  });

  test('ends when delegations go in a circle', async () => {
    const repository = new TestRepository()
      .delegate('targets', { name: 'a', keys: ['a'] })
      .delegate('a', { name: 'b', keys: ['b'] })
      .delegate('b', { name: 'a', keys: ['a'] })
      .publish();
    const { session } = await open(repository);
    expect((await loadAllRoles(session)).set.targets.size).toBe(3);
  });

  test('loads hash bins', async () => {
    const { session } = await open(binned(4));
    expect((await loadAllRoles(session)).set.targets.size).toBe(17);
  });

  test('asks for several at once, and stops at the first that is refused', async () => {
    const repository = binned(6);
    repository.role('bin-0a').signers = ['targets'];
    repository.role('targets').version++;
    const { session } = await open(repository.publish());
    let [atOnce, most, asked] = [0, 0, 0];
    const source = {
      ...session.source,
      metadata: async (name: string, maxBytes: number) => {
        asked++;
        most = Math.max(most, ++atOnce);
        await new Promise((resolve) => setTimeout(resolve, 2));
        atOnce--;
        return session.source.metadata(name, maxBytes);
      },
    };
    expect(await codeOf(loadAllRoles({ ...session, source }))).toBe('threshold');
    expect(most).toBeGreaterThan(1);
    expect(asked).toBeLessThan(30);
  });

  test('asks for no bin after the first that the snapshot lacks', async () => {
    const repository = new TestRepository();
    repository.role('targets').bins = { prefix: 'bin', bits: 32, key: 'bins' };
    const { session, asked } = await open(repository.publish());
    expect(await codeOf(loadAllRoles(session))).toBe('not-in-snapshot');
    expect(asked).toEqual([]);
  });

  test('without delegations there is nothing to load', () => {
    expect([...delegatedNames(null)]).toEqual([]);
  });
});
