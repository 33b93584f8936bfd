// SPDX-License-Identifier: Apache-2.0
import type { BranchRules, EnvironmentSettings, Known, SettingsFacts } from '../../src/ports/settings.ts';
import { parseInstant } from '../../src/tuf/instant.ts';

/** A value that the token can see. */
export function seen<T>(value: T): Known<T> {
  return { kind: 'known', value };
}

/** A value that it can't. */
export const UNSEEN: { readonly kind: 'unknown'; readonly reason: string } = {
  kind: 'unknown',
  reason: 'expected permission administration: read',
};

/** An environment that only main may use, with a secret in it. */
export function environment(secret: string, change: Partial<EnvironmentSettings> = {}): EnvironmentSettings {
  return {
    admits: { kind: 'named', patterns: [{ type: 'branch', name: 'main' }] },
    reviewers: 0,
    waitMinutes: 0,
    secrets: [secret],
    ...change,
  };
}

/** The rules of a branch that nobody can take away or push over. */
export function rules(change: Partial<BranchRules> = {}): Known<BranchRules> {
  return seen({
    deletion: 'forbidden',
    forcePush: 'forbidden',
    approvals: 0,
    codeOwnerReview: 'optional',
    staleApprovals: 'kept',
    ...change,
  });
}

/** A repository that is set up as it should be. */
export function wellSet(change: Partial<SettingsFacts> = {}): SettingsFacts {
  return {
    repository: 'owner/project',
    url: 'https://github.com/owner/project',
    defaultBranch: 'main',
    visibility: 'public',
    actionsOpenPulls: seen(true),
    pages: seen({ kind: 'workflow', built: true, url: 'https://owner.github.io/project/' }),
    environments: seen(
      new Map([
        ['countersign-online', environment('COUNTERSIGN_ONLINE_KEY')],
        ['countersign-carol', environment('COUNTERSIGN_KEY')],
      ]),
    ),
    sharedSecrets: seen([]),
    rules: new Map([
      ['main', rules({ approvals: 1, codeOwnerReview: 'required' })],
      ['tuf', rules()],
      ['tuf-published', rules()],
    ]),
    immutableReleases: seen(false),
    workflow: seen({ state: 'active', created: parseInstant('2030-01-01T00:00:00Z', 'workflow'), lastScheduled: null }),
    ...change,
  };
}

/** The environments of {@link wellSet}, one of them changed. */
export function withEnvironment(name: string, change: Partial<EnvironmentSettings> | null): SettingsFacts['environments'] {
  const all = new Map([
    ['countersign-online', environment('COUNTERSIGN_ONLINE_KEY')],
    ['countersign-carol', environment('COUNTERSIGN_KEY')],
  ]);
  const found = all.get(name);
  if (change === null || found === undefined) all.delete(name);
  else all.set(name, { ...found, ...change });
  return seen(all);
}

/** The rules of {@link wellSet}, those of one branch changed. */
export function withRules(branch: string, changed: Known<BranchRules>): SettingsFacts['rules'] {
  return new Map([...wellSet().rules, [branch, changed]]);
}
