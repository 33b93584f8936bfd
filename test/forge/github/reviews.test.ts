// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GitHubForge } from '../../../src/forge/github/forge.ts';
import type { Account, Review } from '../../../src/ports.ts';
import { requestTable } from '../../github/request-count.ts';
import { account, FULL, Scratch } from './scratch.ts';
import { actor, graphReview, reviewsAnswer } from './shapes.ts';
import { refusalOf, startStub } from './stub.ts';

let scratch: Scratch;
let job: GitHubForge;
let number = 0;
beforeEach(async () => {
  scratch = await Scratch.start();
  job = await scratch.open();
  number = await scratch.pull('sign/r-v1');
});
afterEach(() => scratch.fake.close());

const COMMENT = (body: string) => ({ state: 'COMMENTED', body, commitSha: scratch.head('sign/r-v1') }) as const;
const REST_USER = 'GET /user/{account_id}';

async function as(login: string): Promise<GitHubForge> {
  return scratch.open(scratch.fake.tokenFor(login));
}

describe('reviews by author', () => {
  test('say what GitHub says of them in its list, in time order', async () => {
    const [ann, eve] = [await as('ann'), await as('eve')];
    const given = [
      await ann.submitReview(number, { ...COMMENT('one'), state: 'APPROVED' }),
      await eve.submitReview(number, COMMENT('junk')),
      await job.submitReview(number, COMMENT('ours')),
      await ann.submitReview(number, { ...COMMENT('two'), state: 'CHANGES_REQUESTED' }),
    ];
    const wanted = [account(scratch.ann), await job.viewer()];
    expect(await job.reviews(number, wanted)).toEqual(given.filter(({ author }) => author.login !== 'eve'));
  });

  test('of nobody are none, and ask nothing', async () => {
    const table = await requestTable(scratch.fake, async () => expect(await job.reviews(number, [])).toEqual([]));
    expect(table.size).toBe(0);
  });

  test.each([0, 300])('cost one request, however many (%d) strangers write', async (count) => {
    scratch.fake.addReviews(FULL, number, { count, login: 'eve', body: 'junk' });
    await (await as('ann')).submitReview(number, COMMENT('mine'));
    scratch.fake.addReviews(FULL, number, { count, login: 'mallory', body: 'junk' });
    const table = await requestTable(scratch.fake, async () =>
      expect(await job.reviews(number, [account(scratch.ann)])).toMatchObject([{ body: 'mine' }]),
    );
    expect([...table]).toEqual([['POST /graphql Reviews', 1]]);
  });

  test('above a hundred of one author are read page by page, up to the newest thousand', async () => {
    scratch.fake.addReviews(FULL, number, { count: 1250, login: 'ann', body: 'review' });
    let found: readonly Review[] = [];
    const table = await requestTable(scratch.fake, async () => (found = await job.reviews(number, [account(scratch.ann)])));
    expect(found.map(({ body }) => body)).toEqual(Array.from({ length: 1000 }, (_, at) => `review ${String(at + 250)}`));
    expect([...table]).toEqual([['POST /graphql Reviews', 10]]);
  });

  test('of many authors come twenty in a request', async () => {
    const people = Array.from({ length: 41 }, (_, at) => scratch.fake.addUser(`signer-${String(at)}`));
    for (const { login } of people) scratch.fake.addReviews(FULL, number, { count: 1, login, body: login });
    const table = await requestTable(scratch.fake, async () => expect(await job.reviews(number, people.map(account))).toHaveLength(41));
    expect([...table]).toEqual([['POST /graphql Reviews', 3]]);
  });

  test.each(['bare', 'full'] as const)("of a bot are found whichever form of its login GitHub's filter takes (%s)", async (form) => {
    scratch.fake.world.botFilter = form;
    const given = await job.submitReview(number, COMMENT('ours'));
    scratch.fake.addReviews(FULL, number, { count: 3, login: 'github-actions', body: 'an impostor' });
    expect(await job.reviews(number, [await job.viewer()])).toEqual([given]);
  });

  test('of a pull request that is not there are unknown', async () => {
    expect((await refusalOf(() => job.reviews(99, [account(scratch.ann)]))).code).toBe('event-unknown');
  });

  test('keep what was dismissed, and their commit when the branch was rewritten', async () => {
    const ann = await as('ann');
    const given = await ann.submitReview(number, { ...COMMENT('fine'), state: 'APPROVED' });
    const pull = scratch.fake.repository(FULL).pulls.get(number);
    for (const review of pull?.reviews ?? []) review.state = 'DISMISSED';
    scratch.point('sign/r-v1', scratch.head('main'));
    expect(await job.reviews(number, [account(scratch.ann)])).toEqual([{ ...given, state: 'DISMISSED' }]);
  });
});

