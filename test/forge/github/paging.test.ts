// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, test } from 'vitest';
import type { GitHub } from '../../../src/forge/github/index.ts';
import { artifact, asset, commit, pull, release, user } from './shapes.ts';
import { pageOf, startStub } from './stub.ts';
import type { Stub } from './stub.ts';

let stub: Stub | null = null;
afterEach(async () => {
  await stub?.stop();
  stub = null;
});

const COUNT = 250;
const many = (make: (id: number) => object): readonly object[] => Array.from({ length: COUNT }, (_, at) => make(at + 1));
const ids = (found: readonly { readonly id: number }[]): readonly number[] => found.map(({ id }) => id);
const artifacts = (page: readonly unknown[]): unknown => ({ total_count: COUNT, artifacts: page });
const UP = Array.from({ length: COUNT }, (_, at) => at + 1);
const DOWN = UP.toReversed();

/** A pull request that has ended, and whose branch is gone. */
const ended = (id: number): object => pull(id, { state: 'closed' });
const NO_BRANCHES = { data: { repository: { databaseId: 7, refs: null } } };

describe('lists of 250', () => {
  test.each<[string, string, (id: number) => object, (github: GitHub) => Promise<readonly number[]>, readonly number[]]>([
    ['comments', '/issues/1/comments', (id) => ({ id, user: user(1), body: 'b' }), async ({ forge }) => ids(await forge.comments(1)), UP],
    ['releases', '/releases', release, async ({ releases }) => ids(await releases.list()), UP],
    ['assets', '/releases/1/assets', asset, async ({ releases }) => ids(await releases.assets(1)), UP],
  ])('%s, a hundred a page', async (_, path, make, read, expected) => {
    const all = many(make);
    stub = await startStub((seen, { url }) => (seen.path === path ? pageOf(all, seen, url) : { status: 404 }));
    expect(await read(stub.github)).toEqual(expected);
    expect(stub.seen.filter((seen) => seen.path === path).map(({ query }) => query.get('per_page'))).toEqual(['100', '100', '100']);
  });

  test('of ended pulls without a branch, of which one page is read for our base and one for any', async () => {
    const all = many(ended);
    stub = await startStub((seen, { url }) => {
      if (seen.path === '/graphql') return { status: 200, json: NO_BRANCHES };
      return seen.path === '/pulls' ? pageOf(all.toReversed(), seen, url) : { status: 404 };
    });
    const found = await stub.github.forge.endedPulls('sign/', 'tuf');
    expect(found.map(({ number }) => number)).toEqual(DOWN.slice(0, 100));
    expect(stub.seen.filter((seen) => seen.path === '/pulls').map(({ query }) => query.get('base'))).toEqual(['tuf', null]);
  });

  test.each<[string, string, (github: GitHub) => Promise<readonly number[]>, readonly number[]]>([
    ['artifacts of a run', '/actions/runs/5/artifacts', async (github) => ids(await github.artifacts.ofRun(5)), UP],
    ['artifacts of a name', '/actions/artifacts', async (github) => ids(await github.artifacts.named('dist')), DOWN],
  ])('%s', async (_, path, read, expected) => {
    const all = many((id) => artifact(id, { name: 'dist' }));
    stub = await startStub((seen, { url }) => (seen.path === path ? pageOf(all, seen, url, artifacts) : { status: 404 }));
    expect(await read(stub.github)).toEqual(expected);
  });

  test('of which no more pages are read than asked for', async () => {
    const all = many(artifact).toReversed();
    stub = await startStub((seen, { url }) => pageOf(all, seen, url, artifacts));
    expect(ids(await stub.github.artifacts.newest(120))).toEqual(DOWN.slice(0, 120));
    expect(stub.seen).toHaveLength(2);
  });

  test('branches, whose list GitHub may page or not', async () => {
    const all = many((id) => ({ ref: `refs/heads/sign/${String(id)}`, object: { sha: commit(id), type: 'commit' } }));
    stub = await startStub((seen, { url }) => pageOf(all, seen, url));
    const heads = await stub.github.forge.branches('sign/');
    expect(heads.size).toBe(COUNT);
    expect(heads.get('sign/250')).toBe(commit(250));
    expect(stub.seen[0]?.path).toBe('/git/matching-refs/heads/sign/');
  });

  test('an entry that moves to the next page comes once', async () => {
    const all = many(release);
    stub = await startStub((seen, { url }) => pageOf(seen.query.has('page') ? [release(0), ...all] : all, seen, url));
    expect(ids(await stub.github.releases.list())).toEqual(UP);
  });
});

test('branches: only those that start so, and none in an empty repository', async () => {
  const refs = [`refs/heads/tuf`, `refs/heads/tuf-published`].map((ref) => ({ ref, object: { sha: commit(1), type: 'commit' } }));
  let isEmpty = false;
  stub = await startStub(() => (isEmpty ? { status: 409, json: { message: 'Git Repository is empty.' } } : { status: 200, json: refs }));
  expect([...(await stub.github.forge.branches('tuf-'))]).toEqual([['tuf-published', commit(1)]]);
  isEmpty = true;
  expect((await stub.github.forge.branches('')).size).toBe(0);
});
