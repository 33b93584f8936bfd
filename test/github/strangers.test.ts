// SPDX-License-Identifier: Apache-2.0
import type { Octokit } from '@octokit/rest';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clientOf, refusalOf, statusOf } from './client.ts';
import { requestsOf, requestTable, sumOf } from './request-count.ts';
import { startGitHub } from './server.ts';
import type { FakeGitHub } from './server.ts';
import type { Pull, Repository } from './state.ts';

const FULL = 'acme/project';
const repo = { owner: 'acme', repo: 'project' };

let github: FakeGitHub;
let repository: Repository;
let acme: Octokit;
let writer: Octokit;
let eve: Octokit;
let number = 0;

beforeEach(async () => {
  github = await startGitHub();
  repository = github.addRepository('acme', 'project');
  github.addUser('writer');
  github.addCollaborator(FULL, 'writer', 'write');
  github.addUser('eve');
  [acme, writer, eve] = [as('acme'), as('writer'), as('eve')];
  github.commit(FULL, 'main', { 'README.md': 'hello\n' });
  github.commit(FULL, 'sign/a', { a: 'a' });
  number = (await acme.pulls.create({ ...repo, head: 'sign/a', base: 'main', title: 't', body: 'b' })).data.number;
});
afterEach(() => github.close());

function as(login: string): Octokit {
  return clientOf(github, github.tokenFor(login), github.fetch);
}

function pull(): Pull {
  return github.world.pull(repository, number);
}

/** Asks GraphQL about the repository. */
async function ask(fields: string, octokit: Octokit = acme): Promise<unknown> {
  const { data } = await octokit.request({
    method: 'POST',
    url: github.graphqlUrl,
    query: `query Ask { repository(owner: "acme", name: "project") { ${fields} } }`,
  });
  return data;
}

describe('pull requests of forks in bulk', () => {
  test('a thousand are made in well under a second, each as if it had been opened', async () => {
    const before = performance.now();
    const made = github.addForkPulls(FULL, { count: 1000, login: 'eve', base: 'main' });
    expect(performance.now() - before).toBeLessThan(1000);
    expect(new Set(made.map((one) => one.number)).size).toBe(1000);
    const last = made.at(-1)?.number ?? 0;
    const { data } = await acme.pulls.get({ ...repo, pull_number: last });
    expect(data).toMatchObject({ state: 'open', head: { label: `eve:sign/junk-v${String(last)}` }, user: { login: 'eve' } });
    expect((await acme.pulls.create({ ...repo, head: 'eve:junk', base: 'main', title: 'next' })).data.number).toBe(last + 1);
    expect((await eve.pulls.update({ ...repo, pull_number: last, state: 'closed' })).data.state).toBe('closed');
  });

  test('come a hundred a page', async () => {
    github.addForkPulls(FULL, { count: 250, login: 'eve', base: 'main' });
    const sizes = [];
    for (let page = 1; page <= 4; page++) sizes.push((await acme.pulls.list({ ...repo, per_page: 100, page })).data.length);
    expect(sizes).toEqual([100, 100, 51, 0]);
  });

  test('of several people, open and closed, may stand beside each other; branches still move quickly', () => {
    github.addForkPulls(FULL, { count: 1000, login: 'eve', base: 'main' });
    github.addForkPulls(FULL, { count: 1000, login: 'mallory', base: 'main', state: 'closed' });
    const before = performance.now();
    for (let at = 0; at < 10; at++) github.commit(FULL, 'sign/a', { a: String(at) });
    expect(performance.now() - before).toBeLessThan(500);
    github.commit(FULL, 'main', { b: 'b' });
    expect([...repository.pulls.values()].filter(({ state }) => state === 'open')).toHaveLength(1001);
  });
});

