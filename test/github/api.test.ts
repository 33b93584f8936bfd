// SPDX-License-Identifier: Apache-2.0
import type { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { branchWith, clientOf, refusalOf, statusOf } from './client.ts';
import { contractOperations } from './contract.ts';
import { routes } from './routes.ts';
import { startGitHub } from './server.ts';
import type { FakeGitHub } from './server.ts';

const FULL = 'alice/project';
const repo = { owner: 'alice', repo: 'project' };
let github: FakeGitHub;
let alice: Octokit;

beforeAll(async () => {
  github = await startGitHub();
  alice = clientOf(github, github.addUser('alice').token);
  github.addRepository('alice', 'project');
  github.commit(FULL, 'main', { 'README.md': 'hello\n' });
});

afterAll(() => github.close());

const head = async (octokit = alice) => (await octokit.git.getRef({ ...repo, ref: 'heads/main' })).data.object.sha;

describe('the contract', () => {
  test('every operation that is served is in the fixture, and the reverse', () => {
    const served = routes.map((route) => `${route.method} ${route.path}`);
    expect(served.toSorted()).toEqual([...contractOperations()].toSorted());
  });

  test.each([
    ['an operation that is not served', () => alice.request('GET /repos/{owner}/{repo}/topics', repo)],
    [
      'a body that lacks a field',
      () => alice.request('POST /repos/{owner}/{repo}/git/{what}', { ...repo, what: 'refs', ref: 'refs/heads/x' }),
    ],
    [
      'a body with a field that GitHub does not know',
      () => alice.request('POST /repos/{owner}/{repo}/git/blobs', { ...repo, content: 'x', encodin: 'y' }),
    ],
    ['a query parameter that GitHub does not know', () => alice.request('GET /repos/{owner}/{repo}/pulls', { ...repo, stat: 'all' })],
    ['a path parameter of the wrong type', () => alice.request('GET /repos/{owner}/{repo}/pulls/{n}', { ...repo, n: 'one' })],
  ])('%s fails the test', async (_, ask) => {
    await ask().catch(() => undefined);
    expect(() => github.checkContract()).toThrow("GitHub's contract was broken");
    expect(() => github.checkContract()).not.toThrow();
  });
});

describe('permissions', () => {
  test('a job has exactly what it was given, and the refusal names what is missing', async () => {
    const reader = clientOf(github, github.jobToken({ repository: FULL, permissions: { contents: 'read' } }));
    const writer = clientOf(github, github.jobToken({ repository: FULL, permissions: { contents: 'write' } }));
    const sha = await head(reader);
    const create = (octokit: Octokit) => octokit.git.createRef({ ...repo, ref: 'refs/heads/by-job', sha });
    const refusal = await refusalOf(create(reader));
    expect(refusal).toMatchObject({ status: 403, message: expect.stringContaining('Resource not accessible by integration') });
    expect(refusal.headers['x-accepted-github-permissions']).toBe('contents=write');
    expect(await statusOf(create(writer))).toBe(201);
    expect(await statusOf(writer.users.getAuthenticated())).toBe(403);
    const viewer: { viewer: { login: string } } = await writer.graphql('{ viewer { login } }');
    expect(viewer.viewer.login).toBe('github-actions[bot]');
  });

  test.each([
    ['issues', 201],
    ['pull-requests', 201],
    ['contents', 403],
  ])('a comment on a pull request with %s: write alone', async (permission, status) => {
    const branch = `by-${permission}`;
    await branchWith(alice, repo, branch, { [branch]: 'x' });
    const pull = await alice.pulls.create({ ...repo, head: branch, base: 'main', title: branch });
    const job = clientOf(github, github.jobToken({ repository: FULL, permissions: { [permission]: 'write' } }));
    expect(await statusOf(job.issues.createComment({ ...repo, issue_number: pull.data.number, body: 'x' }))).toBe(status);
  });

  test('nobody sees a private repository, but its people and its jobs', async () => {
    github.addRepository('alice', 'hidden', { private: true });
    const at = { owner: 'alice', repo: 'hidden' };
    const job = clientOf(github, github.jobToken({ repository: 'alice/hidden', permissions: {} }));
    const other = clientOf(github, github.jobToken({ repository: FULL, permissions: { contents: 'read' } }));
    const eve = clientOf(github, github.addUser('eve').token);
    const clients = [alice, job, other, eve, clientOf(github, undefined)];
    expect(await Promise.all(clients.map((one) => statusOf(one.repos.get(at))))).toEqual([200, 200, 404, 404, 404]);
    expect(await statusOf(clientOf(github, 'junk').repos.get(repo))).toBe(401);
  });
});

describe('faults', () => {
  const ref = { method: 'GET', path: `/repos/${FULL}/git/ref/heads/main` };
  const ask = () => refusalOf(alice.git.getRef({ ...repo, ref: 'heads/main' }));

  test.each([409, 422, 502])('a status of %d, once', async (status) => {
    github.faults.add(ref, { kind: 'status', status });
    expect((await ask()).status).toBe(status);
    await head();
  });

  test('limits say when to come back', async () => {
    github.faults.add(ref, { kind: 'secondary-limit', retryAfterSeconds: 7 });
    expect(await ask()).toMatchObject({ status: 403, headers: { 'retry-after': '7' } });
    github.faults.add(ref, { kind: 'primary-limit', resetInSeconds: 60 });
    expect(await ask()).toMatchObject({ status: 403, headers: { 'x-ratelimit-remaining': '0' } });
  });

  test.each([true, false])('a connection that breaks; done: %s', async (done) => {
    const sha = await head();
    const name = `reset-${String(done)}`;
    github.faults.add({ method: 'POST', path: `/repos/${FULL}/git/refs` }, { kind: 'reset', done });
    expect((await refusalOf(alice.git.createRef({ ...repo, ref: `refs/heads/${name}`, sha }))).status).toBe(500);
    expect(await statusOf(alice.git.getRef({ ...repo, ref: `heads/${name}` }))).toBe(done ? 200 : 404);
  });

  test('a write that is done and answered 502', async () => {
    const sha = await head();
    const create = () => statusOf(alice.git.createRef({ ...repo, ref: 'refs/heads/twice', sha }));
    github.faults.add({ method: 'POST' }, { kind: 'done-but-502' });
    expect([await create(), await create()]).toEqual([502, 422]);
  });

  test('a stale read answers from before, and the next from now', async () => {
    const before = await head();
    github.faults.add(ref, { kind: 'stale' });
    const after = github.commit(FULL, 'main', { more: 'x' });
    expect([await head(), await head()]).toEqual([before, after]);
  });

  test('another writer is faster', async () => {
    const sha = await branchWith(alice, repo, 'slow', { a: 'b' });
    github.faults.add({ method: 'PATCH' }, { kind: 'before', run: () => void github.commit(FULL, 'main', { faster: 'x' }) });
    const move = alice.git.updateRef({ ...repo, ref: 'heads/main', sha, force: false });
    expect(await refusalOf(move)).toMatchObject({ status: 422, message: expect.stringContaining('fast forward') });
  });

  test('every request is in the log', async () => {
    github.requests.length = 0;
    await head();
    const route = 'GET /repos/{owner}/{repo}/git/ref/{ref}';
    expect(github.requests).toEqual([
      { route, method: 'GET', path: `/repos/${FULL}/git/ref/heads/main`, query: '', actor: 'alice', status: 200 },
    ]);
  });
});

describe('without a socket', () => {
  test('the same answers, redirects and resets', async () => {
    const direct = clientOf(github, github.tokenFor('alice'), github.fetch);
    expect(await head(direct)).toBe(await head());
    const release = await direct.repos.createRelease({ ...repo, tag_name: 'v1', draft: true });
    const asset = await direct.repos.uploadReleaseAsset({
      ...repo,
      release_id: release.data.id,
      name: 'a',
      data: 'bytes',
      baseUrl: github.uploadUrl,
    });
    const accept = 'application/octet-stream';
    const got = await direct.repos.getReleaseAsset({ ...repo, asset_id: asset.data.id, headers: { accept } });
    expect(Buffer.from(got.data as unknown as ArrayBuffer).toString()).toBe('bytes');
    github.faults.add({}, { kind: 'reset', done: false });
    expect((await refusalOf(head(direct))).status).toBe(500);
  });
});
