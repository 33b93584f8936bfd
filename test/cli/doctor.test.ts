// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Console } from '../../src/cli/console.ts';
import { doctorCommand } from '../../src/cli/doctor-command.ts';
import { callingWorkflow, wakeWorkflow } from '../../src/render/workflow-files.ts';
import { plainJson } from '../../src/render/plain-json.ts';
import { openGitHubSettings } from '../../src/forge/github/settings.ts';
import { startGitHub, type FakeGitHub } from '../github/server.ts';

const FULL = 'acme/project';
const CALLER = '.github/workflows/countersign.yml';
const PIN = { repository: 'owner/countersign', commit: 'c'.repeat(40) };
const SETTINGS = {
  root: 'ab'.repeat(32),
  siteUrl: 'https://o.github.io/p/',
  metadataHosting: 'pages',
  metadataTag: '',
  deploy: 'here',
} as const;
const KEY = { environment: 'countersign-online', branch: 'main', name: 'COUNTERSIGN_ONLINE_KEY', value: 'key' };

let fake: FakeGitHub;

async function diagnose(): Promise<{ readonly code: number; readonly told: readonly string[] }> {
  let told: readonly string[] = [];
  const recorder: Console = {
    style: { bold: String, good: String, bad: String, warn: String, faint: String },
    log: { info: () => undefined, warn: () => undefined, progress: () => undefined },
    result: (value) => {
      const { findings } = JSON.parse(JSON.stringify(plainJson(value)));
      told = findings.map((one: { severity: string; code: string }) => `${one.severity} ${one.code}`);
    },
    error: () => undefined,
  };
  const env = new Map([
    ['GITHUB_TOKEN', fake.tokenFor('acme')],
    ['GITHUB_API_URL', fake.apiUrl],
  ]);
  return { code: await doctorCommand({ json: true }, recorder, [FULL], env), told };
}

/** Everything as it should be, but for the metadata. */
beforeAll(async () => {
  fake = await startGitHub();
  fake.addRepository('acme', 'project');
  fake.commit(FULL, 'main', { [CALLER]: callingWorkflow(PIN, SETTINGS) });
  fake.commit(FULL, 'tuf', { '.github/workflows/countersign-wake.yml': wakeWorkflow() }, { orphan: true });
  const log = { info: () => undefined, warn: () => undefined, progress: () => undefined };
  const settings = openGitHubSettings({ owner: 'acme', repo: 'project', token: fake.tokenFor('acme'), apiUrl: fake.apiUrl, log });
  await settings.apply({ kind: 'actions-open-pulls' });
  await settings.apply({ kind: 'pages-by-workflow' });
  await settings.apply({ kind: 'environment', name: KEY.environment, branch: 'main' });
  await settings.setSecret(KEY);
  for (const branch of ['tuf', 'tuf-published']) await settings.apply({ kind: 'protect-branch', branch });
  fake.protect(FULL, 'main', { requirePulls: true, approvals: 1, codeOwners: true });
  fake.addRun(FULL, { path: CALLER, event: 'schedule', headBranch: 'main' });
});
afterAll(() => fake.close());

test('exits 0 when all is well', async () => {
  expect(await diagnose()).toEqual({ code: 0, told: [] });
});

test('exits 0 with advice', async () => {
  const { rulesets } = fake.repository(FULL);
  const [first] = [...rulesets];
  if (first === undefined) throw new Error('no ruleset');
  rulesets.delete(first[0]);
  fake.commit(FULL, 'tuf', { '.github/workflows/countersign-wake.yml': null });
  expect(await diagnose()).toEqual({ code: 0, told: ['advice wake-missing', 'advice branch-open'] });
  rulesets.set(...first);
  fake.commit(FULL, 'tuf', { '.github/workflows/countersign-wake.yml': wakeWorkflow() });
});

test('exits 1 when a key could leak, and 0 again when that is put right', async () => {
  const environment = fake.repository(FULL).environments.get(KEY.environment);
  if (environment === undefined) throw new Error('no environment');
  const { branchPolicy } = environment;
  environment.branchPolicy = null;
  expect(await diagnose()).toEqual({ code: 1, told: ['leak environment-open'] });
  environment.branchPolicy = branchPolicy;
  expect((await diagnose()).code).toBe(0);
});

test('exits 1 when something is broken', async () => {
  fake.repository(FULL).settings.actionsMayCreatePulls = false;
  expect(await diagnose()).toEqual({ code: 1, told: ['broken actions-pull-requests'] });
  fake.repository(FULL).settings.actionsMayCreatePulls = true;
});

test('changes nothing', async () => {
  const before = fake.requests.length;
  await diagnose();
  expect(fake.requests.slice(before).filter(({ method, path }) => method !== 'GET' && !path.includes('graphql'))).toEqual([]);
});
