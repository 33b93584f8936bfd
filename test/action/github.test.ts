// SPDX-License-Identifier: Apache-2.0
// The action on a GitHub, with the permissions that each job has.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verify } from '../../src/commands/verify.ts';
import { openDirectory } from '../../src/hosting/directory.ts';
import { directoryStreams } from '../../src/cli/read-stream.ts';
import { START } from '../commands/support.ts';
import { FULL, JOBS, seedOf, signedOnGitHub, WORKFLOW, type GitHubGround, type GitHubStep } from './github-ground.ts';

let ground: GitHubGround;

beforeAll(async () => {
  ground = await signedOnGitHub();
});

afterAll(async () => {
  await ground.close();
});

function propose(run: number, more: Parameters<GitHubGround['step']>[2] = {}): Promise<GitHubStep> {
  return ground.step(run, JOBS.propose, { role: 'releases', artifacts: 'build-*', 'target-prefix': 'v1/', ...more });
}

test('a matrix build fans in, two people sign, one of them with a key in custody, and the site is written', async () => {
  const run = ground.run();
  ground.artifact(run, 'build-linux', { 'app-linux': 'linux', LICENSE: 'free' });
  ground.artifact(run, 'build-mac', { 'app-mac': 'mac', LICENSE: 'free' });
  ground.artifact(run, 'logs', { 'log.txt': 'noise' });
  const proposed = await propose(run);
  expect(proposed.runner.annotations).toEqual([]);
  expect([proposed.code, proposed.outputs.operation]).toEqual([0, 'opened']);
  expect(proposed.runner.markdown).toContain('+ v1/LICENSE\n+ v1/app-linux\n+ v1/app-mac\n```');
  const { 'staging-artifact': staged = '', 'staging-directory': directory = '' } = proposed.outputs;
  expect(staged).toMatch(/^countersign-staged-[0-9a-f]{16}$/);
  await ground.upload(run, staged, directory);
  const number = Number(proposed.outputs['pull-request-number']);

  const again = await propose(run);
  expect([again.code, again.outputs.operation, again.outputs['staging-artifact']]).toEqual([0, 'nothing-new', staged]);

  await ground.sign('alice', number);
  await ground.approve('carol', number);
  const later = ground.run({ path: '.github/workflows/countersign.yml', event: 'schedule' });
  const gathered = await ground.step(later, JOBS.gather, { command: 'gather' });
  expect([gathered.code, gathered.outputs.completed]).toEqual([0, '[]']);
  expect(gathered.outputs.custody).toBe('[{"person":"carol","environment":"countersign-carol"}]');

  const custody = await ground.step(later, JOBS.custody, { command: 'custody', person: 'carol', key: seedOf('carol') });
  expect([custody.code, custody.outputs.operation, custody.outputs['signature-artifact']]).toEqual([
    0,
    'signed',
    'countersign-signature-carol',
  ]);
  expect(custody.runner.shown).not.toContain(seedOf('carol'));
  await ground.upload(later, custody.outputs['signature-artifact'] ?? '', custody.outputs['signature-directory'] ?? '');

  // What another job of the run has left is no reason to leave that one out.
  ground.artifact(later, 'countersign-signature-broken', { 'signatures.json': 'not json' });
  ground.artifact(later, 'countersign-signature-chatty', { 'signatures.json': JSON.stringify([{ block: 'hello', number }]) });
  const settled = await ground.step(later, JOBS.settle, { command: 'settle' });
  expect(settled.runner.annotations.map(({ kind, text }) => [kind, text.split(':')[0]])).toEqual([
    ['warning', 'countersign-signature-broken'],
  ]);
  expect([settled.code, settled.outputs.completed, settled.outputs['publish-needed']]).toEqual([0, `[${String(number)}]`, 'true']);

  const published = await ground.step(later, JOBS.publish, {
    command: 'publish',
    'online-key': seedOf('COUNTERSIGN_ONLINE_KEY'),
    'served-timestamp': '0',
  });
  expect([published.code, published.outputs.operation, published.outputs['deploy-needed']]).toEqual([0, 'published', 'true']);
  // Nothing guards the branches here, which is told and makes no run red.
  expect(published.runner.annotations.map(({ kind, text }) => [kind, text.split(':')[0]])).toEqual([
    ['warning', 'tuf'],
    ['warning', 'tuf-published'],
  ]);
  expect((await ground.step(later, JOBS.site, { command: 'site' })).code).toBe(2);
  const site = await ground.step(later, JOBS.site, { command: 'site', site: await ground.checkout('tuf-published') });
  expect(site.code).toBe(0);
  const written = site.outputs['site-directory'] ?? '';
  const report = await verify({
    files: openDirectory(written),
    openStream: directoryStreams(written),
    time: START,
    anchor: null,
    targets: 'all',
  });
  expect([report.problems, report.targetsAbsent]).toEqual([[], []]);
  const timestamp = await readFile(join(written, 'metadata', 'timestamp.json'), 'utf8');
  expect(timestamp).toContain('snapshot.json');

  // A rolling release has no place for targets that a site hosts: each of them is left out and told, under both of its names, and the rest goes out.
  const given = { command: 'publish', 'metadata-hosting': 'release', 'online-key': seedOf('COUNTERSIGN_ONLINE_KEY') };
  const flat = await ground.step(later, JOBS.publish, given);
  const errors = flat.runner.annotations.filter(({ kind }) => kind === 'error').map(({ title }) => title);
  expect([flat.code, errors]).toEqual([3, Array.from({ length: 6 }, () => 'setting-missing')]);
});

