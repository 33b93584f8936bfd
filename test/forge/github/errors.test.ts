// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, test } from 'vitest';
import { openGitHub } from '../../../src/forge/github/index.ts';
import type { GitHub } from '../../../src/forge/github/index.ts';
import { commit, IDENTITY, pull } from './shapes.ts';
import { refusalOf, startStub, TOKEN } from './stub.ts';
import type { Seen, Stub, StubReply } from './stub.ts';

let stub: Stub | null = null;
afterEach(async () => {
  await stub?.stop();
  stub = null;
});

async function open(respond: (seen: Seen) => StubReply): Promise<{ readonly github: GitHub; readonly stub: Stub }> {
  stub = await startStub(respond);
  return { github: stub.github, stub };
}

const refused = (status: number, message: string, headers: Record<string, string> = {}): StubReply => ({
  status,
  json: { message },
  headers,
});
const NO_ACCESS = 'Resource not accessible by integration';
const SET_STATUS = (github: GitHub): Promise<unknown> =>
  github.forge.status(commit(1), { context: 'countersign', state: 'pending', description: 'd' });
const OPEN_PULL = (github: GitHub): Promise<unknown> => github.forge.openPull({ head: 'sign/a', base: 'tuf', title: 't', body: 'b' });
const MERGE = (github: GitHub): Promise<unknown> => github.forge.mergePull(1, commit(1));
const EDIT = (github: GitHub): Promise<unknown> => github.forge.editPull(1, { title: 't', body: 'b' });
const TREE = (github: GitHub): Promise<unknown> => github.forge.tree(commit(1));
const MOVE = (github: GitHub): Promise<unknown> => github.forge.moveBranch('tuf', commit(1), commit(2), 'fast-forward');
const REMOVE_ASSET = (github: GitHub): Promise<unknown> => github.releases.removeAsset(3);

