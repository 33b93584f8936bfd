// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, test } from 'vitest';
import type { Pull, Review } from '../../../src/ports.ts';
import { actor, commit, graphReview, IDENTITY, pull, review, reviewsAnswer, user } from './shapes.ts';
import { linesOf, refusalOf, startStub } from './stub.ts';
import type { Seen, Stub, StubReply } from './stub.ts';
import { allPulls } from '../../fakes/all-pulls.ts';
import { allReviews } from '../../fakes/all-reviews.ts';

let stub: Stub | null = null;
afterEach(async () => {
  await stub?.stop();
  stub = null;
});

const ok = (json: unknown): StubReply => ({ status: 200, json });
const BROKEN: StubReply = { status: 502, json: { message: 'Bad Gateway' } };

async function onePull(change: object): Promise<Pull | undefined> {
  stub = await startStub(() => ok([pull(1, change)]));
  return (await allPulls(stub.github.forge, 'sign/', 'tuf'))[0];
}

async function oneReview(change: object): Promise<Review | undefined> {
  stub = await startStub(() => ok([review(1, change)]));
  return (await allReviews(stub.github.forge, 1))[0];
}

describe('a pull request', () => {
  const head = { ref: 'sign/r-v1', sha: commit(1) };
  test.each<[string, object, Partial<Pull>]>([
    [
      'of this repository',
      {},
      { from: 'repository', state: 'open', body: '', requested: [{ id: 2, login: 'user-2' }] as unknown as Pull['requested'] },
    ],
    ['of a fork', { head: { ...head, repo: { id: 8 } } }, { from: 'fork' }],
    ['of a fork that is gone', { head: { ...head, repo: null } }, { from: 'fork' }],
    ['that was closed', { state: 'closed' }, { state: 'closed' }],
    ['that was merged', { state: 'closed', merged_at: '2026-01-01T00:00:00Z' }, { state: 'merged' }],
    ['of an account that is gone', { user: null }, { author: { id: 10137, login: 'ghost' } as unknown as Pull['author'] }],
  ])('%s', async (_, change, expected) => {
    expect(await onePull(change)).toMatchObject({ number: 1, head: 'sign/r-v1', base: 'tuf', headSha: commit(1), ...expected });
  });

  test.each<[string, object]>([
    ['a state that we do not know', { state: 'locked' }],
    ['no number', { number: 'one' }],
    ['a number that is not safe', { number: 2 ** 53 }],
    ['no commit', { head: { ...head, sha: 'HEAD', repo: { id: 7 } } }],
    ['an account without an id', { user: { login: 'x' } }],
    ['an account with the id 0', { user: { id: 0, login: 'x' } }],
    ['no list of who is asked', { requested_reviewers: null }],
  ])('with %s is refused', async (_, change) => {
    expect((await refusalOf(() => onePull(change))).code).toMatch(/^(io|git)$/);
  });

  test('of other branches is left out', async () => {
    expect(await onePull({ head: { ...head, ref: 'feature', repo: { id: 7 } } })).toBeUndefined();
  });
});

describe('a review', () => {
  test.each(['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED', 'PENDING'])('%s', async (state) => {
    expect(await oneReview({ state })).toEqual({
      id: 1,
      author: { id: 3, login: 'user-3' },
      state,
      body: 'review 1',
      commitSha: commit(1),
    });
  });

  test.each<[string, object, Partial<Review>]>([
    ['without a commit', { commit_id: null }, { commitSha: null }],
    ['without a body', { body: null }, { body: '' }],
    ['of nobody any more', { user: null }, { author: { id: 10137, login: 'ghost' } as unknown as Review['author'] }],
  ])('%s', async (_, change, expected) => {
    expect(await oneReview(change)).toMatchObject(expected);
  });

  test.each(['approved', 'SOMETHING', null])('in the state %j, which we do not know, is refused', async (state) => {
    expect((await refusalOf(() => oneReview({ state }))).code).toBe('io');
  });
});