test('an environment that admits every branch makes each publish red, and holds nothing back (attack A8b)', async () => {
  const environment = `${ground.fake.apiUrl}/repos/${FULL}/environments/countersign-online`;
  const headers = { authorization: `Bearer ${ground.fake.tokenFor(FULL.split('/')[0] ?? '')}`, 'content-type': 'application/json' };
  const put = await fetch(environment, { method: 'PUT', headers, body: '{"deployment_branch_policy":null}' });
  expect(put.status).toBe(200);
  const run = ground.run({ path: '.github/workflows/countersign.yml', event: 'schedule' });
  const given = { command: 'publish', 'online-key': seedOf('COUNTERSIGN_ONLINE_KEY') };
  const { code, outputs, runner } = await ground.step(run, JOBS.publish, given);
  const errors = runner.annotations.filter(({ kind }) => kind === 'error').map(({ title }) => title);
  expect([code, outputs.operation, errors]).toEqual([3, 'fresh', ['key-exposed']]);
  expect((await fetch(environment, { method: 'DELETE', headers })).status).toBe(204);
});

describe('artifacts of another run', () => {
  const other = { 'artifact-workflow': WORKFLOW, 'target-prefix': 'v2/', 'dry-run': 'true' };

  async function from(
    change: Parameters<GitHubGround['run']>[0],
    more: Parameters<typeof propose>[1] = {},
  ): Promise<readonly [number, string]> {
    const built = ground.run({ conclusion: 'success', ...change });
    ground.artifact(built, 'build-all', { app: 'built elsewhere' });
    const { code, runner, outputs } = await propose(ground.run(), { ...other, 'artifact-run-id': String(built), ...more });
    return [code, outputs.operation === '' ? (runner.annotations[0]?.title ?? '') : (outputs.operation ?? '')];
  }

  test('of the right workflow and commit are taken', async () => {
    expect(await from({})).toEqual([0, 'opened']);
  });

  test.each<[string, Parameters<typeof from>[0]]>([
    ['of another workflow', { path: '.github/workflows/test.yml' }],
    ['of a pull request', { event: 'pull_request' }],
    ['that failed', { conclusion: 'failure' }],
    ['of another commit', { headSha: 'f'.repeat(40) }],
  ])('%s are refused', async (_, change) => {
    expect(await from(change)).toEqual([1, 'artifact-untrusted']);
  });

  test('of a fork are refused', async () => {
    ground.fake.addUser('mallory');
    ground.fake.createFork(FULL, 'mallory');
    expect(await from({ headRepository: 'mallory/project', headSha: ground.commit })).toEqual([1, 'artifact-untrusted']);
  });

  test('need a workflow to compare with', async () => {
    expect(await from({}, { 'artifact-workflow': '' })).toEqual([2, 'usage']);
  });
});

