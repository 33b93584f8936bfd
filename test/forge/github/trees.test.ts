// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseCommitSha } from '../../../src/forge/local/ids.ts';
import type { CommitSha } from '../../../src/ports.ts';
import { requestTable } from '../../github/request-count.ts';
import { FULL, Scratch } from './scratch.ts';
import { blob, commit } from './shapes.ts';
import { refusalOf, startStub } from './stub.ts';

let scratch: Scratch;
beforeEach(async () => {
  scratch = await Scratch.start();
});
afterEach(() => scratch.fake.close());

function commitOf(files: Readonly<Record<string, string | null>>): CommitSha {
  return parseCommitSha(scratch.fake.commit(FULL, 'tuf', files), 'test');
}

/** A commit whose tree holds things that no test can write as files. */
function oddCommit(items: readonly { readonly mode: string; readonly name: string; readonly sha: string }[]): CommitSha {
  const { objects } = scratch.fake.repository(FULL);
  const author = { name: 'a', email: 'a@b', date: '2026-01-01T00:00:00Z' };
  return parseCommitSha(
    objects.putCommit({ tree: objects.putTree(items), parents: [], author, committer: author, message: 'odd' }),
    'test',
  );
}

const TREES = 'POST /graphql Trees';

describe('trees of many commits', () => {
  test('are what each tree is by itself', async () => {
    const { objects } = scratch.fake.repository(FULL);
    const link = objects.put('blob', Buffer.from('metadata/root.json'));
    const commits = [
      scratch.head('tuf'),
      commitOf({ 'metadata/root_history/1.root.json': 'one\n', 'countersign.yaml': 'yaml\n', '.github/workflows/wake.yml': 'on:\n' }),
      commitOf({ 'a/b/c/d/e.json': 'deep\n' }),
      oddCommit([
        { mode: '120000', name: 'link', sha: link },
        { mode: '160000', name: 'module', sha: scratch.head('main') },
        { mode: '100755', name: 'script', sha: link },
        { mode: '100644', name: 'replaced-\ufffd', sha: link },
      ]),
      oddCommit([]),
    ];
    const found = await (await scratch.open()).trees(commits);
    const forge = await scratch.open();
    expect([...found.keys()]).toEqual(commits);
    for (const one of commits) expect(found.get(one)).toEqual(await forge.tree(one));
  });

  test.each([
    [0, {}],
    [1, { [TREES]: 1 }],
    [10, { [TREES]: 1 }],
    [25, { [TREES]: 3 }],
  ])('cost of %d commits', async (count, expected) => {
    const commits = Array.from({ length: count }, (_, at) => commitOf({ 'metadata/r.json': `${String(at)}\n` }));
    const forge = await scratch.open();
    const table = await requestTable(scratch.fake, async () => expect((await forge.trees(commits)).size).toBe(count));
    expect(Object.fromEntries(table)).toEqual(expected);
  });

  test('are read once, whichever way they are asked for', async () => {
    const [one, two] = [scratch.head('tuf'), commitOf({ a: 'a' })];
    const forge = await scratch.open();
    await forge.tree(one);
    const table = await requestTable(scratch.fake, async () => {
      await forge.trees([one, two, two]);
      await forge.trees([one]);
      await forge.tree(two);
    });
    expect([...table]).toEqual([[TREES, 1]]);
  });

  test.each<[string, () => string]>([
    ['that is not there', () => 'f'.repeat(40)],
    ['that is a file', () => scratch.fake.repository(FULL).objects.put('blob', Buffer.from('x'))],
    ['that is a tree', () => scratch.fake.repository(FULL).objects.commit(scratch.head('tuf'))?.tree ?? ''],
  ])('leave one out %s', async (_, make) => {
    const forge = await scratch.open();
    const bad = parseCommitSha(make(), 'test');
    expect([...(await forge.trees([bad, scratch.head('tuf')])).keys()]).toEqual([scratch.head('tuf')]);
  });

  test('keep those of commits that no branch has any more', async () => {
    const before = scratch.branch('sign/r-v1');
    scratch.point('sign/r-v1', null);
    expect((await (await scratch.open()).trees([before])).get(before)?.has('metadata/r.json')).toBe(true);
  });

  test('one with more directories than can be read takes no other with it', async () => {
    scratch.fake.repository(FULL).settings.maxTreeEntries = 100;
    const many = Object.fromEntries(Array.from({ length: 600 }, (_, at) => [`a/b/c/${String(at)}/x`, 'x']));
    const [good, bad] = [scratch.head('tuf'), commitOf(many)];
    expect([...(await (await scratch.open()).trees([bad, good])).keys()]).toEqual([good]);
  });

  test('come one by one where GitHub breaks over them', async () => {
    const tree = { sha: blob(1), truncated: false, tree: [{ path: 'a', type: 'blob', mode: '100644', sha: blob(2), size: 3 }] };
    const stub = await startStub((seen) => {
      if (seen.path === '/graphql') return { status: 502, json: { message: 'Something went wrong' } };
      return { status: 200, json: seen.path.startsWith('/git/commits') ? { tree: { sha: blob(1) } } : tree };
    });
    try {
      expect([...((await stub.github.forge.trees([commit(1)])).get(commit(1)) ?? [])]).toEqual([
        ['a', { kind: 'file', id: blob(2), size: 3 }],
      ]);
    } finally {
      await stub.stop();
    }
  });

  test('are not left out where GitHub lets nobody through', async () => {
    const stub = await startStub(() => ({ status: 429, json: { message: 'slow down' }, headers: { 'retry-after': '999' } }));
    try {
      expect((await refusalOf(() => stub.github.forge.trees([commit(1)]))).code).toBe('rate-limited');
    } finally {
      await stub.stop();
    }
  });
});
