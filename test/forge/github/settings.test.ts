// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openGitHubSettings } from '../../../src/forge/github/settings.ts';
import type { Settings, SettingsFacts } from '../../../src/ports/settings.ts';
import { startGitHub, type FakeGitHub } from '../../github/server.ts';

const FULL = 'acme/project';
const BRANCHES = ['tuf', 'tuf-published'];
const SECRET = { environment: 'countersign-online', branch: 'main', name: 'COUNTERSIGN_ONLINE_KEY', value: '-----BEGIN KEY-----\nü\n' };

let fake: FakeGitHub;
let warned: string[];

function settingsOf(login: string, repo = 'project'): Settings {
  const log = { info: () => undefined, warn: (text: string) => void warned.push(text), progress: () => undefined };
  return openGitHubSettings({ owner: 'acme', repo, token: fake.tokenFor(login), apiUrl: fake.apiUrl, log });
}

async function facts(settings: Settings): Promise<SettingsFacts> {
  return settings.facts(BRANCHES, 'countersign.yml');
}

beforeEach(async () => {
  warned = [];
  fake = await startGitHub();
  fake.addRepository('acme', 'project');
  fake.commit(FULL, 'main', { 'README.md': 'hello\n' });
  fake.addUser('ann');
  fake.addCollaborator(FULL, 'ann', 'write');
});
afterEach(() => fake.close());

describe('facts', () => {
  test('of a repository as GitHub makes it', async () => {
    fake.repository(FULL).settings.actionsMayCreatePulls = false;
    const found = await facts(settingsOf('acme'));
    const open = { deletion: 'allowed', forcePush: 'allowed', approvals: 0, codeOwnerReview: 'optional', staleApprovals: 'kept' };
    expect(found).toMatchObject({
      repository: FULL,
      defaultBranch: 'main',
      visibility: 'public',
      actionsOpenPulls: { kind: 'known', value: false },
      pages: { kind: 'known', value: { kind: 'off' } },
      environments: { kind: 'known', value: new Map() },
      sharedSecrets: { kind: 'known', value: [] },
      immutableReleases: { kind: 'known', value: false },
      workflow: { kind: 'known', value: null },
    });
    expect([...found.rules]).toEqual(['main', ...BRANCHES].map((branch) => [branch, { kind: 'known', value: open }]));
  });

  test('put classic protection and rulesets together', async () => {
    fake.protect(FULL, 'main', { requirePulls: true, approvals: 2, dismissStale: true, allowForcePushes: true });
    await settingsOf('acme').apply({ kind: 'protect-branch', branch: 'main' });
    const { rules } = await facts(settingsOf('acme'));
    const expected = {
      deletion: 'forbidden',
      forcePush: 'forbidden',
      approvals: 2,
      codeOwnerReview: 'optional',
      staleApprovals: 'dismissed',
    };
    expect(rules.get('main')).toEqual({ kind: 'known', value: expected });
  });

  test.each([
    ['classic protection', true, false],
    ['a ruleset', false, true],
  ])("tell that %s asks for a code owner's review", async (_, isClassic, isRuled) => {
    const { name, ...rest } = { name: 'owners', target: 'branch', enforcement: 'active' };
    const parameters = {
      required_approving_review_count: 1,
      dismiss_stale_reviews_on_push: false,
      require_code_owner_review: isRuled,
      require_last_push_approval: false,
      required_review_thread_resolution: false,
    };
    const conditions = { ref_name: { include: ['refs/heads/main'], exclude: [] } };
    const answer = await fetch(`${fake.apiUrl}/repos/${FULL}/rulesets`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fake.tokenFor('acme')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name, ...rest, conditions, rules: [{ type: 'pull_request', parameters }] }),
    });
    expect(answer.status).toBe(201);
    fake.protect(FULL, 'main', { requirePulls: true, approvals: 1, codeOwners: isClassic });
    const { rules } = await facts(settingsOf('acme'));
    expect(rules.get('main')).toMatchObject({ kind: 'known', value: { approvals: 1, codeOwnerReview: 'required' } });
    fake.protect(FULL, 'main', { requirePulls: true, approvals: 1 });
    expect((await facts(settingsOf('acme'))).rules.get('main')).toMatchObject({
      value: { codeOwnerReview: isRuled ? 'required' : 'optional' },
    });
  });

  test('what a writer may not see is unknown, and never taken for right', async () => {
    const { actionsOpenPulls, sharedSecrets, immutableReleases } = await facts(settingsOf('ann'));
    for (const one of [actionsOpenPulls, sharedSecrets, immutableReleases]) expect(one.kind).toBe('unknown');
  });

  test('the last run of the schedule, and of nothing else', async () => {
    fake.commit(FULL, 'main', { '.github/workflows/countersign.yml': 'on: [schedule]\n' });
    const path = '.github/workflows/countersign.yml';
    fake.setClock(() => Date.parse('2030-01-31T12:13:07Z'));
    fake.addRun(FULL, { path, event: 'schedule', headBranch: 'main' });
    fake.setClock(() => Date.parse('2030-01-31T13:00:00Z'));
    fake.addRun(FULL, { path, event: 'issue_comment', headBranch: 'main' });
    const { workflow } = await facts(settingsOf('acme'));
    const lastScheduled = Date.parse('2030-01-31T12:13:07Z') / 1000;
    expect(workflow).toMatchObject({ kind: 'known', value: { state: 'active', lastScheduled } });
    expect(workflow.kind === 'known' && Number.isInteger(workflow.value?.created)).toBe(true);
  });

  test('a repository that the token does not see is an error', async () => {
    await expect(facts(settingsOf('ann', 'other'))).rejects.toMatchObject({ code: 'permission-missing' });
  });
});