test('a missing permission is named', async () => {
  const run = ground.run();
  ground.artifact(run, 'build-x', { x: 'x' });
  const given = { role: 'releases', artifacts: 'build-x', 'target-prefix': 'v3/' };
  const { code, runner } = await ground.step(run, { actions: 'read', contents: 'read', 'pull-requests': 'write' }, given);
  expect([code, runner.annotations.map(({ title }) => title)]).toEqual([1, ['permission-missing']]);
  expect(runner.annotations[0]?.text).toContain('contents: write');
});

test('a release waits as a draft, is published when two have signed, and starts a workflow at its tag', async () => {
  const run = ground.run();
  ground.artifact(run, 'build-release', { app: 'released' });
  const given = { 'target-prefix': '', hosting: 'release', tag: 'v9', 'create-tag': 'true', artifacts: 'build-release' };
  const proposed = await propose(run, given);
  expect(proposed.runner.annotations).toEqual([]);
  expect(proposed.runner.markdown).toContain('+ v9/app\n');
  expect(proposed.outputs['staging-artifact']).toMatch(/^countersign-staged-/);
  const number = Number(proposed.outputs['pull-request-number']);
  for (const person of ['alice', 'bob']) await ground.sign(person, number);
  const permissions = { ...JOBS.gather, actions: 'write' } as const;
  const gathered = await ground.step(ground.run(), permissions, { command: 'gather', 'on-published': 'announce.yml' });
  expect(gathered.runner.annotations).toEqual([]);
  expect(gathered.outputs.released).toMatch(/^\[\{"tag":"v9","url":"http/);
  const { dispatches } = ground.fake.repository(FULL);
  expect(dispatches).toMatchObject([{ workflow: '.github/workflows/announce.yml', ref: 'v9' }]);
  // A second gather publishes nothing, and starts nothing.
  const again = await ground.step(ground.run(), permissions, { command: 'gather', 'on-published': 'announce.yml' });
  expect([again.outputs.released, dispatches.length]).toEqual(['[]', 1]);
});

describe('metadata in a rolling release', () => {
  const publish = { command: 'publish', 'metadata-hosting': 'release', 'online-key': seedOf('COUNTERSIGN_ONLINE_KEY') };

  async function published(on: GitHubGround): Promise<GitHubStep> {
    return on.step(on.run({ path: '.github/workflows/countersign.yml', event: 'schedule' }), JOBS.publish, publish);
  }

  test('is written file by file, timestamp last, and then left alone', async () => {
    const own = await signedOnGitHub();
    try {
      const first = await published(own);
      expect([first.code, first.outputs.operation, first.outputs['deploy-needed']]).toEqual([0, 'published', 'false']);
      const place = await own.placeOf('acme');
      const [release] = await place.releases.list();
      expect(release).toMatchObject({ tag: 'tuf-metadata', draft: false, prerelease: true });
      const assets = await place.releases.assets(release?.id ?? 0);
      const names = [...assets].sort((a, b) => a.id - b.id).map(({ name }) => name);
      expect([names.length, names.at(-1)]).toEqual([5, 'timestamp.json']);
      await place.close();
      const before = own.fake.requests.length;
      const second = await published(own);
      expect([second.code, second.outputs.operation]).toEqual([0, 'fresh']);
      expect(own.fake.requests.slice(before).filter(({ method }) => method !== 'GET' && method !== 'POST')).toEqual([]);
      const gathered = await own.step(own.run(), JOBS.gather, { command: 'gather', 'metadata-hosting': 'release' });
      expect([gathered.outputs['publish-needed'], gathered.outputs['deploy-needed']]).toEqual(['false', 'false']);
    } finally {
      await own.close();
    }
  });
});
