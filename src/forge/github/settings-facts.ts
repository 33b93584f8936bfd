// SPDX-License-Identifier: Apache-2.0
import type {
  BranchRules,
  EnvironmentSettings,
  GuardFacts,
  Known,
  PagesSettings,
  SettingsFacts,
  WorkflowSettings,
} from '../../ports/settings.ts';
import { CountersignError } from '../../tuf/errors.ts';
import { parseInstant, type Instant } from '../../tuf/instant.ts';
import { answerOf, childOf, childOrNull, childrenOf, countOf, flagOf, textOf, textOrNull } from './answer.ts';
import type { Answer } from './answer.ts';
import { statusOf } from './errors.ts';
import type { Purpose } from './errors.ts';
import { send, sendForAll, sendOrNull } from './place.ts';
import type { Parameters, Place } from './place.ts';

/** What every request for a setting is for. */
export function settingPurpose(what: string, needs = 'administration: read'): Purpose {
  return { what, needs };
}

/** What is refused to this token is unknown; a host that can't be reached is a failure. @throws `io`, `rate-limited` */
async function known<T>(read: () => Promise<T>): Promise<Known<T>> {
  try {
    return { kind: 'known', value: await read() };
  } catch (error) {
    const status = statusOf(error);
    if (!(error instanceof CountersignError) || error.code === 'rate-limited' || (status !== 403 && status !== 404)) throw error;
    return { kind: 'unknown', reason: error.detail };
  }
}

async function read(place: Place, route: string, parameters: Parameters, purpose: Purpose): Promise<Answer> {
  return answerOf(await send(place, route, parameters, purpose), purpose.what);
}

async function readOrNull(place: Place, route: string, parameters: Parameters, purpose: Purpose): Promise<Answer | null> {
  const value = await sendOrNull(place, route, parameters, purpose);
  return value === null ? null : answerOf(value, purpose.what);
}

/** What a repository's Pages are. */
export async function readPages(place: Place): Promise<PagesSettings> {
  const pages = await readOrNull(place, 'GET /repos/{owner}/{repo}/pages', {}, settingPurpose('Pages', 'pages: read'));
  if (pages === null) return { kind: 'off' };
  const url = textOrNull(pages, 'html_url') ?? '';
  if (textOrNull(pages, 'build_type') === 'workflow') return { kind: 'workflow', built: textOrNull(pages, 'status') !== null, url };
  const source = childOrNull(pages, 'source');
  return {
    kind: 'branch',
    branch: source === null ? '' : textOf(source, 'branch'),
    path: source === null ? '/' : textOf(source, 'path'),
    url,
  };
}

/** The branch policies of an environment, with their ids. */
export async function readPolicies(place: Place, environment: string): Promise<readonly Answer[]> {
  const route = 'GET /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies';
  return sendForAll(place, route, { environment_name: environment }, settingPurpose(`environment ${environment}`, 'actions: read'));
}

async function admits(place: Place, name: string, answer: Answer): Promise<EnvironmentSettings['admits']> {
  const policy = childOrNull(answer, 'deployment_branch_policy');
  if (policy === null) return { kind: 'unrestricted' };
  if (flagOf(policy, 'protected_branches')) return { kind: 'protected' };
  const patterns = (await readPolicies(place, name)).map((one) => ({
    // GitHub's older answers give no type: they were all branches.
    type: textOrNull(one, 'type') === 'tag' ? ('tag' as const) : ('branch' as const),
    name: textOf(one, 'name'),
  }));
  return { kind: 'named', patterns };
}

/** One environment, from its entry in the host's answer. */
export async function readEnvironment(place: Place, answer: Answer): Promise<EnvironmentSettings> {
  const name = textOf(answer, 'name');
  const rules = Array.isArray(answer.members['protection_rules']) ? childrenOf(answer, 'protection_rules') : [];
  const reviewers = rules.filter((rule) => textOf(rule, 'type') === 'required_reviewers');
  const timers = rules.filter((rule) => textOf(rule, 'type') === 'wait_timer');
  const route = 'GET /repos/{owner}/{repo}/environments/{environment_name}/secrets';
  const secrets = await sendForAll(place, route, { environment_name: name }, settingPurpose(`secrets of ${name}`, 'environments: read'));
  return {
    admits: await admits(place, name, answer),
    reviewers: reviewers.reduce((sum, rule) => sum + childrenOf(rule, 'reviewers').length, 0),
    waitMinutes: timers.reduce((sum, rule) => sum + countOf(rule, 'wait_timer'), 0),
    secrets: secrets.map((secret) => textOf(secret, 'name')),
  };
}