describe('changes', () => {
  test('are there afterwards, and may be made again', async () => {
    const settings = settingsOf('acme');
    for (let round = 1; round <= 2; round++) {
      await settings.apply({ kind: 'actions-open-pulls' });
      await settings.apply({ kind: 'pages-by-workflow' });
      await settings.apply({ kind: 'environment', name: 'countersign-online', branch: 'main' });
    }
    await settings.apply({ kind: 'protect-branch', branch: 'tuf' });
    const found = await facts(settings);
    expect(found.actionsOpenPulls).toEqual({ kind: 'known', value: true });
    expect(found.pages).toMatchObject({ value: { kind: 'workflow', built: false } });
    const admits = { kind: 'named', patterns: [{ type: 'branch', name: 'main' }] };
    const only = { admits, reviewers: 0, waitMinutes: 0, secrets: [] };
    expect(found.environments).toEqual({ kind: 'known', value: new Map([['countersign-online', only]]) });
    expect(found.rules.get('tuf')).toMatchObject({ value: { deletion: 'forbidden', forcePush: 'forbidden' } });
    expect(fake.repository(FULL).settings.defaultWorkflowPermissions).toBe('read');
  });

  test('of an environment take away what else it admits, its reviewers and its wait', async () => {
    const settings = settingsOf('acme');
    await settings.apply({ kind: 'environment', name: 'countersign-online', branch: 'dev' });
    const environment = fake.repository(FULL).environments.get('countersign-online');
    if (environment === undefined) throw new Error('no environment');
    environment.waitTimer = 30;
    environment.reviewers = [{ type: 'User', id: fake.addUser('ann').id }];
    await settings.apply({ kind: 'environment', name: 'countersign-online', branch: 'main' });
    const { environments } = await facts(settings);
    const admits = { kind: 'named', patterns: [{ type: 'branch', name: 'main' }] };
    const only = { admits, reviewers: 0, waitMinutes: 0, secrets: [] };
    expect(environments).toEqual({ kind: 'known', value: new Map([['countersign-online', only]]) });
  });

  test.each(['environment', 'protect-branch', 'pages-by-workflow'] as const)(
    '%s is refused by name where the plan has none',
    async (kind) => {
      fake.addRepository('acme', 'hidden', { private: true, plan: 'free' });
      const settings = settingsOf('acme', 'hidden');
      await expect(settings.apply({ kind, name: 'countersign-online', branch: 'main' })).rejects.toMatchObject({ code: 'setting-missing' });
    },
  );

  test("need an administrator's token", async () => {
    await expect(settingsOf('ann').apply({ kind: 'actions-open-pulls' })).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:permission-missing|io)$/),
    });
  });
});

describe('a secret', () => {
  test('reaches runs of the default branch, sealed on the way', async () => {
    const settings = settingsOf('acme');
    await settings.apply({ kind: 'environment', name: SECRET.environment, branch: 'main' });
    await settings.setSecret(SECRET);
    expect(fake.secretsFor(FULL, 'main', SECRET.environment)?.get(SECRET.name)).toBe(SECRET.value);
    expect(fake.secretsFor(FULL, 'dev', SECRET.environment)).toBeNull();
  });

  test.each<[string, (settings: Settings) => Promise<void>]>([
    ['one for another branch', async (settings) => settings.apply({ kind: 'environment', name: SECRET.environment, branch: 'dev' })],
    [
      'one for every branch',
      async (settings) => {
        await settings.apply({ kind: 'environment', name: SECRET.environment, branch: 'main' });
        const environment = fake.repository(FULL).environments.get(SECRET.environment);
        if (environment !== undefined) environment.branchPolicy = null;
      },
    ],
  ])('is not sent to an open environment: %s', async (_, prepare) => {
    const settings = settingsOf('acme');
    await prepare(settings);
    await expect(settings.setSecret(SECRET)).rejects.toMatchObject({ code: 'key-exposed' });
    expect(fake.repository(FULL).environments.get(SECRET.environment)?.secrets.size).toBe(0);
  });
});

test('the keys of an account are what it shows', async () => {
  fake.addKey('ann', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKqP3VzX1mQ4mU8mS6F7o0fG9xk0eC3cQ7p6m1m1m1m1');
  expect(await settingsOf('acme').accountKeys('ann')).toEqual([
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKqP3VzX1mQ4mU8mS6F7o0fG9xk0eC3cQ7p6m1m1m1m1',
  ]);
});