describe('an author who is renamed', () => {
  let ann: Account;
  beforeEach(async () => {
    ann = account(scratch.ann);
    await (await as('ann')).submitReview(number, COMMENT('mine'));
    scratch.fake.world.renameUser('ann', 'anna');
  });

  test('is found by the number of the account', async () => {
    const table = await requestTable(scratch.fake, async () =>
      expect(await job.reviews(number, [ann])).toMatchObject([{ body: 'mine', author: { id: ann.id, login: 'anna' } }]),
    );
    expect(Object.fromEntries(table)).toEqual({ 'POST /graphql Reviews': 2, [REST_USER]: 1 });
  });

  test('is not taken for whoever has the login now', async () => {
    scratch.fake.addUser('ann');
    scratch.fake.addReviews(FULL, number, { count: 1, login: 'ann', body: 'not mine' });
    expect(await job.reviews(number, [ann])).toMatchObject([{ body: 'mine' }]);
  });

  test('is read beside others in the same two requests', async () => {
    await (await as('eve')).submitReview(number, COMMENT('too'));
    const table = await requestTable(scratch.fake, async () =>
      expect((await job.reviews(number, [account(scratch.eve), ann])).map(({ body }) => body)).toEqual(['mine', 'too']),
    );
    expect(table.get('POST /graphql Reviews')).toBe(2);
  });

  test('and gone has said nothing', async () => {
    scratch.fake.world.users.delete(ann.id);
    for (const pull of scratch.fake.repository(FULL).pulls.values()) pull.reviews.length = 0;
    expect(await job.reviews(number, [ann])).toEqual([]);
  });
});

describe('what GitHub says of a review', () => {
  const ann = account({ id: 3, login: 'user-3' });

  async function said(node: object, people: Readonly<Record<string, number | null>> = { a0: 3 }): Promise<readonly Review[]> {
    const stub = await startStub((seen) =>
      seen.path === '/graphql'
        ? { status: 200, json: reviewsAnswer({ a0: [node] }, people) }
        : { status: 200, json: { id: 3, login: 'user-3' } },
    );
    try {
      return await stub.github.forge.reviews(1, [ann]);
    } finally {
      await stub.stop();
    }
  }

  test.each<[string, object, Partial<Review>]>([
    ['that all is well', {}, { id: 5, state: 'APPROVED', body: 'review 5', author: ann }],
    ['that its commit is gone', { commit: null }, { commitSha: null }],
    ['nothing', { body: '' }, { body: '' }],
    ['as much as GitHub takes', { body: '😀'.repeat(65_536) }, { body: '😀'.repeat(65_536) }],
    ['more than GitHub takes', { body: 'x'.repeat(65_537) }, { body: '' }],
    ['far more', { body: '😀'.repeat(65_537) }, { body: '' }],
  ])('%s', async (_, change, expected) => {
    expect(await said(graphReview(5, change))).toMatchObject([expected]);
  });

  test.each<[string, object]>([
    ['of another account than was asked for', { author: actor(4, 'user-3') }],
    ['of nobody any more', { author: null }],
    ['of somebody without a number', { author: { __typename: 'EnterpriseUserAccount', login: 'user-3' } }],
  ])('%s is left out', async (_, change) => {
    expect(await said(graphReview(5, change))).toEqual([]);
  });

  test.each<[string, object]>([
    ['a state that we do not know', { state: 'approved' }],
    ['no state', { state: null }],
    ['a number that is none', { fullDatabaseId: '0x5' }],
    ['a number that is not safe', { fullDatabaseId: '9007199254740993' }],
    ['a commit that is none', { commit: { oid: 'HEAD' } }],
    ['a text that is none', { body: 7 }],
  ])('%s is refused', async (_, change) => {
    expect((await refusalOf(() => said(graphReview(5, change)))).code).toMatch(/^(io|git)$/);
  });

  test('that a login is renamed again and again is refused', async () => {
    expect((await refusalOf(() => said(graphReview(5), { a0: 9 }))).code).toBe('io');
  });
});