async function readEnvironments(place: Place): Promise<ReadonlyMap<string, EnvironmentSettings>> {
  const purpose = settingPurpose('environments', 'actions: read');
  const found = new Map<string, EnvironmentSettings>();
  for (const answer of await sendForAll(place, 'GET /repos/{owner}/{repo}/environments', {}, purpose)) {
    found.set(textOf(answer, 'name'), await readEnvironment(place, answer));
  }
  return found;
}

/** Of the repository alone: an organization's are listed only to its own administrators. */
async function readSharedSecrets(place: Place): Promise<readonly string[]> {
  const secrets = await sendForAll(place, 'GET /repos/{owner}/{repo}/actions/secrets', {}, settingPurpose('secrets', 'secrets: read'));
  return secrets.map((secret) => textOf(secret, 'name'));
}

const NO_RULES: BranchRules = {
  deletion: 'allowed',
  forcePush: 'allowed',
  approvals: 0,
  codeOwnerReview: 'optional',
  staleApprovals: 'kept',
};

function withRule(rules: BranchRules, rule: Answer): BranchRules {
  switch (textOf(rule, 'type')) {
    case 'deletion':
      return { ...rules, deletion: 'forbidden' };
    case 'non_fast_forward':
      return { ...rules, forcePush: 'forbidden' };
    case 'pull_request': {
      const parameters = childOf(rule, 'parameters');
      const approvals = Math.max(rules.approvals, countOf(parameters, 'required_approving_review_count'));
      return {
        ...rules,
        approvals,
        codeOwnerReview: flagOf(parameters, 'require_code_owner_review') ? 'required' : rules.codeOwnerReview,
        staleApprovals: flagOf(parameters, 'dismiss_stale_reviews_on_push') ? 'dismissed' : rules.staleApprovals,
      };
    }
    default:
      return rules;
  }
}

function isEnabled(protection: Answer, key: string): boolean {
  const child = childOrNull(protection, key);
  return child !== null && flagOf(child, 'enabled');
}

function withProtection(rules: BranchRules, protection: Answer): BranchRules {
  const reviews = childOrNull(protection, 'required_pull_request_reviews');
  const count = reviews?.members['required_approving_review_count'];
  const dismisses = reviews?.members['dismiss_stale_reviews'] === true;
  const asksOwners = reviews?.members['require_code_owner_reviews'] === true;
  return {
    deletion: isEnabled(protection, 'allow_deletions') ? rules.deletion : 'forbidden',
    forcePush: isEnabled(protection, 'allow_force_pushes') ? rules.forcePush : 'forbidden',
    approvals: Math.max(rules.approvals, typeof count === 'number' ? count : 0),
    codeOwnerReview: asksOwners ? 'required' : rules.codeOwnerReview,
    staleApprovals: dismisses ? 'dismissed' : rules.staleApprovals,
  };
}

/** What the rulesets of a branch demand. */
async function readRulesets(place: Place, branch: string): Promise<BranchRules> {
  const purpose = settingPurpose(`rules of ${branch}`, 'metadata: read');
  return (await sendForAll(place, 'GET /repos/{owner}/{repo}/rules/branches/{branch}', { branch }, purpose)).reduce(withRule, NO_RULES);
}

/** Rulesets and classic protection together: what either demands holds. Who may go around them is not told. */
async function readRules(place: Place, branch: string): Promise<BranchRules> {
  const rules = await readRulesets(place, branch);
  const route = 'GET /repos/{owner}/{repo}/branches/{branch}/protection';
  const classic = await readOrNull(place, route, { branch }, settingPurpose(`protection of ${branch}`));
  return classic === null ? rules : withProtection(rules, classic);
}

