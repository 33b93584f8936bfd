// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GitHubForge } from '../../../src/forge/github/forge.ts';
import { requestTable, requestsOf, sumOf } from '../../github/request-count.ts';
import { account, FULL, Scratch } from './scratch.ts';
import { branchAnswer, graphPull } from './shapes.ts';
import { refusalOf, startStub } from './stub.ts';

let scratch: Scratch;
beforeEach(async () => {
  scratch = await Scratch.start();
});
afterEach(() => scratch.fake.close());

const numbers = (found: readonly { readonly number: number }[]): readonly number[] => found.map(({ number }) => number);

describe('open pull requests', () => {
  test('are those of our own branches, oldest first, with all that their list would say', async () => {
    const forge = await scratch.open();
    const second = await scratch.pull('sign/b-v1');
    const third = await scratch.pull('sign/a-v1');
    await scratch.pull('feature');
    await forge.requestReview(third, 'ann');
    const found = await forge.openPulls('sign/');
    expect(numbers(found)).toEqual([second, third]);
    expect(found).toEqual([await forge.pull(second), await forge.pull(third)]);
    expect(found[1]).toMatchObject({
      title: 'title of sign/a-v1',
      body: 'body of sign/a-v1',
      author: await forge.viewer(),
      headSha: scratch.head('sign/a-v1'),
      from: 'repository',
      requested: [account(scratch.ann)],
    });
  });

  test.each([
    ['of another prefix', async () => scratch.pull('signature')],
    ['that was closed', async () => (await scratch.open()).closePull(await scratch.pull('sign/x-v1'))],
    [
      'that was merged',
      async () => {
        await scratch.pull('sign/x-v1');
        scratch.point('tuf', scratch.head('sign/x-v1'));
      },
    ],
    [
      'whose branch is gone',
      async () => {
        await scratch.pull('sign/x-v1');
        scratch.point('sign/x-v1', null);
      },
    ],
    ['of a branch that has none', async () => scratch.branch('sign/x-v1')],
    [
      'of a fork with the same branch',
      async () => scratch.fake.addForkPulls(FULL, { count: 1, login: 'eve', base: 'tuf', headPrefix: 'sign/' }),
    ],
  ])('one %s is not among them', async (_, make) => {
    await make();
    const ours = await scratch.pull('sign/ours-v1');
    expect(numbers(await (await scratch.open()).openPulls('sign/'))).toEqual([ours]);
  });

  test('are found whatever their base, also two and three of one branch', async () => {
    const bases = ['tuf', 'tuf2', 'tuf3'];
    for (const base of bases.slice(1)) scratch.point(base, scratch.head('tuf'));
    const other = await scratch.pull('sign/x-v1', 'tuf2');
    scratch.branch('sign/y-v1');
    const forge = await scratch.open();
    const made: number[] = [other];
    for (const [at, base] of bases.entries()) {
      made.push((await forge.openPull({ head: 'sign/y-v1', base, title: 't', body: 'b' })).number);
      const requests = at < 2 ? { 'POST /graphql OpenPulls': 1 } : { 'POST /graphql OpenPulls': 1, 'POST /graphql MoreOpenPulls': 1 };
      const table = await requestTable(scratch.fake, async () => expect(numbers(await forge.openPulls('sign/'))).toEqual(made));
      expect(Object.fromEntries(table)).toEqual(requests);
    }
    expect((await forge.openPulls('sign/')).map(({ base }) => base)).toEqual(['tuf2', ...bases]);
  });

  test('a prefix that ends within a name finds that name', async () => {
    const [one, two] = [await scratch.pull('sign/root-v1'), await scratch.pull('setup')];
    await scratch.pull('sign/root-v2');
    await scratch.pull('sign/a-root-v1');
    const forge = await scratch.open();
    expect(numbers(await forge.openPulls('sign/root-v1'))).toEqual([one]);
    expect(numbers(await forge.openPulls('setup'))).toEqual([two]);
    expect(await forge.openPulls('')).toHaveLength(4);
  });

  test.each([0, 1000])('with %d pull requests of forks cost one request', async (count) => {
    scratch.fake.addForkPulls(FULL, { count, login: 'eve', base: 'tuf' });
    await scratch.pull('sign/r-v1');
    const forge = await scratch.open();
    const table = await requestTable(scratch.fake, async () => expect(await forge.openPulls('sign/')).toHaveLength(1));
    expect([...table]).toEqual([['POST /graphql OpenPulls', 1]]);
  });

  test('of more than a hundred branches are read to the last', async () => {
    const made: number[] = [];
    for (let at = 0; at < 101; at++) made.push(await scratch.pull(`sign/r-v${String(at)}`));
    const forge = await scratch.open();
    const table = await requestTable(scratch.fake, async () => expect(numbers(await forge.openPulls('sign/'))).toEqual(made));
    expect([...table]).toEqual([['POST /graphql OpenPulls', 2]]);
  });

  test('are found where GitHub lists those of this branch into forks before ours', async () => {
    const stub = await startStub((seen) => ({ status: 200, json: String(seen.json?.['query']).includes('MoreOpen') ? REST : FIRST }));
    try {
      expect(numbers(await stub.github.forge.openPulls('sign/'))).toEqual([9]);
    } finally {
      await stub.stop();
    }
  });
});

