// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, test } from 'vitest';
import type { EndedPull, Pull, Review } from '../../../src/ports.ts';
import { actor, branchAnswer, commit, graphPull, graphReview, IDENTITY, pull, review, reviewsAnswer, user } from './shapes.ts';
import { linesOf, refusalOf, startStub } from './stub.ts';
import type { Seen, Stub, StubReply } from './stub.ts';

let stub: Stub | null = null;
afterEach(async () => {
  await stub?.stop();
  stub = null;
});

const ok = (json: unknown): StubReply => ({ status: 200, json });
const BROKEN: StubReply = { status: 502, json: { message: 'Bad Gateway' } };

async function onePull(change: object): Promise<Pull | null> {
  stub = await startStub(() => ok(pull(1, change)));
  return stub.github.forge.pull(1);
}

async function openPulls(change: object): Promise<readonly Pull[]> {
  stub = await startStub(() => ok(branchAnswer([graphPull(change)])));
  return stub.github.forge.openPulls('sign/');
}

/** Ended ones of a list of the REST API; no branch is there any more. */
async function endedInList(change: object): Promise<readonly EndedPull[]> {
  const none = { data: { repository: { databaseId: 7, refs: null } } };
  stub = await startStub((seen) => ok(seen.path === '/graphql' ? none : [pull(1, { state: 'closed', ...change })]));
  return stub.github.forge.endedPulls('sign/', 'tuf');
}

async function endedOfBranches(change: object): Promise<readonly EndedPull[]> {
  stub = await startStub((seen) => ok(seen.path === '/graphql' ? branchAnswer([graphPull({ state: 'CLOSED', ...change })]) : []));
  return stub.github.forge.endedPulls('sign/', 'tuf');
}

/** A review as GitHub answers to its submission. */
async function oneReview(change: object): Promise<Review> {
  stub = await startStub(() => ({ status: 200, json: review(1, change) }));
  return stub.github.forge.submitReview(1, { state: 'COMMENTED', body: 'b', commitSha: commit(1) });
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
});

describe('a pull request of a list', () => {
  const head = { ref: 'sign/r-v1', sha: commit(1), repo: { id: 7 } };

  test.each<[string, object, object | null]>([
    ['that was closed', {}, { number: 1, state: 'closed', head: 'sign/r-v1', base: 'tuf', headSha: commit(1) }],
    ['that was merged', { merged_at: '2026-01-01T00:00:00Z' }, { state: 'merged' }],
    ['of an account that is gone', { user: null }, { author: { id: 10137, login: 'ghost' } }],
    ['of another branch', { head: { ...head, ref: 'feature' } }, null],
    ['of a fork', { head: { ...head, repo: { id: 8 } } }, null],
    ['of a fork that is gone', { head: { ...head, repo: null } }, null],
    ['of a fork, whatever else it says', { head: { ...head, repo: { id: 8 } }, state: 'locked', user: {}, requested_reviewers: 7 }, null],
    ['into another base, where somebody has pointed it', { base: { ref: 'main', sha: commit(0), repo: { id: 7 } } }, { base: 'main' }],
    [
      'that was merged into another base',
      { base: { ref: 'main', sha: commit(0), repo: { id: 7 } }, merged_at: '2026-01-01T00:00:00Z' },
      null,
    ],
    ['that is open after all', { state: 'open' }, null],
  ])('%s', async (_, change, expected) => {
    const found = await endedInList(change);
    if (expected === null) expect(found).toEqual([]);
    else expect(found).toMatchObject([expected]);
  });

  test.each<[string, object]>([
    ['a state that we do not know', { state: 'locked' }],
    ['a number that is not safe', { number: 2 ** 53 }],
    ['no commit', { head: { ...head, sha: 'HEAD' } }],
    ['an account without an id', { user: { login: 'x' } }],
  ])('with %s is refused', async (_, change) => {
    expect((await refusalOf(() => endedInList(change))).code).toMatch(/^(io|git)$/);
  });
});

describe('a pull request of a branch', () => {
  const asked = {
    nodes: [{ requestedReviewer: { login: 'user-2', databaseId: 2 } }, { requestedReviewer: {} }, { requestedReviewer: null }],
  };

  test.each<[string, object, object | null]>([
    [
      'as it is',
      {},
      { number: 9, head: 'sign/r-v1', base: 'tuf', headSha: commit(9), title: 't', body: 'b', state: 'open', requested: [] },
    ],
    ['of another base', { baseRefName: 'main' }, { base: 'main' }],
    ['that people and a team are asked for', { reviewRequests: asked }, { requested: [{ id: 2, login: 'user-2' }] }],
    ['whose requests GitHub does not show', { reviewRequests: null }, { requested: [] }],
    ['of a person', { author: actor(3) }, { author: { id: 3, login: 'user-3' } }],
    ['of our automation', {}, { author: { id: 41898282, login: 'github-actions[bot]' } }],
    ['of an account that is gone', { author: null }, { author: { id: 10137, login: 'ghost' } }],
    ['of a fork', { isCrossRepository: true }, null],
    ['of another repository', { repository: { databaseId: 8 } }, null],
    ['of another branch', { headRefName: 'sign/r-v2' }, null],
    ['that has ended by now', { state: 'CLOSED' }, null],
    ['that is merged by now', { state: 'MERGED' }, null],
  ])('that is open: %s', async (_, change, expected) => {
    const found = await openPulls(change);
    if (expected === null) expect(found).toEqual([]);
    else expect(found).toMatchObject([{ from: 'repository', ...expected }]);
  });

  test.each<[string, object, object | null]>([
    ['closed', {}, { number: 9, state: 'closed', headSha: commit(9) }],
    ['merged', { state: 'MERGED' }, { state: 'merged' }],
    ['into another base', { baseRefName: 'main' }, { base: 'main' }],
    ['open by now', { state: 'OPEN' }, null],
    ['of a fork', { isCrossRepository: true }, null],
    ['of another repository', { repository: { databaseId: 8 } }, null],
  ])('that has ended: %s', async (_, change, expected) => {
    const found = await endedOfBranches(change);
    if (expected === null) expect(found).toEqual([]);
    else expect(found).toMatchObject([expected]);
  });

  test.each<[string, object]>([
    ['a state that we do not know', { state: 'LOCKED' }],
    ['no number', { number: 'one' }],
    ['a number that is not safe', { number: 2 ** 53 }],
    ['no commit', { headRefOid: 'HEAD' }],
    ['an account with the id 0', { author: actor(0) }],
    ['nothing of where its head is', { isCrossRepository: null }],
  ])('with %s is refused', async (_, change) => {
    expect((await refusalOf(() => openPulls(change))).code).toMatch(/^(io|git)$/);
    await stub?.stop();
    expect((await refusalOf(() => endedOfBranches(change))).code).toMatch(/^(io|git)$/);
  });
});

describe('a review that was submitted', () => {
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
