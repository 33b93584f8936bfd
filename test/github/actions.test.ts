// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import sodium from 'libsodium-wrappers';
import type { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientOf, statusOf } from './client.ts';
import { startGitHub } from './server.ts';
import type { FakeGitHub } from './server.ts';

const FULL = 'alice/project';
const repo = { owner: 'alice', repo: 'project' };
let github: FakeGitHub;
let alice: Octokit;
let job: Octokit;
let jobToken: string;

beforeAll(async () => {
  github = await startGitHub();
  alice = clientOf(github, github.addUser('alice').token);
  github.addRepository('alice', 'project');
  github.commit(FULL, 'main', {
    '.github/workflows/release.yml': 'on: push\n',
    '.github/workflows/countersign.yml': 'on:\n  workflow_dispatch:\n',
  });
  jobToken = github.jobToken({ repository: FULL, permissions: { actions: 'write', pages: 'write', 'id-token': 'write' } });
  job = clientOf(github, jobToken);
});

afterAll(() => github.close());

/** A zip of deflated files, without checksums, which the fake does not read. */
function zipped(files: Readonly<Record<string, Buffer>>): Buffer {
  const [locals, central]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const [name, data] of Object.entries(files)) {
    const packed = deflateRawSync(data);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(8, 8);
    local.writeUInt32LE(packed.length, 18);
    local.writeUInt16LE(name.length, 26);
    locals.push(local, Buffer.from(name), packed);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    central.push(entry, Buffer.from(name));
    offset += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...central, end]);
}

