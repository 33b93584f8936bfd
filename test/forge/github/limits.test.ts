// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GitHubForge } from '../../../src/forge/github/forge.ts';
import type { SecondaryLimit } from '../../github/faults.ts';
import { requestTable, requestsOf } from '../../github/request-count.ts';
import { account, FULL, Scratch } from './scratch.ts';
import { commit } from './shapes.ts';
import { refusalOf, startStub } from './stub.ts';

let scratch: Scratch;
let job: GitHubForge;
let number = 0;
beforeEach(async () => {
  scratch = await Scratch.start();
  number = await scratch.pull('sign/r-v1');
  job = await scratch.open();
});
afterEach(() => scratch.fake.close());

const RATE_LIMIT = 'GET /rate_limit';

describe('what is left of the requests', () => {
  test('is asked for when nothing was answered yet, which costs nothing', async () => {
    scratch.fake.setBudget(700, { resetInSeconds: 1800 });
    const resets = scratch.fake.world.seconds() + 1800;
    const table = await requestTable(scratch.fake, async () => {
      const found = await job.budget();
      expect(found?.left).toBe(700);
      expect(Math.abs((found?.resets ?? 0) - resets)).toBeLessThanOrEqual(1);
      expect((await job.budget())?.left).toBe(700);
    });
    expect([...table]).toEqual([[RATE_LIMIT, 1]]);
  });

  test('is what the last answer said', async () => {
    scratch.fake.setBudget(700);
    await job.comments(number);
    expect(await requestsOf(scratch.fake, async () => expect((await job.budget())?.left).toBe(699))).toBe(0);
    await job.pull(number);
    expect((await job.budget())?.left).toBe(698);
  });

  test('is what a refusal said', async () => {
    scratch.fake.setBudget(0, { resetInSeconds: 999_999 });
    expect((await refusalOf(() => job.comments(number))).code).toBe('rate-limited');
    expect((await job.budget())?.left).toBe(0);
  });

  test('is the less of REST and GraphQL, which are counted apart', async () => {
    scratch.fake.setBudget(700);
    scratch.fake.setBudget(40, { resource: 'graphql' });
    await job.comments(number);
    expect((await job.budget())?.left).toBe(699);
    await job.openPulls('sign/');
    expect((await job.budget())?.left).toBe(39);
  });

  test('is nothing that a host of no bound knows', async () => {
    const stub = await startStub(() => ({ status: 404, json: { message: 'Rate limiting is not enabled.' } }));
    try {
      expect(await stub.github.forge.budget()).toBeNull();
    } finally {
      await stub.stop();
    }
  });

  test.each<[string, Record<string, string>]>([
    ['without a kind', { 'x-ratelimit-remaining': '5', 'x-ratelimit-reset': '100' }],
    ['of another kind', { 'x-ratelimit-remaining': '5', 'x-ratelimit-reset': '100', 'x-ratelimit-resource': 'search' }],
    ['that are no numbers', { 'x-ratelimit-remaining': '-5', 'x-ratelimit-reset': 'soon', 'x-ratelimit-resource': 'core' }],
  ])('is not believed of headers %s', async (_, headers) => {
    const resources = { core: { remaining: 77, reset: 200 } };
    const stub = await startStub((seen) => ({ status: 200, headers, json: seen.path === '/rate_limit' ? { resources } : [] }));
    try {
      await stub.github.forge.comments(1);
      expect(await stub.github.forge.budget()).toEqual({ left: 77, resets: 200 });
    } finally {
      await stub.stop();
    }
  });
});

describe('a secondary limit, under each of its names', () => {
  const write = (): Promise<unknown> => job.submitReview(number, { state: 'COMMENTED', body: 'b', commitSha: scratch.head('sign/r-v1') });
  const read = (): Promise<unknown> => job.comments(number);
  const ask = (): Promise<unknown> => job.reviews(number, [account(scratch.ann)]);
  const never = { count: 99 };

  test.each<[SecondaryLimit, string, () => Promise<unknown>]>([
    ['403', 'a write', write],
    ['403-bare', 'a write', write],
    ['429', 'a write', write],
    ['422-abuse', 'a write', write],
    ['403', 'a read', read],
    ['403-bare', 'a read', read],
    ['429', 'a read', read],
    ['graphql', 'GraphQL', ask],
    ['403', 'GraphQL', ask],
    ['429', 'GraphQL', ask],
  ])('%s of %s', async (as, _, work) => {
    scratch.fake.faults.add(never, { kind: 'secondary-limit', retryAfterSeconds: 1, as });
    expect((await refusalOf(work)).code).toBe('rate-limited');
    scratch.fake.faults.clear();
    await work();
  });

  test.each<[SecondaryLimit]>([['403'], ['403-bare'], ['429']])('%s that lifts is waited for', async (as) => {
    scratch.fake.faults.add({ count: 1 }, { kind: 'secondary-limit', retryAfterSeconds: 1, as });
    await read();
    expect(scratch.warnings.join()).toContain('waiting');
  });

  test.each([
    [422, { message: 'Validation Failed', errors: [{ resource: 'PullRequestReview', code: 'abuse', field: 'base' }] }, 'rate-limited'],
    [422, { message: 'Validation Failed', errors: [{ resource: 'PullRequestReview', code: 'custom', field: 'abuse' }] }, 'event-invalid'],
    [422, { message: 'was submitted too quickly' }, 'rate-limited'],
    [403, { message: 'You have triggered an abuse detection mechanism.' }, 'rate-limited'],
    [403, { message: 'Resource not accessible by integration' }, 'permission-missing'],
  ])('%d %j', async (status, json, code) => {
    const stub = await startStub(() => ({ status, json }));
    try {
      const review = { state: 'COMMENTED', body: 'b', commitSha: commit(1) } as const;
      expect((await refusalOf(() => stub.github.forge.submitReview(1, review))).code).toBe(code);
    } finally {
      await stub.stop();
    }
  });
});

test('asking somebody for a review is not refused by a limit', async () => {
  scratch.fake.faults.add({ method: 'POST' }, { kind: 'secondary-limit', retryAfterSeconds: 1, as: '422-abuse' });
  expect((await refusalOf(() => job.requestReview(number, 'ann'))).code).toBe('rate-limited');
  expect(scratch.fake.repository(FULL).pulls.get(number)?.requested).toEqual([]);
});