/** The host gives milliseconds, and for some moments the writer's offset. */
function momentOf(fields: Answer, name: string): Instant {
  const text = textOf(fields, name);
  const milliseconds = Date.parse(text);
  return parseInstant(Number.isNaN(milliseconds) ? text : new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z'), name);
}

async function readWorkflow(place: Place, workflow: string): Promise<WorkflowSettings | null> {
  const purpose = settingPurpose(`workflow ${workflow}`, 'actions: read');
  const found = await readOrNull(place, 'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}', { workflow_id: workflow }, purpose);
  if (found === null) return null;
  const route = 'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs';
  const runs = await read(place, route, { workflow_id: workflow, event: 'schedule', per_page: 1 }, purpose);
  const [last] = childrenOf(runs, 'workflow_runs');
  const lastScheduled = last === undefined ? null : momentOf(last, 'created_at');
  return { state: textOf(found, 'state'), created: momentOf(found, 'created_at'), lastScheduled };
}

async function readImmutable(place: Place): Promise<boolean> {
  const found = await readOrNull(place, 'GET /repos/{owner}/{repo}/immutable-releases', {}, settingPurpose('immutable releases'));
  return found !== null && flagOf(found, 'enabled');
}

async function readActionsOpenPulls(place: Place): Promise<boolean> {
  const found = await read(place, 'GET /repos/{owner}/{repo}/actions/permissions/workflow', {}, settingPurpose('permissions of Actions'));
  return flagOf(found, 'can_approve_pull_request_reviews');
}

/** Everything of a repository's settings, as this token sees it. @throws `permission-missing` when it does not see the repository */
export async function readFacts(place: Place, branches: readonly string[], workflow: string): Promise<SettingsFacts> {
  const purpose: Purpose = { what: 'repository', needs: 'metadata: read', codes: { 404: 'permission-missing' } };
  const repository = await read(place, 'GET /repos/{owner}/{repo}', {}, purpose);
  const defaultBranch = textOf(repository, 'default_branch');
  const rules = (branch: string): Promise<[string, Known<BranchRules>]> =>
    known(() => readRules(place, branch)).then((found) => [branch, found]);
  const [actionsOpenPulls, pages, environments, sharedSecrets, immutableReleases, found, ...ruled] = await Promise.all([
    known(() => readActionsOpenPulls(place)),
    known(() => readPages(place)),
    known(() => readEnvironments(place)),
    known(() => readSharedSecrets(place)),
    known(() => readImmutable(place)),
    known(() => readWorkflow(place, workflow)),
    ...[...new Set([defaultBranch, ...branches])].map(rules),
  ]);
  return {
    repository: textOf(repository, 'full_name'),
    url: textOf(repository, 'html_url'),
    defaultBranch,
    visibility: flagOf(repository, 'private') ? 'private' : 'public',
    actionsOpenPulls,
    pages,
    environments,
    sharedSecrets,
    rules: new Map(ruled),
    immutableReleases,
    workflow: found,
  };
}

/** A rule or a classic protection; what the latter forbids only an administrator sees. */
async function readGuard(place: Place, branch: string): Promise<'open' | 'guarded'> {
  const { deletion, forcePush } = await readRulesets(place, branch);
  if (deletion === 'forbidden' && forcePush === 'forbidden') return 'guarded';
  const found = await readOrNull(
    place,
    'GET /repos/{owner}/{repo}/branches/{branch}',
    { branch },
    settingPurpose(`branch ${branch}`, 'contents: read'),
  );
  return found === null || flagOf(found, 'protected') ? 'guarded' : 'open';
}

async function readAdmits(place: Place, name: string): Promise<EnvironmentSettings['admits'] | null> {
  const route = 'GET /repos/{owner}/{repo}/environments/{environment_name}';
  const found = await readOrNull(place, route, { environment_name: name }, settingPurpose(`environment ${name}`, 'actions: read'));
  return found === null ? null : admits(place, name, found);
}

/** What guards the online key and some branches, as a job's own token sees it. @throws `io`, `rate-limited` */
export async function readGuards(place: Place, environment: string, branches: readonly string[]): Promise<GuardFacts> {
  const repository = await read(place, 'GET /repos/{owner}/{repo}', {}, settingPurpose('repository', 'metadata: read'));
  const guard = async (branch: string): Promise<[string, Known<'open' | 'guarded'>]> => [
    branch,
    await known(() => readGuard(place, branch)),
  ];
  return {
    defaultBranch: textOf(repository, 'default_branch'),
    environment: await known(() => readAdmits(place, environment)),
    branches: new Map(await Promise.all(branches.map(guard))),
  };
}