function tarred(files: Readonly<Record<string, string>>, type = '0'): Buffer {
  const parts = Object.entries(files).flatMap(([name, text]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(text.length.toString(8).padStart(11, '0'), 124);
    header.write(type, 156);
    header.write('ustar\0', 257);
    return [header, Buffer.from(text.padEnd(Math.ceil(text.length / 512) * 512, '\0'))];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

describe('runs and artifacts', () => {
  test("a run's artifact is uploaded, found by name, and downloaded as the same bytes", async () => {
    const run = github.addRun(FULL, { path: '.github/workflows/release.yml', event: 'push', headBranch: 'main' });
    const zip = zipped({ 'a.txt': Buffer.from('a') });
    const upload = (token: string, body = zip) =>
      fetch(`${github.serverUrl}/_fake/runs/${run.id}/artifacts?name=build&retention-days=2`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body,
      });
    expect((await upload(github.tokenFor('alice'))).status).toBe(403);
    expect([(await upload(jobToken)).status, (await upload(jobToken)).status]).toEqual([201, 409]);
    const [artifact] = (await job.actions.listArtifactsForRepo({ ...repo, name: 'build' })).data.artifacts;
    const digest = `sha256:${createHash('sha256').update(zip).digest('hex')}`;
    expect(artifact).toMatchObject({ name: 'build', expired: false, digest, workflow_run: { id: run.id, head_branch: 'main' } });
    const got = await job.actions.downloadArtifact({ ...repo, artifact_id: artifact?.id ?? 0, archive_format: 'zip' });
    expect(Buffer.from(got.data as ArrayBuffer).equals(zip)).toBe(true);
    expect((await job.actions.listWorkflowRunArtifacts({ ...repo, run_id: run.id })).data.total_count).toBe(1);
    expect((await job.actions.getArtifact({ ...repo, artifact_id: artifact?.id ?? 0 })).data.id).toBe(artifact?.id);
    github.setClock(() => Date.now() + 3 * 86_400_000);
    expect((await job.actions.getArtifact({ ...repo, artifact_id: artifact?.id ?? 0 })).data.expired).toBe(true);
    expect(await statusOf(job.actions.downloadArtifact({ ...repo, artifact_id: artifact?.id ?? 0, archive_format: 'zip' }))).toBe(410);
    github.setClock(Date.now);
    expect(await statusOf(job.actions.deleteArtifact({ ...repo, artifact_id: artifact?.id ?? 0 }))).toBe(204);
  });

  test("a fork's run says whose head it has", async () => {
    github.createFork(FULL, 'eve');
    const run = github.addRun(FULL, {
      path: '.github/workflows/release.yml',
      event: 'pull_request',
      headBranch: 'main',
      headRepository: 'eve/project',
      actor: 'eve',
      conclusion: 'action_required',
    });
    github.addArtifact(FULL, run.id, 'forked', zipped({}));
    const { data } = await job.actions.getWorkflowRun({ ...repo, run_id: run.id });
    expect([data.head_repository.full_name, data.actor?.login, data.conclusion]).toEqual(['eve/project', 'eve', 'action_required']);
    const [artifact] = (await job.actions.listArtifactsForRepo({ ...repo, name: 'forked' })).data.artifacts;
    expect(artifact?.workflow_run?.head_repository_id).not.toBe(artifact?.workflow_run?.repository_id);
    expect((await job.actions.listWorkflowRunsForRepo({ ...repo, event: 'pull_request' })).data.total_count).toBe(1);
    expect((await job.actions.listWorkflowRuns({ ...repo, workflow_id: 'release.yml' })).data.total_count).toBe(2);
  });

  test('a dispatch is recorded where the workflow takes it', async () => {
    const dispatch = (workflow_id: string) =>
      statusOf(job.actions.createWorkflowDispatch({ ...repo, workflow_id, ref: 'main', inputs: { a: 'b' } }));
    expect([await dispatch('countersign.yml'), await dispatch('release.yml'), await dispatch('none.yml')]).toEqual([204, 422, 404]);
    expect(github.repository(FULL).dispatches).toEqual([
      { workflow: '.github/workflows/countersign.yml', ref: 'main', inputs: { a: 'b' }, actor: 'github-actions[bot]' },
    ]);
    const listed = await job.actions.listRepoWorkflows(repo);
    expect(listed.data.workflows.map((one) => one.path)).toContain('.github/workflows/countersign.yml');
    expect((await job.actions.getWorkflow({ ...repo, workflow_id: 'countersign.yml' })).data.state).toBe('active');
  });
});

describe('environments and secrets', () => {
  test('a secret in a sealed box is opened, and given to admitted branches only', async () => {
    const at = { ...repo, environment_name: 'countersign-online' };
    const put = await alice.repos.createOrUpdateEnvironment({
      ...at,
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    });
    expect(put.data.protection_rules?.map((rule) => rule.type)).toEqual(['branch_policy']);
    await alice.repos.createDeploymentBranchPolicy({ ...at, name: 'main' });
    await sodium.ready;
    const key = await alice.actions.getEnvironmentPublicKey(at);
    const sealed = sodium.crypto_box_seal('s3cret', sodium.from_base64(key.data.key, sodium.base64_variants.ORIGINAL));
    const encrypted_value = sodium.to_base64(sealed, sodium.base64_variants.ORIGINAL);
    const store = (value: string) =>
      statusOf(
        alice.actions.createOrUpdateEnvironmentSecret({ ...at, secret_name: 'KEY', encrypted_value: value, key_id: key.data.key_id }),
      );
    expect([await store('AAAA'), await store(encrypted_value), await store(encrypted_value)]).toEqual([422, 201, 204]);
    expect(github.secretsFor(FULL, 'main', 'countersign-online')?.get('KEY')).toBe('s3cret');
    expect(github.secretsFor(FULL, 'evil', 'countersign-online')).toBeNull();
    expect((await alice.actions.listEnvironmentSecrets(at)).data.secrets.map((one) => one.name)).toEqual(['KEY']);
    expect((await job.repos.listDeploymentBranchPolicies(at)).data.branch_policies.map((one) => one.name)).toEqual(['main']);
    expect((await job.repos.getAllEnvironments(repo)).data.total_count).toBe(1);
    expect(await statusOf(job.actions.listEnvironmentSecrets(at))).toBe(403);
    const repoKey = await alice.actions.getRepoPublicKey(repo);
    await alice.actions.createOrUpdateRepoSecret({ ...repo, secret_name: 'OTHER', encrypted_value, key_id: repoKey.data.key_id });
    expect(github.secretsFor(FULL, 'evil', null)?.get('OTHER')).toBe('s3cret');
    expect((await alice.actions.listRepoSecrets(repo)).data.total_count).toBe(1);
  });

  test('a private repository of a free plan has none; of a paid plan it has', async () => {
    github.addRepository('alice', 'hidden', { private: true });
    github.addRepository('alice', 'paid', { private: true, plan: 'pro' });
    const put = (name: string) => statusOf(alice.repos.createOrUpdateEnvironment({ owner: 'alice', repo: name, environment_name: 'e' }));
    expect([await put('hidden'), await put('paid')]).toEqual([422, 200]);
    expect(await statusOf(alice.repos.getAllEnvironments({ owner: 'alice', repo: 'hidden' }))).toBe(404);
  });
});

describe('Pages', () => {
  test('a deployment is served at once, with a cache of ten minutes; links are refused', async () => {
    const run = github.addRun(FULL, { path: '.github/workflows/countersign.yml', event: 'schedule', headBranch: 'main' });
    const site = github.addArtifact(FULL, run.id, 'github-pages', zipped({ 'artifact.tar': tarred({ './metadata/1.root.json': '{}' }) }));
    const bad = github.addArtifact(FULL, run.id, 'linked', zipped({ 'artifact.tar': tarred({ link: '' }, '2') }));
    const deploy = (artifact_id: number) =>
      job.repos.createPagesDeployment({ ...repo, artifact_id, pages_build_version: 'abc', oidc_token: 'token' });
    expect(await statusOf(deploy(site.id))).toBe(404);
    await alice.repos.createPagesSite({ ...repo, build_type: 'workflow' });
    expect(await statusOf(deploy(bad.id))).toBe(422);
    const done = await deploy(site.id);
    expect(await statusOf(job.repos.getPagesDeployment({ ...repo, pages_deployment_id: Number(done.data.id) }))).toBe(200);
    const answer = await fetch(`${github.pagesUrl(FULL)}metadata/1.root.json`);
    expect([answer.status, answer.headers.get('cache-control'), await answer.text()]).toEqual([200, 'max-age=600', '{}']);
    expect((await fetch(`${github.pagesUrl(FULL)}metadata/2.root.json`)).status).toBe(404);
    expect((await job.repos.getPages(repo)).data).toMatchObject({ build_type: 'workflow', status: 'built' });
    expect(await statusOf(alice.repos.updateInformationAboutPagesSite({ ...repo, build_type: 'workflow' }))).toBe(204);
  });
});

describe('settings', () => {
  test('of workflows, branches and people answer as described', async () => {
    const set = { ...repo, default_workflow_permissions: 'read' as const, can_approve_pull_request_reviews: true };
    await alice.actions.setGithubActionsDefaultWorkflowPermissionsRepository(set);
    const got = await alice.actions.getGithubActionsDefaultWorkflowPermissionsRepository(repo);
    expect(got.data).toEqual({ default_workflow_permissions: 'read', can_approve_pull_request_reviews: true });
    await alice.actions.getGithubActionsPermissionsRepository(repo);
    github.protect(FULL, 'main', { requirePulls: true, approvals: 1, dismissStale: true, statusChecks: ['ci'] });
    const protection = await alice.repos.getBranchProtection({ ...repo, branch: 'main' });
    expect(protection.data.required_pull_request_reviews?.dismiss_stale_reviews).toBe(true);
    github.protect(FULL, 'main', null);
    expect(await statusOf(alice.repos.getBranchProtection({ ...repo, branch: 'main' }))).toBe(404);
    github.addKey('alice', 'ssh-ed25519 AAAA');
    github.addKey('alice', 'ssh-ed25519 BBBB', 'signing');
    expect((await job.users.listPublicKeysForUser({ username: 'alice' })).data[0]?.key).toBe('ssh-ed25519 AAAA');
    expect((await job.users.listSshSigningKeysForUser({ username: 'alice' })).data[0]?.key).toBe('ssh-ed25519 BBBB');
    expect((await job.users.listGpgKeysForUser({ username: 'alice' })).data).toEqual([]);
    const { data } = await job.users.getByUsername({ username: 'ALICE' });
    expect((await job.request('GET /user/{account_id}', { account_id: data.id })).data).toMatchObject({ login: 'alice' });
    expect((await alice.users.getAuthenticated()).data.login).toBe('alice');
    expect((await job.repos.listCollaborators(repo)).data.map((one) => one.role_name)).toEqual(['admin']);
    expect((await job.repos.getCollaboratorPermissionLevel({ ...repo, username: 'eve' })).data.permission).toBe('read');
    expect(await statusOf(job.repos.checkCollaborator({ ...repo, username: 'eve' }))).toBe(404);
    expect((await alice.repos.get(repo)).data).toMatchObject({
      default_branch: 'main',
      visibility: 'public',
      permissions: { admin: true },
    });
  });
});