const FIRST = branchAnswer(
  [graphPull({ number: 1, repository: { databaseId: 8 } }), graphPull({ number: 2, isCrossRepository: true })],
  true,
);
const REST = branchAnswer([graphPull()]);

describe('ended pull requests', () => {
  test('are those of branches that are there, and of the list for those that are not, newest first', async () => {
    const forge = await scratch.open();
    const closed = await scratch.pull('sign/a-v1');
    await forge.closePull(closed);
    const deleted = await scratch.pull('sign/b-v1');
    const last = scratch.head('sign/b-v1');
    scratch.point('sign/b-v1', null);
    const merged = await scratch.pull('sign/c-v1');
    scratch.point('tuf', scratch.head('sign/c-v1'));
    await scratch.pull('sign/d-v1');
    const found = await forge.endedPulls('sign/', 'tuf');
    const author = await forge.viewer();
    expect(found.map(({ number, state, head, headSha }) => [number, state, head, headSha])).toEqual([
      [merged, 'merged', 'sign/c-v1', scratch.head('sign/c-v1')],
      [deleted, 'closed', 'sign/b-v1', last],
      [closed, 'closed', 'sign/a-v1', scratch.head('sign/a-v1')],
    ]);
    expect(found.every((one) => one.base === 'tuf' && one.author.id === author.id && one.author.login === author.login)).toBe(true);
    expect(Object.keys(found[0] ?? {}).sort()).toEqual(['author', 'base', 'head', 'headSha', 'number', 'state', 'url']);
  });

  test('say the same of one, whichever way it is found', async () => {
    const forge = await scratch.open();
    await forge.closePull(await scratch.pull('sign/a-v1'));
    const [byBranch] = await forge.endedPulls('sign/', 'tuf');
    scratch.point('sign/a-v1', null);
    expect(await forge.endedPulls('sign/', 'tuf')).toEqual([byBranch]);
  });

  test.each([
    ['of a fork', () => scratch.fake.addForkPulls(FULL, { count: 1, login: 'eve', base: 'tuf', state: 'closed' })],
    ['of another prefix', async () => (await scratch.open()).closePull(await scratch.pull('other'))],
    ['that was opened again', async () => reopened(await scratch.pull('sign/x-v1'))],
  ])('one %s is not among them', async (_, make) => {
    scratch.point('tuf2', scratch.head('tuf'));
    await make();
    expect(await (await scratch.open()).endedPulls('sign/', 'tuf')).toEqual([]);
  });

  async function reopened(number: number): Promise<void> {
    const forge = await scratch.open();
    await forge.closePull(number);
    expect(await forge.reopenPull(number)).toBe('open');
  }

  test('of forks cost one page of each list at most, and hide none whose branch is there', async () => {
    const forge = await scratch.open();
    const ours = await scratch.pull('sign/a-v1');
    await forge.closePull(ours);
    scratch.fake.addForkPulls(FULL, { count: 1000, login: 'eve', base: 'tuf', state: 'closed' });
    const table = await requestTable(scratch.fake, async () => expect(numbers(await forge.endedPulls('sign/', 'tuf'))).toEqual([ours]));
    expect(Object.fromEntries(table)).toEqual({ 'GET /repos/{owner}/{repo}/pulls': 2, 'POST /graphql EndedPulls': 1 });
    expect(sumOf(table, 'rest')).toBe(2);
  });
});