describe('a write whose answer is lost', () => {
  const posts = (seen: Seen): boolean => seen.method === 'POST' && seen.path !== '/graphql';
  /** Breaks the first post; lists what `before` gives. */
  const broken = async (before: readonly object[], made: object): Promise<Stub> => {
    let count = 0;
    stub = await startStub((seen) => {
      if (seen.path === '/graphql')
        return ok(String(seen.json?.['query']).includes('query Reviews') ? reviewsAnswer({ a0: before, a1: [] }) : IDENTITY);
      if (!posts(seen)) return ok(before);
      return count++ === 0 ? BROKEN : { status: 201, json: made };
    });
    return stub;
  };
  const bot = user(41898282, 'github-actions[bot]');

  const mine = actor(41898282, 'github-actions');

  test.each<[string, readonly object[], number, number]>([
    ['that nobody sees', [], 9, 2],
    ['that is seen', [graphReview(5, { author: mine, body: 'fine\r\n' })], 5, 1],
    ['beside an equal one of another', [graphReview(5, { body: 'fine' })], 9, 2],
    [
      'after an equal one that is not the last',
      [graphReview(5, { author: mine, body: 'fine' }), graphReview(6, { author: mine, state: 'COMMENTED' })],
      9,
      2,
    ],
    ['of another commit', [graphReview(5, { author: mine, body: 'fine', commit: { oid: commit(2) } })], 9, 2],
  ])('a review %s', async (_, before, id, times) => {
    const { github, seen } = await broken(before, review(9, { body: 'fine' }));
    expect((await github.forge.submitReview(1, { state: 'APPROVED', body: 'fine', commitSha: commit(1) })).id).toBe(id);
    expect(seen.filter(posts)).toHaveLength(times);
  });

  test.each<[string, readonly object[], number, number]>([
    ['that nobody sees', [], 9, 2],
    ['that is seen', [{ id: 5, user: bot, body: 'fine' }], 5, 1],
    ['beside an equal one of another', [{ id: 5, user: user(3), body: 'fine' }], 9, 2],
  ])('a comment %s', async (_, before, id, times) => {
    const { github, seen } = await broken(before, { id: 9, user: bot, body: 'fine' });
    expect((await github.forge.comment(1, 'fine')).id).toBe(id);
    expect(seen.filter(posts)).toHaveLength(times);
  });

  test('a pull request that is seen', async () => {
    let lists = 0;
    stub = await startStub((seen) => (seen.method === 'POST' ? BROKEN : ok(lists++ === 0 ? [] : [pull(1)])));
    const input = { head: 'sign/r-v1', base: 'tuf', title: 't', body: 'b' };
    expect((await stub.github.forge.openPull(input)).number).toBe(1);
    expect(stub.seen.filter(posts)).toHaveLength(1);
  });
});

describe('a merge', () => {
  const NOT_MERGED = 'Merge commits are not allowed on this repository.';
  const NOT_SQUASHED = 'Squash merges are not allowed on this repository.';
  const rule = (text: string): string => `Repository rule violations found\n\n${text}\n\n`;

  test.each<[string, readonly string[]]>([
    ['at once', []],
    ['as a squash where the repository forbids merge commits', [NOT_MERGED]],
    [
      'as a squash also when GitHub says it at length',
      [`Repository rule violations found: ${'one more rule of many, '.repeat(5)}this branch needs a linear history`],
    ],
    ['as a squash where a rule does', [rule('Merge commits are not allowed.')]],
    ['as a rebase where the repository forbids both', [NOT_MERGED, NOT_SQUASHED]],
    ['as a rebase where only rules do', [rule('This branch must not contain merge commits.'), rule('Merge method squash is not allowed.')]],
    ['as a rebase where one of each does', [NOT_MERGED, rule('Squash merging is not an allowed merge method.')]],
  ])('goes through %s', async (_, refusals) => {
    stub = await startStub(() => {
      const message = refusals[(stub?.seen.length ?? 1) - 1];
      return message === undefined ? ok({ sha: commit(9), merged: true }) : { status: 405, json: { message } };
    });
    expect(await stub.github.forge.mergePull(1, commit(1))).toBe(commit(9));
    expect(stub.seen.map(({ json }) => json?.['merge_method'])).toEqual(['merge', 'squash', 'rebase'].slice(0, refusals.length + 1));
    expect(stub.seen.every(({ json }) => json?.['sha'] === commit(1))).toBe(true);
  });

  test.each<[string, readonly string[]]>([
    ['a rule that no way of merging meets', ['At least 2 approving reviews are required']],
    ['such a rule after the first way', [NOT_MERGED, 'At least 2 approving reviews are required']],
    ['each way', [NOT_MERGED, NOT_SQUASHED, 'Rebase merges are not allowed on this repository.']],
  ])('is given up at %s', async (_, refusals) => {
    stub = await startStub(() => ({ status: 405, json: { message: refusals[(stub?.seen.length ?? 1) - 1] ?? 'more' } }));
    const { forge } = stub.github;
    expect((await refusalOf(() => forge.mergePull(1, commit(1)))).code).toBe('ref-protected');
    expect(linesOf(stub)).toHaveLength(refusals.length);
  });
});
