// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renamed } from './assets.ts';
import { branchWith, clientOf, refusalOf, statusOf } from './client.ts';
import { startGitHub } from './server.ts';
import type { FakeGitHub } from './server.ts';

const FULL = 'alice/project';
const repo = { owner: 'alice', repo: 'project' };
let github: FakeGitHub;
let alice: Octokit;
let job: Octokit;
let reader: Octokit;

beforeAll(async () => {
  github = await startGitHub();
  alice = clientOf(github, github.addUser('alice').token);
  reader = clientOf(github, github.addUser('eve').token);
  github.addRepository('alice', 'project');
  github.commit(FULL, 'main', { 'README.md': 'hello\n', '.github/workflows/ci.yml': 'on: push\n' });
  job = clientOf(github, github.jobToken({ repository: FULL, permissions: { contents: 'write' } }));
});

afterAll(() => github.close());

const draft = async (tag: string, target = 'main') =>
  (await job.repos.createRelease({ ...repo, tag_name: tag, target_commitish: target, draft: true, name: tag, body: 'text' })).data;

const upload = (octokit: Octokit, id: number, name: string, data = 'bytes') =>
  octokit.repos.uploadReleaseAsset({ ...repo, release_id: id, name, data, baseUrl: github.uploadUrl });

const uploadUrl = { headers: { 'content-type': 'application/octet-stream' } };

describe('releases', () => {
  test('a draft is seen by those who may write only, and two may share a tag', async () => {
    const [one, two] = [await draft('v1'), await draft('v1')];
    expect((await job.repos.listReleases(repo)).data.map((release) => release.id)).toEqual([two.id, one.id]);
    expect((await reader.repos.listReleases(repo)).data).toEqual([]);
    expect(await statusOf(reader.repos.getRelease({ ...repo, release_id: one.id }))).toBe(404);
    expect(await statusOf(job.repos.getReleaseByTag({ ...repo, tag: 'v1' }))).toBe(404);
  });

  test('publishing makes the tag at the target; a tag that is there stays', async () => {
    const sha = await branchWith(alice, repo, 'rel', { a: '1' });
    const release = await draft('v2', sha);
    expect(await statusOf(alice.git.getRef({ ...repo, ref: 'tags/v2' }))).toBe(404);
    const published = await job.repos.updateRelease({ ...repo, release_id: release.id, draft: false });
    expect(published.data).toMatchObject({ draft: false, tag_name: 'v2' });
    expect((await alice.git.getRef({ ...repo, ref: 'tags/v2' })).data.object.sha).toBe(sha);
    expect((await reader.repos.getReleaseByTag({ ...repo, tag: 'v2' })).data.id).toBe(release.id);
    expect((await reader.repos.getLatestRelease(repo)).data.id).toBe(release.id);
    const main = (await alice.git.getRef({ ...repo, ref: 'heads/main' })).data.object.sha;
    await alice.git.createRef({ ...repo, ref: 'refs/tags/v3', sha: main });
    const other = await draft('v3', sha);
    await job.repos.updateRelease({ ...repo, release_id: other.id, draft: false });
    expect((await alice.git.getRef({ ...repo, ref: 'tags/v3' })).data.object.sha).toBe(main);
  });

  test('a job may not make a tag where the workflow files differ; a person may', async () => {
    const sha = await branchWith(alice, repo, 'workflows', { '.github/workflows/ci.yml': 'on: [push, pull_request]\n' });
    const release = await draft('v4', sha);
    const publish = (octokit: Octokit) => octokit.repos.updateRelease({ ...repo, release_id: release.id, draft: false });
    expect(await refusalOf(publish(job))).toMatchObject({ status: 403 });
    expect(await statusOf(job.git.createRef({ ...repo, ref: 'refs/tags/w', sha }))).toBe(403);
    expect(await statusOf(publish(alice))).toBe(200);
  });

  test('an immutable one takes no more assets', async () => {
    const { settings } = github.repository(FULL);
    settings.immutableReleases = true;
    expect((await alice.request('GET /repos/{owner}/{repo}/immutable-releases', repo)).data).toMatchObject({ enabled: true });
    const release = await draft('v5');
    expect(await statusOf(upload(job, release.id, 'a'))).toBe(201);
    expect((await job.repos.updateRelease({ ...repo, release_id: release.id, draft: false })).data.immutable).toBe(true);
    expect(await statusOf(upload(job, release.id, 'b'))).toBe(422);
    settings.immutableReleases = false;
  });
});