describe('a pull request that a writer points at another base', () => {
  test('is seen while any base is asked for, and when it has ended; pointed back it is as before', async () => {
    scratch.point('tuf2', scratch.head('tuf'));
    const number = await scratch.pull('sign/a-v1');
    const forge = await scratch.open();
    const before = await forge.openPulls('sign/');
    await (await scratch.open(scratch.ann.token)).retargetPull(number, 'tuf2');
    expect(await forge.openPulls('sign/')).toMatchObject([{ number, base: 'tuf2' }]);
    await forge.retargetPull(number, 'tuf');
    expect(await forge.openPulls('sign/')).toEqual(before);
    await forge.retargetPull(number, 'tuf2');
    await forge.closePull(number);
    expect(await forge.endedPulls('sign/', 'tuf')).toMatchObject([{ number, base: 'tuf2', state: 'closed' }]);
  });

  test.each([
    [99, 'tuf', 'event-unknown'],
    [1, 'no-such-branch', 'event-invalid'],
  ])('is not one that GitHub refuses (%d, %s)', async (number, base, code) => {
    await scratch.pull('sign/a-v1');
    expect((await refusalOf(async () => (await scratch.open()).retargetPull(number, base))).code).toBe(code);
  });

  test.each<[string, (forge: GitHubForge) => unknown]>([
    ['at a branch that has it already', () => scratch.point('tuf2', scratch.head('sign/a-v1'))],
    ['where another one is open', (forge) => forge.openPull({ head: 'sign/a-v1', base: 'tuf2', title: 't', body: 'b' })],
    ['when it is closed', (forge) => forge.closePull(1)],
  ])('is refused %s', async (_, change) => {
    await scratch.pull('sign/a-v1');
    scratch.point('tuf2', scratch.head('tuf'));
    const forge = await scratch.open();
    await change(forge);
    expect((await refusalOf(() => forge.retargetPull(1, 'tuf2'))).code).toBe('event-invalid');
    expect((await forge.pull(1))?.base).toBe('tuf');
  });
});

describe('a pull request by number', () => {
  test.each([
    ['closed', async () => (await scratch.open()).closePull(1), 'closed', 'repository'],
    ['merged', async () => scratch.point('tuf', scratch.head('sign/a-v1')), 'merged', 'repository'],
    ['open', async () => undefined, 'open', 'repository'],
  ])('that is %s', async (_, change, state, from) => {
    await scratch.pull('sign/a-v1');
    await change();
    expect(await (await scratch.open()).pull(1)).toMatchObject({ number: 1, state, from, head: 'sign/a-v1' });
  });

  test('of a fork, and of any base', async () => {
    const [pull] = scratch.fake.addForkPulls(FULL, { count: 1, login: 'eve', base: 'main' });
    expect(await (await scratch.open()).pull(pull?.number ?? 0)).toMatchObject({
      from: 'fork',
      base: 'main',
      author: account(scratch.eve),
    });
  });

  test('is null where there is none, in one request', async () => {
    const forge = await scratch.open();
    expect(await requestsOf(scratch.fake, async () => expect(await forge.pull(99)).toBeNull())).toBe(1);
  });
});

describe('a closed pull request', () => {
  const cases: readonly (readonly [string, (before: string) => void, 'open' | 'refused'])[] = [
    ['as it was', () => undefined, 'open'],
    ['with a commit on top', () => void scratch.branch('sign/a-v1', 'more'), 'open'],
    ['whose branch is gone', () => scratch.point('sign/a-v1', null), 'refused'],
    ['whose branch was rewritten', () => rewrite(), 'refused'],
    ['whose branch was made anew where it was', (before) => [null, before].forEach((at) => scratch.point('sign/a-v1', at)), 'open'],
  ];

  function rewrite(): void {
    scratch.point('sign/a-v1', scratch.head('tuf'));
    scratch.branch('sign/a-v1', 'other');
  }

  test.each(cases)('%s is opened again or refused', async (_, change, expected) => {
    const number = await scratch.pull('sign/a-v1');
    const forge = await scratch.open();
    await forge.closePull(number);
    const before = scratch.head('sign/a-v1');
    change(before);
    expect(await forge.reopenPull(number)).toBe(expected);
    expect((await forge.pull(number))?.state).toBe(expected === 'open' ? 'open' : 'closed');
    expect(scratch.fake.repository(FULL).objects.commit(before)).not.toBeNull();
  });

  test('is refused where another one is open for its branch', async () => {
    const number = await scratch.pull('sign/a-v1');
    const forge = await scratch.open();
    await forge.closePull(number);
    const other = await forge.openPull({ head: 'sign/a-v1', base: 'tuf', title: 't', body: 'b' });
    expect(await forge.reopenPull(number)).toBe('refused');
    expect(numbers(await forge.openPulls('sign/'))).toEqual([other.number]);
  });

  test('that was merged is refused; one that is open stays so; none is unknown', async () => {
    const number = await scratch.pull('sign/a-v1');
    const forge = await scratch.open();
    expect(await forge.reopenPull(number)).toBe('open');
    scratch.point('tuf', scratch.head('sign/a-v1'));
    expect(await forge.reopenPull(number)).toBe('refused');
    expect((await refusalOf(() => forge.reopenPull(99))).code).toBe('event-unknown');
  });

  test('is not taken for refused where GitHub slows us down', async () => {
    const number = await scratch.pull('sign/a-v1');
    const forge = await scratch.open();
    await forge.closePull(number);
    scratch.fake.faults.add({ method: 'PATCH' }, { kind: 'secondary-limit', retryAfterSeconds: 1, as: '422-abuse' });
    expect((await refusalOf(() => forge.reopenPull(number))).code).toBe('rate-limited');
  });
});
