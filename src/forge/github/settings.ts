// SPDX-License-Identifier: Apache-2.0
import { admitsOnly } from '../../event/decide-settings.ts';
import type { SettingChange, Settings } from '../../ports/settings.ts';
import { CountersignError } from '../../tuf/errors.ts';
import { answerOf, countOf, textOf } from './answer.ts';
import { saidWith, statusOf } from './errors.ts';
import type { Purpose } from './errors.ts';
import type { GitHubOptions } from './index.ts';
import { openOctokit } from './octokit.ts';
import { send, sendForAll } from './place.ts';
import type { Place } from './place.ts';
import { sealFor } from './sealed-box.ts';
import { readEnvironment, readFacts, readPages, readPolicies, settingPurpose } from './settings-facts.ts';

const ENVIRONMENT = '/repos/{owner}/{repo}/environments/{environment_name}';

function administration(what: string): Purpose {
  return settingPurpose(what, 'administration: write');
}

/** What a plan does not have is refused like a missing permission; GitHub tells them apart by words alone. */
async function onThisPlan<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (
      !(error instanceof CountersignError) ||
      statusOf(error) === null ||
      !/upgrade to github|not available for|\bplan\b/i.test(saidWith(error))
    )
      throw error;
    const detail = 'expected a plan that has them for this repository: a public repository, or a paid plan for a private one';
    throw new CountersignError('setting-missing', what, detail, { cause: error });
  }
}

async function openPullsByActions(place: Place): Promise<void> {
  const purpose = administration('permissions of Actions');
  const route = '/repos/{owner}/{repo}/actions/permissions/workflow';
  const now = answerOf(await send(place, `GET ${route}`, {}, purpose), purpose.what);
  // What the jobs' tokens may by default is none of our business.
  const kept = { default_workflow_permissions: textOf(now, 'default_workflow_permissions') };
  await send(place, `PUT ${route}`, { ...kept, can_approve_pull_request_reviews: true }, purpose);
}

async function pagesByWorkflow(place: Place): Promise<void> {
  const purpose = settingPurpose('Pages', 'pages: write with administration: write');
  const pages = await readPages(place);
  if (pages.kind === 'workflow') return;
  const method = pages.kind === 'off' ? 'POST' : 'PUT';
  await send(place, `${method} /repos/{owner}/{repo}/pages`, { build_type: 'workflow' }, purpose);
}

async function restrictEnvironment(place: Place, name: string, branch: string): Promise<void> {
  const purpose = administration(`environment ${name}`);
  const policy = { protected_branches: false, custom_branch_policies: true };
  // From here on it admits nothing that is not listed.
  await send(
    place,
    `PUT ${ENVIRONMENT}`,
    { environment_name: name, wait_timer: 0, reviewers: null, deployment_branch_policy: policy },
    purpose,
  );
  const policies = await readPolicies(place, name);
  const isWanted = (one: (typeof policies)[number]): boolean => textOf(one, 'name') === branch && one.members['type'] !== 'tag';
  for (const one of policies.filter((found) => !isWanted(found))) {
    const parameters = { environment_name: name, branch_policy_id: countOf(one, 'id') };
    await send(place, `DELETE ${ENVIRONMENT}/deployment-branch-policies/{branch_policy_id}`, parameters, purpose);
  }
  if (policies.some(isWanted)) return;
  const parameters = { environment_name: name, name: branch, type: 'branch' };
  await send(place, `POST ${ENVIRONMENT}/deployment-branch-policies`, parameters, purpose);
}

async function protectBranch(place: Place, branch: string): Promise<void> {
  const purpose = administration(`rules of ${branch}`);
  const name = `countersign ${branch}`;
  const ruleset = {
    name,
    target: 'branch',
    enforcement: 'active',
    conditions: { ref_name: { include: [`refs/heads/${branch}`], exclude: [] } },
    rules: [{ type: 'deletion' }, { type: 'non_fast_forward' }],
  };
  const all = await sendForAll(place, 'GET /repos/{owner}/{repo}/rulesets', {}, purpose);
  const found = all.find((one) => one.members['name'] === name);
  if (found === undefined) await send(place, 'POST /repos/{owner}/{repo}/rulesets', ruleset, purpose);
  else await send(place, 'PUT /repos/{owner}/{repo}/rulesets/{ruleset_id}', { ...ruleset, ruleset_id: countOf(found, 'id') }, purpose);
}

function apply(place: Place, change: SettingChange): Promise<void> {
  switch (change.kind) {
    case 'actions-open-pulls':
      return openPullsByActions(place);
    case 'pages-by-workflow':
      return onThisPlan('Pages', () => pagesByWorkflow(place));
    case 'environment':
      return onThisPlan(`environment ${change.name}`, () => restrictEnvironment(place, change.name, change.branch));
    case 'protect-branch':
      return onThisPlan(`rules of ${change.branch}`, () => protectBranch(place, change.branch));
    default:
      return change satisfies never;
  }
}

async function setSecret(place: Place, secret: Parameters<Settings['setSecret']>[0]): Promise<void> {
  const { environment, branch, name, value } = secret;
  const purpose = settingPurpose(`environment ${environment}`, 'environments: write');
  const parameters = { environment_name: environment };
  const found = answerOf(await send(place, `GET ${ENVIRONMENT}`, parameters, purpose), purpose.what);
  // A plan without branch policies may take them and say nothing: only what is read back counts.
  if (!admitsOnly(await readEnvironment(place, found), branch))
    throw new CountersignError(
      'key-exposed',
      environment,
      `expected only the branch ${branch} to be admitted, got more; no secret was set`,
    );
  const key = answerOf(await send(place, `GET ${ENVIRONMENT}/secrets/public-key`, parameters, purpose), 'secrets public key');
  const encrypted = { encrypted_value: await sealFor(textOf(key, 'key'), value), key_id: textOf(key, 'key_id') };
  await send(place, `PUT ${ENVIRONMENT}/secrets/{secret_name}`, { ...parameters, secret_name: name, ...encrypted }, purpose);
}

/** The settings of a repository of GitHub. */
export function createGitHubSettings(place: Place): Settings {
  return {
    facts: (branches, workflow) => readFacts(place, branches, workflow),
    apply: (change) => apply(place, change),
    setSecret: (secret) => setSecret(place, secret),
    accountKeys: async (login) => {
      const purpose = { what: `keys of ${login}`, needs: 'metadata: read' };
      const keys = await sendForAll(place, 'GET /users/{username}/keys', { username: login }, purpose);
      return keys.map((one) => textOf(one, 'key'));
    },
  };
}

/**
 * Opens the settings of a repository of GitHub. Sends nothing yet.
 * @throws `usage` when an option can't be used
 */
export function openGitHubSettings(options: GitHubOptions): Settings {
  if (options.token === '') throw new CountersignError('usage', 'github token', 'expected a token, got none');
  return createGitHubSettings({
    ...openOctokit(options),
    owner: options.owner,
    repo: options.repo,
    graphqlUrl: '',
    scrub: (text) => text.replaceAll(options.token, '***'),
  });
}
