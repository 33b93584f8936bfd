// SPDX-License-Identifier: Apache-2.0
// What a job sees of the guards with its own token.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openGitHub } from '../../../src/forge/github/index.ts';
import { openGitHubSettings } from '../../../src/forge/github/settings.ts';
import type { GuardFacts } from '../../../src/ports/settings.ts';
import { JOBS } from '../../commands/github-ground.ts';
import { requestsOf } from '../../github/request-count.ts';
import { startGitHub, type FakeGitHub } from '../../github/server.ts';

const FULL = 'acme/project';
const ENVIRONMENT = 'countersign-online';
const log = { info: () => undefined, warn: () => undefined, progress: () => undefined };

let fake: FakeGitHub;
beforeEach(async () => {
  fake = await startGitHub();
  fake.addRepository('acme', 'project');
  for (const branch of ['main', 'tuf', 'tuf-published']) fake.commit(FULL, branch, { 'README.md': 'hello\n' });
});
afterEach(() => fake.close());

async function guards(permissions: Readonly<Record<string, 'read' | 'write'>> = JOBS.publish): Promise<GuardFacts> {
  const token = fake.jobToken({ repository: FULL, permissions });
  const github = await openGitHub({ owner: 'acme', repo: 'project', token, apiUrl: fake.apiUrl, log });
  return github.guards.read(ENVIRONMENT, ['tuf', 'tuf-published']);
}

const known = (value: unknown): object => ({ kind: 'known', value });

test('of a repository as GitHub makes it', async () => {
  const { defaultBranch, environment, branches } = await guards();
  expect([defaultBranch, environment, [...branches]]).toEqual([
    'main',
    known(null),
    [
      ['tuf', known('open')],
      ['tuf-published', known('open')],
    ],
  ]);
});

test('of one that is set up: a ruleset, a classic protection, an environment of one branch', async () => {
  const settings = openGitHubSettings({ owner: 'acme', repo: 'project', token: fake.tokenFor('acme'), apiUrl: fake.apiUrl, log });
  await settings.apply({ kind: 'protect-branch', branch: 'tuf' });
  fake.protect(FULL, 'tuf-published', {});
  await settings.apply({ kind: 'environment', name: ENVIRONMENT, branch: 'main' });
  const { environment, branches } = await guards();
  expect(environment).toEqual(known({ kind: 'named', patterns: [{ type: 'branch', name: 'main' }] }));
  expect([...branches.values()]).toEqual([known('guarded'), known('guarded')]);
});

test('what a token may not see is unknown', async () => {
  const { environment } = await guards({ contents: 'read' });
  expect(environment.kind).toBe('unknown');
});

test('costs seven requests at most', async () => {
  expect(await requestsOf(fake, () => guards())).toBeLessThanOrEqual(7);
});