describe('a conversation', () => {
  test('is closed at 2,500 comments, to everybody, and open again below', async () => {
    github.addComments(FULL, number, { count: 2499, login: 'eve', body: 'junk' });
    const last = await eve.issues.createComment({ ...repo, issue_number: number, body: 'the last' });
    for (const octokit of [eve, writer, acme]) {
      const refused = await refusalOf(octokit.issues.createComment({ ...repo, issue_number: number, body: 'one more' }));
      expect(refused).toMatchObject({ status: 403 });
      expect(refused.message).toContain('Commenting is disabled on issues with more than 2500 comments');
    }
    await writer.issues.updateComment({ ...repo, comment_id: last.data.id, body: 'changed' });
    await acme.pulls.createReview({ ...repo, pull_number: number, event: 'COMMENT', body: 'a review is none' });
    await writer.issues.deleteComment({ ...repo, comment_id: last.data.id });
    expect(await statusOf(eve.issues.createComment({ ...repo, issue_number: number, body: 'one more' }))).toBe(201);
  });

  test('of another pull request is not closed by it', async () => {
    const [other] = github.addForkPulls(FULL, { count: 1, login: 'eve', base: 'main' });
    github.addComments(FULL, number, { count: 2500, login: 'eve', body: 'junk' });
    expect(await statusOf(eve.issues.createComment({ ...repo, issue_number: other?.number ?? 0, body: 'one' }))).toBe(201);
  });

  test('its reviews and comments come a hundred a page', async () => {
    github.addComments(FULL, number, { count: 150, login: 'eve', body: (at) => `comment ${String(at)}` });
    github.addReviews(FULL, number, { count: 150, login: 'eve', body: 'review', state: 'APPROVED' });
    const comments = await acme.issues.listComments({ ...repo, issue_number: number, per_page: 100, page: 2 });
    const reviews = await acme.pulls.listReviews({ ...repo, pull_number: number, per_page: 100, page: 2 });
    expect([comments.data.length, comments.data.at(-1)?.body]).toEqual([50, 'comment 149']);
    expect([reviews.data.length, reviews.data.at(-1)?.body]).toEqual([50, 'review 149']);
  });
});

describe('a writer', () => {
  let comment = 0;
  let review = 0;
  beforeEach(async () => {
    comment = (await eve.issues.createComment({ ...repo, issue_number: number, body: 'mine' })).data.id;
    review = (await eve.pulls.createReview({ ...repo, pull_number: number, event: 'APPROVE', body: 'mine' })).data.id;
  });

  const acts: readonly (readonly [string, (octokit: Octokit) => Promise<{ readonly status: number }>, () => unknown, unknown])[] = [
    [
      "edits anybody's comment",
      (o) => o.issues.updateComment({ ...repo, comment_id: comment, body: 'x' }),
      () => repository.comments.get(comment)?.body,
      'x',
    ],
    [
      "edits anybody's review",
      (o) => o.pulls.updateReview({ ...repo, pull_number: number, review_id: review, body: 'x' }),
      () => pull().reviews[0]?.body,
      'x',
    ],
    ["deletes anybody's comment", (o) => o.issues.deleteComment({ ...repo, comment_id: comment }), () => repository.comments.size, 0],
    [
      'dismisses a review',
      (o) => o.pulls.dismissReview({ ...repo, pull_number: number, review_id: review, message: 'no' }),
      () => pull().reviews[0]?.state,
      'DISMISSED',
    ],
    ['points at another base', (o) => o.pulls.update({ ...repo, pull_number: number, base: 'other' }), () => pull().baseRef, 'other'],
    ['closes', (o) => o.pulls.update({ ...repo, pull_number: number, state: 'closed' }), () => pull().state, 'closed'],
    [
      'deletes the branch',
      (o) => o.git.deleteRef({ ...repo, ref: 'heads/sign/a' }),
      () => [pull().state, repository.refs.get('refs/heads/sign/a')],
      ['closed', null],
    ],
    [
      'forces the branch elsewhere',
      (o) => o.git.updateRef({ ...repo, ref: 'heads/sign/a', sha: repository.refs.get('refs/heads/other') ?? '', force: true }),
      () => pull().headSha === repository.refs.get('refs/heads/other'),
      true,
    ],
  ];

  test.each(acts)('%s, and a stranger does not', async (_, act, look, expected) => {
    github.commit(FULL, 'other', { o: 'o' });
    github.addUser('mallory');
    const before = JSON.stringify(look());
    expect(await statusOf(act(as('mallory')))).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(look())).toBe(before);
    expect(await statusOf(act(writer))).toBeLessThan(300);
    expect(look()).toEqual(expected);
  });

  test('takes no commit away: what a branch had is read by its name for ever', async () => {
    const before = pull().headSha;
    await writer.git.deleteRef({ ...repo, ref: 'heads/sign/a' });
    expect((await acme.git.getCommit({ ...repo, commit_sha: before })).data.sha).toBe(before);
    expect(await ask(`object(oid: "${before}") { oid }`)).toMatchObject({ data: { repository: { object: { oid: before } } } });
  });

  const reopenings: readonly (readonly [string, () => unknown, number])[] = [
    ['as it was', () => undefined, 200],
    ['with more on top', () => github.commit(FULL, 'sign/a', { a: 'more' }), 200],
    ['without its branch', () => writer.git.deleteRef({ ...repo, ref: 'heads/sign/a' }), 422],
    [
      'after a force push',
      () => writer.git.updateRef({ ...repo, ref: 'heads/sign/a', sha: repository.refs.get('refs/heads/main') ?? '', force: true }),
      422,
    ],
  ];

  test.each(reopenings)('opens again what was closed %s, or GitHub refuses', async (_, change, expected) => {
    await writer.pulls.update({ ...repo, pull_number: number, state: 'closed' });
    await change();
    expect(await statusOf(writer.pulls.update({ ...repo, pull_number: number, state: 'open' }))).toBe(expected);
    expect(pull().state).toBe(expected === 200 ? 'open' : 'closed');
  });
});

