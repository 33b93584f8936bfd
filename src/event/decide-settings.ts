// SPDX-License-Identifier: Apache-2.0
import type { EnvironmentSettings, SettingChange, SettingsFacts } from '../ports/settings.ts';
import type { Refusal } from '../tuf/errors.ts';
import { METADATA_BRANCH, PUBLISHED_BRANCH } from './layout.ts';
import { CUSTODY_SECRET, ONLINE_ENVIRONMENT, ONLINE_SECRET } from './workflow-names.ts';

/** A key that is to be in an environment of the host. */
export interface WantedKey {
  readonly environment: string;
  readonly name: string;
  /**
   * `new`: what may be there already is replaced. `have`: the key is given, and set where there is none. `none`: nobody gave it, so it must be
   * there already.
   */
  readonly value: 'new' | 'have' | 'none';
}

/** What a repository is to be set up for. */
export interface WantedSettings {
  readonly keys: readonly WantedKey[];
  readonly metadataHosting: 'pages' | 'release';
  /** `elsewhere`: another site takes the published branch in, and Pages are none of our business. */
  readonly deploy: 'here' | 'elsewhere';
  /** Whether the metadata branch is there: then the site of Pages is taken for ours. */
  readonly begun: 'no' | 'yes';
}

/** What is to be done to the settings, in this order, or why not. */
export interface SettingsPlan {
  readonly changes: readonly SettingChange[];
  /** Secrets to set once all changes are made: an environment must be closed before anything is in it. */
  readonly secrets: readonly WantedKey[];
  /** Empty when the changes may be made. */
  readonly refusals: readonly Refusal[];
}

/** The key of the online roles. */
export function onlineKey(value: WantedKey['value']): WantedKey {
  return { environment: ONLINE_ENVIRONMENT, name: ONLINE_SECRET, value };
}

/** The key that is held for a person. */
export function custodyKey(environment: string, value: WantedKey['value']): WantedKey {
  return { environment, name: CUSTODY_SECRET, value };
}

/** Whether the runs of one branch, and of no other, may use an environment. */
export function admitsOnly(environment: Pick<EnvironmentSettings, 'admits'>, branch: string): boolean {
  if (environment.admits.kind !== 'named') return false;
  const [pattern, ...more] = environment.admits.patterns;
  // A pattern with a star that matches one branch today may match another tomorrow.
  return more.length === 0 && pattern?.type === 'branch' && pattern.name === branch;
}

function refusal(code: Refusal['code'], where: string, detail: string): Refusal {
  return { code, where, detail };
}

interface Part {
  readonly changes: readonly SettingChange[];
  readonly refusals: readonly Refusal[];
}

const NOTHING: Part = { changes: [], refusals: [] };

function ofActions({ actionsOpenPulls }: SettingsFacts): Part {
  return actionsOpenPulls.kind === 'known' && actionsOpenPulls.value
    ? NOTHING
    : { changes: [{ kind: 'actions-open-pulls' }], refusals: [] };
}

function ofPages({ pages }: SettingsFacts, { metadataHosting, deploy, begun }: WantedSettings): Part {
  if (metadataHosting === 'release' || deploy === 'elsewhere') return NOTHING;
  if (pages.kind === 'unknown') return { changes: [], refusals: [refusal('permission-missing', 'Pages', pages.reason)] };
  switch (pages.value.kind) {
    case 'workflow':
      return pages.value.built && begun === 'no' ? { changes: [], refusals: [pagesInUse('another workflow')] } : NOTHING;
    case 'off':
      return { changes: [{ kind: 'pages-by-workflow' }], refusals: [] };
    case 'branch':
      return { changes: [], refusals: [pagesInUse(`branch ${pages.value.branch}`)] };
    default:
      return pages.value satisfies never;
  }
}

/** Pages hold one site: a deployment of ours would take away what is there. */
function pagesInUse(by: string): Refusal {
  const ways = [
    `let that site's build copy the branch ${PUBLISHED_BRANCH} into a sub-directory and pass --no-deploy --site-url <its address>`,
    'or keep the metadata in a second repository',
  ].join(', ');
  return refusal('already-exists', 'Pages', `expected Pages to be free, got a site of ${by}; ${ways}`);
}

function ofEnvironments({ environments, defaultBranch, visibility }: SettingsFacts, { keys }: WantedSettings): Part {
  if (keys.length === 0) return NOTHING;
  if (environments.kind === 'unknown') {
    const plan =
      visibility === 'private'
        ? '; a private repository has environments on paid plans only, and without them every branch could read a key'
        : '';
    const code = visibility === 'private' ? 'setting-missing' : 'permission-missing';
    return { changes: [], refusals: [refusal(code, 'environments', `${environments.reason}${plan}`)] };
  }
  const changes: SettingChange[] = [];
  const refusals: Refusal[] = [];
  for (const name of new Set(keys.map(({ environment }) => environment))) {
    const found = environments.value.get(name);
    const isRight = found !== undefined && admitsOnly(found, defaultBranch) && found.reviewers === 0 && found.waitMinutes === 0;
    if (isRight) continue;
    const held = found?.secrets.filter((secret) => keys.some((key) => key.environment === name && key.name === secret)) ?? [];
    if (found !== undefined && held.length > 0 && !admitsOnly(found, defaultBranch)) {
      const detail = `expected only ${defaultBranch} to be admitted, got more: ${held.join(', ')} may have been read; delete it, run this again, and replace that key`;
      refusals.push(refusal('key-exposed', name, detail));
    } else changes.push({ kind: 'environment', name, branch: defaultBranch });
  }
  return { changes, refusals };
}

function ofShared({ sharedSecrets }: SettingsFacts, { keys }: WantedSettings): Part {
  if (sharedSecrets.kind === 'unknown') return NOTHING;
  const names = new Set(keys.map(({ name }) => name));
  const refusals = sharedSecrets.value
    .filter((name) => names.has(name))
    .map((name) =>
      refusal(
        'key-exposed',
        name,
        'expected this secret in its environment only, got one that every branch can read; delete it, and replace that key',
      ),
    );
  return { changes: [], refusals };
}

function ofBranches({ rules }: SettingsFacts): Part {
  const open = [METADATA_BRANCH, PUBLISHED_BRANCH].filter((branch) => {
    const found = rules.get(branch);
    return found?.kind !== 'known' || found.value.deletion === 'allowed' || found.value.forcePush === 'allowed';
  });
  return { changes: open.map((branch) => ({ kind: 'protect-branch', branch })), refusals: [] };
}

function missingSecrets({ environments }: SettingsFacts, { keys }: WantedSettings): readonly WantedKey[] {
  const held = (key: WantedKey): boolean =>
    environments.kind === 'known' && environments.value.get(key.environment)?.secrets.includes(key.name) === true;
  return keys.filter((key) => key.value === 'new' || !held(key));
}

/** Decides what has to change for the workflows to run safely. Where nothing is wrong, nothing is left to do. */
export function decideSettings(facts: SettingsFacts, wanted: WantedSettings): SettingsPlan {
  const parts = [ofActions(facts), ofPages(facts, wanted), ofShared(facts, wanted), ofEnvironments(facts, wanted), ofBranches(facts)];
  const missing = missingSecrets(facts, wanted);
  const nobodys = missing
    .filter(({ value }) => value === 'none')
    .map(({ environment, name }) => refusal('signer-key', environment, `expected the key for the secret ${name}, got none`));
  return {
    changes: parts.flatMap(({ changes }) => changes),
    secrets: missing.filter(({ value }) => value !== 'none'),
    refusals: [...parts.flatMap(({ refusals }) => refusals), ...nobodys],
  };
}
