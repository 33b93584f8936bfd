// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GitHubForge } from '../../../src/forge/github/forge.ts';
import { openGitHub } from '../../../src/forge/github/index.ts';
import { requestTable, requestsOf } from '../../github/request-count.ts';
import { account, FULL, Scratch } from './scratch.ts';
import { refusalOf, startStub } from './stub.ts';

let scratch: Scratch;
let job: GitHubForge;
beforeEach(async () => {
  scratch = await Scratch.start();
  job = await scratch.open();
});
afterEach(() => scratch.fake.close());

const PERMISSION = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';
const ACTIONS = { id: 41898282, login: 'github-actions[bot]' };

describe('accounts', () => {
  test('are found in any case, under the logins as given; who does not exist is left out', async () => {
    scratch.fake.addOrganization('org');
    const found = await job.accounts(['ANN', 'nobody-here', 'ann', 'org', 'eve']);
    expect([...found]).toEqual([
      ['ANN', account(scratch.ann)],
      ['ann', account(scratch.ann)],
      ['eve', account(scratch.eve)],
    ]);
  });

  test.each([
    [0, 0],
    [1, 1],
    [100, 1],
    [101, 2],
    [250, 3],
  ])('%d of them cost %d requests', async (count, requests) => {
    const logins = Array.from({ length: count }, (_, at) => scratch.fake.addUser(`user-${String(at)}`).login);
    const table = await requestTable(scratch.fake, async () => expect((await job.accounts(logins)).size).toBe(count));
    expect([...table]).toEqual(requests === 0 ? [] : [['POST /graphql Accounts', requests]]);
  });

  test('of bots are asked of the REST API, which alone knows them', async () => {
    expect([...(await job.accounts(['github-actions[bot]', 'none[bot]']))]).toEqual([['github-actions[bot]', ACTIONS]]);
  });

  test.each(['a b', '"', '', 'ann{', '../ann'])('of what is no login (%j) do not exist, and break nothing', async (login) => {
    expect([...(await job.accounts([login, 'ann'])).keys()]).toEqual(['ann']);
  });

  test('that GitHub gives for another login are not taken', async () => {
    const stub = await startStub(() => ({ status: 200, json: { data: { l0: { login: 'other', databaseId: 7 } } } }));
    try {
      expect((await stub.github.forge.accounts(['ann'])).size).toBe(0);
    } finally {
      await stub.stop();
    }
  });

  test.each([
    ['FORBIDDEN', 'permission-missing'],
    ['RATE_LIMITED', 'rate-limited'],
    ['SOMETHING', 'io'],
  ])('that GraphQL refuses as %s are no accounts that do not exist', async (type, code) => {
    const errors = [
      { type: 'NOT_FOUND', path: ['l0'], message: 'none' },
      { type, path: ['l1'], message: 'no' },
    ];
    const stub = await startStub(() => ({ status: 200, json: { data: { l0: null, l1: null }, errors } }));
    try {
      expect((await refusalOf(() => stub.github.forge.accounts(['ann', 'bob']))).code).toBe(code);
    } finally {
      await stub.stop();
    }
  });
});

describe('who may write', () => {
  test.each([
    ['write', true],
    ['admin', true],
    ['read', false],
    [null, false],
  ] as const)('a collaborator with %s: %s', async (level, expected) => {
    if (level !== null) scratch.fake.addCollaborator(FULL, 'eve', level);
    expect(await requestsOf(scratch.fake, async () => expect(await job.mayWrite(account(scratch.eve))).toBe(expected))).toBe(1);
  });

  test('the owner may; nobody, a bot and somebody who is gone may not', async () => {
    const owner = scratch.fake.world.user('acme');
    expect(await job.mayWrite(account(owner ?? scratch.eve))).toBe(true);
    expect(await job.mayWrite(account({ id: 424242, login: 'nobody-here' }))).toBe(false);
    expect(await job.mayWrite(account(ACTIONS))).toBe(false);
  });

  test('one who no longer may, does not', async () => {
    expect(await job.mayWrite(account(scratch.ann))).toBe(true);
    scratch.fake.removeCollaborator(FULL, 'ann');
    expect(await job.mayWrite(account(scratch.ann))).toBe(false);
  });

  test('a renamed one is asked for by number, and whoever has the login now is not taken for them', async () => {
    scratch.fake.world.renameUser('ann', 'anna');
    scratch.fake.addUser('ann');
    const table = await requestTable(scratch.fake, async () => expect(await job.mayWrite(account(scratch.ann))).toBe(true));
    expect(Object.fromEntries(table)).toEqual({ [PERMISSION]: 2, 'GET /user/{account_id}': 1 });
    scratch.fake.removeCollaborator(FULL, 'anna');
    scratch.fake.addCollaborator(FULL, 'ann', 'write');
    expect(await job.mayWrite(account(scratch.ann))).toBe(false);
  });

  test.each([
    ['maintain', true],
    ['triage', false],
    ['WRITE', false],
  ])('GitHub says %s: %s', async (permission, expected) => {
    const stub = await startStub(() => ({ status: 200, json: { permission, user: { id: 3, login: 'ann' } } }));
    try {
      expect(await stub.github.forge.mayWrite(account({ id: 3, login: 'ann' }))).toBe(expected);
    } finally {
      await stub.stop();
    }
  });

  test('is not answered where the token may not ask', async () => {
    const stub = await startStub(() => ({ status: 403, json: { message: 'Resource not accessible by integration' } }));
    try {
      expect((await refusalOf(() => stub.github.forge.mayWrite(account({ id: 3, login: 'ann' })))).code).toBe('permission-missing');
    } finally {
      await stub.stop();
    }
  });
});

describe('our automation', () => {
  test('is GITHUB_TOKEN, without a request of its own', async () => {
    await job.viewer();
    expect(await requestsOf(scratch.fake, async () => expect(await job.automation()).toEqual([ACTIONS]))).toBe(0);
  });

  test('is never a person; the account of GITHUB_TOKEN is asked for once on a host that is not github.com', async () => {
    const ann = await scratch.open(scratch.ann.token);
    const table = await requestTable(scratch.fake, async () => {
      expect(await ann.automation()).toEqual([ACTIONS]);
      expect(await ann.automation()).toEqual([ACTIONS]);
    });
    expect(table.get('GET /users/{username}')).toBe(1);
  });

  test.each([
    ['a bot of an App', { login: 'countersign-app[bot]', databaseId: 77 }, [{ id: 77, login: 'countersign-app[bot]' }, ACTIONS]],
    ['a person', { login: 'ann', databaseId: 78 }, [ACTIONS]],
    ['GITHUB_TOKEN', { login: 'github-actions[bot]', databaseId: 41898282 }, [ACTIONS]],
  ])('on github.com, as %s, is known without asking', async (_, viewer, expected) => {
    const asked: string[] = [];
    const data = { viewer, repository: { id: 'R_1' } };
    const fetch = (url: string): Promise<Response> => {
      asked.push(new URL(url).pathname);
      return Promise.resolve(Response.json({ data }));
    };
    const log = { info: () => undefined, warn: () => undefined, progress: () => undefined };
    const github = await openGitHub({ owner: 'o', repo: 'r', token: 't', apiUrl: 'https://api.github.com', log, fetch });
    expect(await github.forge.automation()).toEqual(expected);
    expect(asked).toEqual(['/graphql']);
  });
});