describe('limits', () => {
  test('a budget is taken from by each request of its kind, and at none nothing is answered', async () => {
    github.setBudget(2, { resetInSeconds: 60 });
    const { headers } = await acme.pulls.get({ ...repo, pull_number: number });
    expect(headers).toMatchObject({ 'x-ratelimit-remaining': '1', 'x-ratelimit-resource': 'core' });
    await ask('id');
    expect((await acme.rateLimit.get()).data.resources.core.remaining).toBe(1);
    await acme.pulls.get({ ...repo, pull_number: number });
    const refused = await refusalOf(acme.pulls.get({ ...repo, pull_number: number }));
    expect([refused.status, refused.headers['x-ratelimit-remaining']]).toEqual([403, '0']);
    expect(github.requests.at(-1)?.status).toBe(403);
    const now = Date.now() + 61_000;
    github.setClock(() => now);
    expect(await statusOf(acme.pulls.get({ ...repo, pull_number: number }))).toBe(200);
  });

  test.each([
    ['403', 403, true],
    ['403-bare', 403, false],
    ['429', 429, true],
    ['422-abuse', 422, false],
  ] as const)('a secondary one is answered as %s', async (as_, status, says) => {
    github.faults.add({}, { kind: 'secondary-limit', retryAfterSeconds: 7, as: as_ });
    const refused = await refusalOf(acme.pulls.get({ ...repo, pull_number: number }));
    expect([refused.status, refused.headers['retry-after']]).toEqual([status, says ? '7' : undefined]);
    expect(await statusOf(acme.pulls.get({ ...repo, pull_number: number }))).toBe(200);
  });

  test('and by GraphQL within an answer that is 200', async () => {
    github.faults.add({}, { kind: 'secondary-limit', retryAfterSeconds: 7, as: 'graphql' });
    expect(await ask('id')).toMatchObject({ data: null, errors: [{ type: 'RATE_LIMITED' }] });
  });
});

describe('a clock that lies', () => {
  test.each([86_400, -86_400, 0])('is %d seconds off in every date, and in that of the answer', async (seconds) => {
    const now = Date.parse('2030-01-01T00:00:00Z');
    github.setClock(() => now);
    github.setClockSkew(seconds);
    const told = new Date(now + seconds * 1000);
    const { data, headers } = await eve.issues.createComment({ ...repo, issue_number: number, body: 'b' });
    expect(headers.date).toBe(told.toUTCString());
    expect(Date.parse(data.created_at)).toBe(told.getTime());
    expect((await fetch(`${github.apiUrl}/repos/acme/project`)).headers.get('date')).toBe(told.toUTCString());
  });
});