describe('assets', () => {
  test.each([
    ['app-1.0.tar.gz', 'app-1.0.tar.gz'],
    ['a b.txt', 'a.b.txt'],
    ['naïve.txt', 'na.ve.txt'],
    ['.hidden', 'default.hidden'],
    ['dots.', 'dots'],
  ])('GitHub makes of %j %j', (name, expected) => {
    expect(renamed(name)).toBe(expected);
  });

  test('come back with name, size and digest, and are downloaded from another host without the token', async () => {
    const release = await draft('v6');
    expect(release.upload_url).toContain('{?name,label}');
    const asset = await job.request({
      method: 'POST',
      url: release.upload_url,
      name: 'a b.txt',
      data: Buffer.from('bytes'),
      ...uploadUrl,
    });
    const digest = `sha256:${createHash('sha256').update('bytes').digest('hex')}`;
    expect(asset.data).toMatchObject({ name: 'a.b.txt', size: 5, digest, state: 'uploaded' });
    expect(await refusalOf(upload(job, release.id, 'a.b.txt'))).toMatchObject({
      status: 422,
      message: expect.stringContaining('already_exists'),
    });
    const got = await job.repos.getReleaseAsset({ ...repo, asset_id: asset.data.id, headers: { accept: 'application/octet-stream' } });
    expect(Buffer.from(got.data as unknown as ArrayBuffer).toString()).toBe('bytes');
    expect(new URL(got.url).origin).not.toBe(new URL(github.serverUrl).origin);
    const web = `${github.serverUrl}/${FULL}/releases/download/v6/a.b.txt`;
    expect((await fetch(web)).status).toBe(404);
    await job.repos.updateRelease({ ...repo, release_id: release.id, draft: false });
    const answer = await fetch(web);
    expect([answer.status, answer.redirected, await answer.text()]).toEqual([200, true, 'bytes']);
    expect(await statusOf(job.repos.deleteReleaseAsset({ ...repo, asset_id: asset.data.id }))).toBe(204);
    expect((await job.repos.listReleaseAssets({ ...repo, release_id: release.id })).data).toEqual([]);
  });

  test('an upload that broke off leaves a starter, which is in the way until it is deleted', async () => {
    const release = await draft('v7');
    github.faults.add({ method: 'POST', path: `/repos/${FULL}/releases/${release.id}/assets` }, { kind: 'status', status: 502 });
    expect(await statusOf(upload(job, release.id, 'a'))).toBe(502);
    const [starter] = (await job.repos.listReleaseAssets({ ...repo, release_id: release.id })).data;
    expect(starter).toMatchObject({ name: 'a', state: 'starter', size: 0 });
    expect(await statusOf(upload(job, release.id, 'a'))).toBe(422);
    await job.repos.deleteReleaseAsset({ ...repo, asset_id: starter?.id ?? 0 });
    expect(await statusOf(upload(job, release.id, 'a'))).toBe(201);
  });

  test('limits of number and size', async () => {
    const release = await draft('v8');
    Object.assign(github.repository(FULL).settings, { maxAssets: 1, maxAssetBytes: 10 });
    expect(await statusOf(upload(job, release.id, 'big', 'x'.repeat(10)))).toBe(422);
    expect(await statusOf(upload(job, release.id, 'one', 'x'))).toBe(201);
    expect(await statusOf(upload(job, release.id, 'two', 'x'))).toBe(422);
    expect(await statusOf(job.repos.deleteRelease({ ...repo, release_id: release.id }))).toBe(204);
  });
});