describe('refusals of the REST API', () => {
  test.each<[string, StubReply, (github: GitHub) => Promise<unknown>, string, RegExp]>([
    [
      'a missing permission that GitHub names',
      refused(403, NO_ACCESS, { 'x-accepted-github-permissions': 'statuses=write' }),
      SET_STATUS,
      'permission-missing',
      /statuses: write/,
    ],
    [
      'one of two that GitHub names',
      refused(403, NO_ACCESS, { 'x-accepted-github-permissions': 'issues=write; pull_requests=write' }),
      EDIT,
      'permission-missing',
      /issues: write or pull-requests: write/,
    ],
    ['a missing permission that it does not name', refused(403, NO_ACCESS), SET_STATUS, 'permission-missing', /statuses: write/],
    [
      'a header of something else',
      refused(403, NO_ACCESS, { 'x-accepted-github-permissions': '<b>' }),
      SET_STATUS,
      'permission-missing',
      /statuses: write/,
    ],
    ['a bad token', refused(401, 'Bad credentials'), SET_STATUS, 'permission-missing', /token/],
    [
      'the setting for pull requests',
      refused(403, 'GitHub Actions is not permitted to create or approve pull requests.'),
      OPEN_PULL,
      'setting-missing',
      /Allow GitHub Actions to create and approve pull requests/,
    ],
    ['nothing to merge', refused(422, 'Validation Failed: No commits between tuf and sign/a'), OPEN_PULL, 'event-invalid', /No commits/],
    [
      'a head that moved before a merge',
      refused(409, 'Head branch was modified. Review and try the merge again.'),
      MERGE,
      'ref-conflict',
      /modified/,
    ],
    ['a rule against a merge', refused(405, 'At least 1 approving review is required'), MERGE, 'ref-protected', /approving/],
    ['no such pull request', refused(404, 'Not Found'), EDIT, 'event-unknown', /pull request 1/],
    ['no such commit', refused(404, 'Not Found'), TREE, 'io', /contents: read/],
    ['an immutable release', refused(422, 'Cannot delete asset from an immutable release'), REMOVE_ASSET, 'release-immutable', /rule/],
    ['too much', refused(413, 'Payload too large'), SET_STATUS, 'too-large', /less/],
    [
      'the primary limit',
      refused(403, 'API rate limit exceeded', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '4102444800' }),
      SET_STATUS,
      'rate-limited',
      /2100-01-01/,
    ],
    ['too many requests', refused(429, 'slow down'), SET_STATUS, 'rate-limited', /requests/],
    ['a broken host', refused(500, 'oops'), SET_STATUS, 'io', /oops/],
    ['a broken connection', 'break', SET_STATUS, 'io', /the connection was closed/],
    ['a token that comes back', refused(400, `no: Bearer ${TOKEN}`), SET_STATUS, 'io', /Bearer \*\*\*/],
    ['no JSON', { status: 200, bytes: Buffer.from('<html>') }, TREE, 'io', /expected an object/],
  ])('%s', async (_, reply, work, code, message) => {
    const { github } = await open((seen) => (seen.method === 'GET' && seen.path === '/pulls' ? { status: 200, json: [] } : reply));
    const error = await refusalOf(() => work(github));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  test('and none for the same requests when they are accepted', async () => {
    const { github } = await open((seen) => {
      if (seen.path === '/pulls') return seen.method === 'GET' ? { status: 200, json: [] } : { status: 201, json: pull(1) };
      return {
        status: 200,
        json: {
          sha: commit(9),
          merged: true,
          statuses: [],
          tree: { sha: commit(8) },
          truncated: false,
          ...(seen.path.startsWith('/git/trees') ? { tree: [] } : {}),
        },
      };
    });
    for (const work of [SET_STATUS, OPEN_PULL, MERGE, EDIT, TREE, REMOVE_ASSET]) await work(github);
  });
});

describe('refusals of GraphQL', () => {
  const errors = (type: string | null, message: string): StubReply => ({
    status: 200,
    json: { data: { updateRefs: null }, errors: [{ ...(type === null ? {} : { type }), message }] },
  });
  test.each<[string, StubReply, string]>([
    ['a branch that moved', errors('STALE_DATA', 'Expected branch to point to "a" but it did not'), 'ref-conflict'],
    ['no fast-forward', errors('UNPROCESSABLE', 'Update is not a fast forward'), 'ref-conflict'],
    ['a reason that we do not know', errors(null, 'Reference cannot be updated'), 'ref-conflict'],
    ['a rule', errors('UNPROCESSABLE', 'Repository rule violations found'), 'ref-protected'],
    ['a protected branch', errors('FORBIDDEN', 'Protected branch update failed for refs/heads/tuf'), 'ref-protected'],
    ['a missing permission', errors('FORBIDDEN', NO_ACCESS), 'permission-missing'],
    [
      'a workflow file',
      errors('FORBIDDEN', 'refusing to allow a GitHub App to create or update workflow `a.yml` without `workflows` permission'),
      'permission-missing',
    ],
    ['no such repository', errors('NOT_FOUND', 'Could not resolve to a node'), 'io'],
    ['the limit', errors('RATE_LIMITED', 'API rate limit exceeded'), 'rate-limited'],
  ])('%s', async (_, reply, code) => {
    const { github, stub } = await open((seen) =>
      String(seen.json?.['query']).startsWith('mutation') ? reply : { status: 200, json: IDENTITY },
    );
    expect((await refusalOf(() => MOVE(github))).code).toBe(code);
    expect(stub.seen.map(({ path }) => path)).not.toContain('/git/ref/heads/tuf');
  });

  test("none when it is accepted; the swap is the host's", async () => {
    const { github, stub } = await open((seen) => ({
      status: 200,
      json: String(seen.json?.['query']).startsWith('mutation') ? { data: { updateRefs: {} } } : IDENTITY,
    }));
    await MOVE(github);
    await github.forge.moveBranch('new', null, commit(2), 'replace');
    expect(stub.seen.map(({ json }) => json?.['variables']).slice(1)).toEqual([
      { repositoryId: 'R_1', name: 'refs/heads/tuf', before: commit(1), after: commit(2), force: false },
      { repositoryId: 'R_1', name: 'refs/heads/new', before: '0'.repeat(40), after: commit(2), force: true },
    ]);
  });
});

describe('repetition', () => {
  test.each<[string, (github: GitHub) => Promise<unknown>, number]>([
    ['a read', TREE, 4],
    ['a write that changes nothing when it is repeated', SET_STATUS, 4],
    ['a merge, which is looked for instead', MERGE, 3],
  ])('of %s when the host is broken', async (_, work, times) => {
    const { github, stub } = await open((seen) =>
      seen.path === '/pulls/1' ? { status: 200, json: pull(1) } : refused(502, 'Bad Gateway'),
    );
    expect((await refusalOf(() => work(github))).code).toBe('io');
    expect(stub.seen.filter(({ path }) => path !== '/pulls/1')).toHaveLength(times);
  });

  test.each([400, 401, 404, 410, 422, 451])('never of a read that got %i', async (status) => {
    const { github, stub } = await open(() => refused(status, 'no'));
    await refusalOf(() => TREE(github));
    expect(stub.seen).toHaveLength(1);
  });

  test('after a secondary limit lifts, also of a write', async () => {
    let limits = 2;
    const { github, stub } = await open(() =>
      limits-- > 0
        ? refused(403, 'You have exceeded a secondary rate limit', { 'retry-after': '2' })
        : { status: 201, json: { statuses: [] } },
    );
    await SET_STATUS(github);
    expect(stub.seen.map(({ method }) => method)).toEqual(['GET', 'GET', 'GET', 'POST']);
    expect(stub.warnings).toHaveLength(2);
  });

  test.each([
    ['for ever', '1', 4],
    ['for too long', '4000', 1],
  ])('not of a secondary limit that stays %s', async (_, seconds, times) => {
    const { github, stub } = await open(() => refused(429, 'You have exceeded a secondary rate limit', { 'retry-after': seconds }));
    expect((await refusalOf(() => SET_STATUS(github))).code).toBe('rate-limited');
    expect(stub.seen).toHaveLength(times);
  });
});

describe('where the token goes', () => {
  const log = { info: () => undefined, warn: () => undefined, progress: () => undefined };
  test.each(['http://api.github.test', 'ftp://127.0.0.1', 'nonsense'])('never to %s', async (apiUrl) => {
    expect((await refusalOf(() => openGitHub({ owner: 'o', repo: 'r', token: TOKEN, apiUrl, log }))).code).toBe('usage');
  });

  test.each(['https://api.github.test', 'http://127.0.0.1:1', 'http://localhost:1'])('maybe to %s', async (apiUrl) => {
    await openGitHub({ owner: 'o', repo: 'r', token: TOKEN, apiUrl, log });
  });

  test('to the api, with our name', async () => {
    const { github, stub } = await open(() => ({ status: 200, json: { data: { l0: { databaseId: 5, login: 'Ann' } } } }));
    expect([...(await github.forge.accounts(['ann']))]).toEqual([['ann', { id: 5, login: 'Ann' }]]);
    expect(stub.seen[0]?.headers).toMatchObject({
      authorization: `token ${TOKEN}`,
      'user-agent': expect.stringMatching(/^countersign\/\d/) as unknown,
    });
  });
});