describe('GraphQL', () => {
  test('gives pull requests by branch, in the order that is asked for, and no fork’s', async () => {
    await acme.pulls.update({ ...repo, pull_number: number, state: 'closed' });
    const again = (await acme.pulls.create({ ...repo, head: 'sign/a', base: 'main', title: 'again' })).data.number;
    github.addForkPulls(FULL, { count: 1, login: 'eve', base: 'main', headPrefix: 'sign/' });
    const pulls = (args: string): Promise<unknown> =>
      ask(`refs(refPrefix: "refs/heads/sign/", first: 1) { nodes { name associatedPullRequests(${args}) { nodes { number state } } } }`);
    const found = (...nodes: readonly object[]): object => ({
      data: { repository: { refs: { nodes: [{ name: 'sign/a', associatedPullRequests: { nodes } }] } } },
    });
    const [closed, open] = [
      { number, state: 'CLOSED' },
      { number: again, state: 'OPEN' },
    ];
    expect(await pulls('first: 9')).toEqual(found(closed, open));
    expect(await pulls('first: 9, orderBy: { field: CREATED_AT, direction: DESC }')).toEqual(found(open, closed));
    expect(await pulls('first: 9, states: [CLOSED, MERGED]')).toEqual(found(closed));
    expect(await pulls('first: 9, baseRefName: "other"')).toEqual(found());
    expect(await pulls('last: 1')).toEqual(found(open));
  });

  test('pages from either end', async () => {
    github.addReviews(FULL, number, { count: 5, login: 'eve', body: 'r' });
    const ids = pull().reviews.map(({ id }) => String(id));
    const reviews = async (args: string): Promise<unknown> => {
      const answer = await ask(
        `pullRequest(number: ${number}) { reviews(${args}) { nodes { fullDatabaseId } pageInfo { startCursor endCursor hasPreviousPage hasNextPage } } }`,
      );
      return (answer as { data: { repository: { pullRequest: { reviews: unknown } } } }).data.repository.pullRequest.reviews;
    };
    const page = (from: number, to: number): object => ({
      nodes: ids.slice(from, to).map((fullDatabaseId) => ({ fullDatabaseId })),
      pageInfo: { hasPreviousPage: from > 0, hasNextPage: to < 5, startCursor: cursor(from), endCursor: cursor(to - 1) },
    });
    const cursor = (at: number): string => Buffer.from(String(at)).toString('base64');
    expect(await reviews('first: 2')).toEqual(page(0, 2));
    expect(await reviews(`first: 2, after: "${cursor(1)}"`)).toEqual(page(2, 4));
    expect(await reviews('last: 2')).toEqual(page(3, 5));
    expect(await reviews(`last: 2, before: "${cursor(3)}"`)).toEqual(page(1, 3));
    expect(await reviews(`last: 9, before: "${cursor(1)}"`)).toEqual(page(0, 1));
  });

  test.each(['', 'first: 0', 'first: 101', 'last: 101'])('refuses a page of %j', async (args) => {
    expect(await ask(`pullRequest(number: ${number}) { reviews${args === '' ? '' : `(${args})`} { totalCount } }`)).toHaveProperty(
      'errors',
    );
  });

  test('names bots without brackets, and knows no bot, organization or stranger as a user', async () => {
    github.addOrganization('org');
    const { data } = await acme.request({
      method: 'POST',
      url: github.graphqlUrl,
      query:
        'query { a: user(login: "EVE") { login } b: user(login: "github-actions[bot]") { login } c: user(login: "org") { login } d: user(login: "no--body") { login } }',
    });
    expect(data).toMatchObject({
      data: { a: { login: 'eve' }, b: null, c: null, d: null },
      errors: [{ type: 'NOT_FOUND', path: ['b'] }, {}, {}],
    });
    const job = clientOf(github, github.jobToken({ repository: FULL, permissions: { 'pull-requests': 'write' } }), github.fetch);
    await job.pulls.createReview({ ...repo, pull_number: number, event: 'COMMENT', body: 'ours' });
    const authors = await ask(`pullRequest(number: ${number}) { reviews(first: 1) { nodes { author { __typename login } } } }`);
    expect(JSON.stringify(authors)).toContain('{"__typename":"Bot","login":"github-actions"}');
  });

  test('shows a review that is not submitted to its author alone', async () => {
    await eve.pulls.createReview({ ...repo, pull_number: number, body: 'not yet' });
    const count = async (octokit: Octokit): Promise<unknown> => {
      const answer = JSON.stringify(await ask(`pullRequest(number: ${number}) { reviews(first: 9) { totalCount } }`, octokit));
      return [/"totalCount":(\d)/.exec(answer)?.[1], (await octokit.pulls.listReviews({ ...repo, pull_number: number })).data.length];
    };
    expect(await count(eve)).toEqual(['1', 1]);
    expect(await count(writer)).toEqual(['0', 0]);
  });

  test('refuses a job that may not read pull requests', async () => {
    const job = clientOf(github, github.jobToken({ repository: FULL, permissions: { contents: 'read' } }), github.fetch);
    expect(await ask(`pullRequest(number: ${number}) { title }`, job)).toMatchObject({ errors: [{ type: 'FORBIDDEN' }] });
  });

  test('tells of a field that GitHub does not have', async () => {
    await ask(`pullRequest(number: ${number}) { reviewsBy(author: "eve") { totalCount } }`);
    expect(
      github.violations
        .splice(0)
        .map(({ what }) => what)
        .join(),
    ).toContain('reviewsBy');
  });
});

describe('the count of requests', () => {
  test('is by route, whatever the numbers and names in them, and by the name of what GraphQL is asked', async () => {
    const work = async (): Promise<void> => {
      await acme.pulls.get({ ...repo, pull_number: number });
      await statusOf(acme.pulls.get({ ...repo, pull_number: 99 }));
      await ask('id');
      await acme.git.getRef({ ...repo, ref: 'heads/sign/a' });
    };
    const table = await requestTable(github, work);
    expect([...table]).toEqual([
      ['GET /repos/{owner}/{repo}/pulls/{pull_number}', 2],
      ['GET /repos/{owner}/{repo}/git/ref/{ref}', 1],
      ['POST /graphql Ask', 1],
    ]);
    expect([sumOf(table), sumOf(table, 'rest'), await requestsOf(github, work)]).toEqual([4, 3, 4]);
  });
});
