// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  ACTION_PIN,
  callingWorkflow,
  ejectedWorkflow,
  releaseJob,
  reusableWorkflow,
  wakeWorkflow,
  WORKFLOW_PIN,
  type ReconcileSettings,
} from '../../src/render/workflow-files.ts';

const SETTINGS: ReconcileSettings = {
  root: 'ab'.repeat(32),
  siteUrl: 'https://o.github.io/p/',
  metadataHosting: 'pages',
  metadataTag: '',
  deploy: 'here',
};
const PIN = { repository: 'owner/countersign', commit: 'c'.repeat(40) };

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}
interface Job {
  readonly uses?: string;
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly permissions: Readonly<Record<string, string>>;
  readonly environment?: string | { readonly name: string };
  readonly concurrency?: { readonly group: string };
  readonly steps?: readonly Step[];
  readonly with?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, string>>;
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const read = (text: string): Workflow => parse(text) as Workflow;
const reusable = read(reusableWorkflow(PIN));
const ejected = read(ejectedWorkflow(PIN, SETTINGS));
const calling = read(callingWorkflow(PIN, SETTINGS));
const wake = read(wakeWorkflow());
const job = (name: string): Job => reusable.jobs[name] ?? { permissions: {} };

describe('our reusable workflow', () => {
  test('is what the source gives', () => {
    expect(readFileSync(new URL('../../.github/workflows/reconcile.yml', import.meta.url), 'utf8')).toBe(reusableWorkflow(ACTION_PIN));
  });

  test('has five jobs, each with its own permissions only', () => {
    const gather = { contents: 'write', 'pull-requests': 'write', statuses: 'write' };
    expect(Object.fromEntries(Object.entries(reusable.jobs).map(([name, { permissions }]) => [name, permissions]))).toEqual({
      gather,
      custody: { contents: 'read', 'pull-requests': 'read' },
      settle: { ...gather, actions: 'read' },
      publish: { actions: 'read', contents: 'write', 'pull-requests': 'read' },
      deploy: { contents: 'read', 'id-token': 'write', pages: 'write' },
    });
  });

  test('gives each key to one job, in its environment', () => {
    const keyed = Object.entries(reusable.jobs).filter(([, one]) => JSON.stringify(one).includes('secrets.'));
    expect(keyed.map(([name, { environment }]) => [name, environment])).toEqual([
      ['custody', '${{ matrix.environment }}'],
      ['publish', 'countersign-online'],
    ]);
    for (const [, { steps }] of keyed) expect(steps?.map(({ uses }) => uses)).toEqual([`${PIN.repository}@${PIN.commit}`]);
  });

  test('has groups on publish and deploy only, where nothing waits for a person', () => {
    const grouped = Object.entries(reusable.jobs).filter(([, { concurrency }]) => concurrency !== undefined);
    expect(grouped.map(([name, { concurrency }]) => [name, concurrency?.group])).toEqual([
      ['publish', 'countersign-publish'],
      ['deploy', 'countersign-deploy'],
    ]);
    expect('concurrency' in reusable).toBe(false);
  });

  test('publishes also when gathering failed, and deploys the head of the branch', () => {
    expect(job('publish').if).toContain('!cancelled()');
    expect(job('publish').if).toContain("publish-needed != 'false'");
    expect(job('deploy').steps?.map(({ with: given, uses }) => given?.['command'] ?? uses?.split('@')[0])).toEqual([
      'actions/checkout',
      'site',
      'actions/deploy-pages',
    ]);
  });
});

describe.each<[string, string]>([
  ['the reusable workflow', reusableWorkflow(PIN)],
  ['the long form', ejectedWorkflow(PIN, SETTINGS)],
  ['the short form', callingWorkflow(PIN, SETTINGS)],
  ['the wake workflow', wakeWorkflow()],
])('%s', (_, text) => {
  test('gives no permission at the top, runs only commits, and puts nothing into scripts', () => {
    const { permissions, jobs } = read(text);
    expect(permissions).toEqual({});
    const steps = Object.values(jobs).flatMap((one) => one.steps ?? []);
    const uses = [...Object.values(jobs), ...steps].flatMap((one) => (one.uses === undefined ? [] : [one.uses]));
    for (const one of uses) expect(one).toMatch(/@[0-9a-f]{40}$/);
    for (const { run } of steps) expect(run ?? '').not.toContain('${{');
  });
});

describe("a project's workflow", () => {
  test('grants exactly what the jobs that it calls have', () => {
    const granted = new Map<string, string>();
    for (const { permissions } of Object.values(reusable.jobs)) {
      for (const [name, access] of Object.entries(permissions)) if (granted.get(name) !== 'write') granted.set(name, access);
    }
    expect(calling.jobs['reconcile']?.permissions).toEqual(Object.fromEntries(granted));
  });

  test('passes the inputs and secrets that the reusable one declares, and no other', () => {
    const { inputs, secrets } = reusable.on['workflow_call'] as {
      inputs: Record<string, { required?: boolean }>;
      secrets: Record<string, unknown>;
    };
    const call = calling.jobs['reconcile'];
    expect(Object.keys(call?.secrets ?? {})).toEqual(Object.keys(secrets));
    expect(call?.with).toEqual({ root: SETTINGS.root, 'site-url': SETTINGS.siteUrl, 'metadata-hosting': 'pages' });
    const release = read(callingWorkflow(PIN, { ...SETTINGS, metadataHosting: 'release', metadataTag: 'tuf', deploy: 'elsewhere' }));
    expect(release.jobs['reconcile']?.with).toMatchObject({ 'metadata-hosting': 'release', 'metadata-tag': 'tuf', deploy: false });
    for (const name of Object.keys(release.jobs['reconcile']?.with ?? {})) expect(Object.keys(inputs)).toContain(name);
    const required = Object.keys(inputs).filter((name) => inputs[name]?.required === true);
    expect(Object.keys(call?.with ?? {})).toEqual(expect.arrayContaining(required));
  });

  test('is woken by reviews, the clock and by hand, and by no comment', () => {
    expect(calling.on).toEqual({
      workflow_run: { workflows: ['countersign-wake'], types: ['completed'] },
      schedule: [{ cron: '13,43 * * * *' }],
      workflow_dispatch: null,
    });
    for (const text of [callingWorkflow(PIN, SETTINGS), ejectedWorkflow(PIN, SETTINGS), reusableWorkflow(PIN), wakeWorkflow()])
      expect(text).not.toMatch(/issue_comment|event\.comment|event\.issue/);
    expect(parse(wakeWorkflow())).toMatchObject({ name: 'countersign-wake', on: ['pull_request_review'] });
    expect(wake.jobs).toEqual({ wake: { name: 'Wake', 'runs-on': 'ubuntu-latest', 'timeout-minutes': 5, steps: [{ run: 'true' }] } });
  });

  test('has the same jobs in its long form, with the settings written in', () => {
    expect(ejected.on).toEqual(calling.on);
    expect(Object.keys(ejected.jobs)).toEqual(Object.keys(reusable.jobs));
    for (const [name, { permissions, environment }] of Object.entries(reusable.jobs))
      expect(ejected.jobs[name]).toMatchObject({ permissions, ...(environment === undefined ? {} : { environment }) });
    expect(ejected.jobs['gather']?.steps?.[0]?.with).toMatchObject({ root: SETTINGS.root, 'site-url': SETTINGS.siteUrl });
    expect(ejectedWorkflow(PIN, SETTINGS)).not.toContain('inputs.');
    const elsewhere = read(ejectedWorkflow(PIN, { ...SETTINGS, deploy: 'elsewhere' }));
    expect(Object.keys(elsewhere.jobs)).toEqual(['gather', 'custody', 'settle', 'publish']);
  });

  test.each(['https://x/?a: b', 'https://x/ #c', 'no', '"'])('says %s as it is', (siteUrl) => {
    expect(read(callingWorkflow(PIN, { ...SETTINGS, siteUrl })).jobs['reconcile']?.with?.['site-url']).toBe(siteUrl);
  });
});

test.each([
  ['and names root v1', SETTINGS.root, { root: SETTINGS.root }],
  ['and no root as long as there is none', null, {}],
])('the job for a release workflow has one step, %s', (_, root, named) => {
  const what = { role: 'releases', artifacts: 'dist-*', targetPrefix: '${{ github.ref_name }}/' };
  expect(parse(`jobs:\n${releaseJob(PIN, { ...what, root, site: SETTINGS })}`)).toEqual({
    jobs: {
      countersign: {
        name: 'Propose the release',
        needs: 'build',
        'runs-on': 'ubuntu-latest',
        permissions: { actions: 'read', contents: 'write', 'pull-requests': 'write' },
        steps: [
          {
            uses: `${PIN.repository}@${PIN.commit}`,
            with: {
              role: 'releases',
              artifacts: 'dist-*',
              'target-prefix': '${{ github.ref_name }}/',
              ...named,
              'site-url': SETTINGS.siteUrl,
            },
          },
        ],
      },
    },
  });
});

test('all places name one repository', () => {
  expect(WORKFLOW_PIN.repository).toBe(ACTION_PIN.repository);
  for (const { commit } of [ACTION_PIN, WORKFLOW_PIN]) expect(commit).toMatch(/^[0-9a-f]{40}$/);
});
