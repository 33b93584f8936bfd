// SPDX-License-Identifier: Apache-2.0
import type { EnvironmentSettings } from '../ports/settings.ts';
import { admitsOnly } from './decide-settings.ts';
import { unseen, type DoctorFacts, type DoctorFinding, type Draft, type HeldKey, type Severity } from './doctor-finding.ts';
import { ofCaller, ofHosting, ofSchedule, ofWake } from './doctor-workflows.ts';
import { METADATA_BRANCH, PUBLISHED_BRANCH } from './layout.ts';
import { CUSTODY_SECRET, ONLINE_SECRET } from './workflow-names.ts';

export type { CallerFacts, DoctorFacts, DoctorFinding, HeldKey, Severity } from './doctor-finding.ts';

function ofEnvironment(key: HeldKey, found: EnvironmentSettings | undefined, branch: string): readonly Draft[] {
  const { environment, name } = key;
  const at = (severity: Severity, code: string, detail: string, change: string): Draft => ({
    severity,
    code,
    detail: `environment ${environment}: ${detail}`,
    change,
    page: 'settings/environments',
  });
  if (found === undefined) return [at('broken', 'environment-missing', 'is not there', 'run `countersign init --github` again')];
  const drafts: Draft[] = [];
  const holds = found.secrets.includes(name);
  if (!admitsOnly(found, branch)) {
    const detail = `admits more than ${branch}, so a writer's own branch can ${holds ? 'use the key in it' : 'reach it'}`;
    const change = `restrict it to the branch ${branch}${holds ? ', and replace the key: it may have been read' : ' before a secret is set'}`;
    drafts.push(at(holds ? 'leak' : 'broken', 'environment-open', detail, change));
  }
  if (!holds) drafts.push(at('broken', 'secret-missing', `has no secret ${name}`, 'run `countersign init --github` again, or set it'));
  if (found.reviewers > 0 || found.waitMinutes > 0) {
    const detail = 'has reviewers or a wait timer, so that a job waits for them and holds up all later ones';
    drafts.push(at('broken', 'environment-waits', detail, 'remove them: who may sign is decided by the signed metadata'));
  }
  return drafts;
}

/** Environments that the policy does not name, and that hold a secret of ours: a policy can be changed by whoever may push. */
function strayKeys(environments: ReadonlyMap<string, EnvironmentSettings>, keys: readonly HeldKey[]): readonly HeldKey[] {
  return [...environments].flatMap(([environment, { secrets }]) =>
    secrets
      .filter((name) => name === ONLINE_SECRET || name === CUSTODY_SECRET)
      .filter((name) => !keys.some((key) => key.environment === environment && key.name === name))
      .map((name) => ({ environment, name })),
  );
}

function ofKeys({ settings, keys }: DoctorFacts): readonly Draft[] {
  const names = new Set([ONLINE_SECRET, CUSTODY_SECRET, ...keys.map(({ name }) => name)]);
  const shared = unseen(
    settings.sharedSecrets,
    'the secrets of the repository',
    'settings/secrets/actions',
    (secrets) =>
      secrets
        .filter((name) => names.has(name))
        .map((name) => ({
          severity: 'leak',
          code: 'secret-shared',
          detail: `secret ${name} is kept for the whole repository: every branch's workflows can read it`,
          change: 'delete it there, and replace that key',
          page: 'settings/secrets/actions',
        })),
    'broken',
  );
  const environments = unseen(
    settings.environments,
    'the environments',
    'settings/environments',
    (found) =>
      [...keys, ...strayKeys(found, keys)].flatMap((key) => ofEnvironment(key, found.get(key.environment), settings.defaultBranch)),
    'broken',
  );
  return [...shared, ...environments];
}

/** One switch lets Actions open pull requests, which we need, and approve them: then a workflow of a writer's own branch approves what that writer proposes. */
function ofDefaultBranch({ settings }: DoctorFacts): readonly Draft[] {
  const { defaultBranch, rules, actionsOpenPulls } = settings;
  const found = rules.get(defaultBranch) ?? { kind: 'unknown' as const, reason: 'nothing was said of it' };
  const botMayApprove = actionsOpenPulls.kind === 'unknown' || actionsOpenPulls.value;
  const ways = botMayApprove
    ? `a code owner's review, and name people for /.github/ in .github/CODEOWNERS, as Actions may approve too; or two approvals`
    : "another person's approval";
  const change = `require a pull request for ${defaultBranch} with ${ways}`;
  const at = (code: string, detail: string): readonly Draft[] => [
    { severity: 'leak', code, detail: `${defaultBranch}: ${detail}`, change, page: 'settings/rules' },
  ];
  return unseen(
    found,
    `the rules of ${defaultBranch}`,
    'settings/rules',
    ({ approvals, codeOwnerReview }) => {
      if (codeOwnerReview === 'required' || approvals > (botMayApprove ? 1 : 0)) return [];
      if (approvals === 0)
        return at('default-branch-alone', 'one writer alone can change the workflow that uses the online and custody keys');
      const detail = 'one approval is enough, and a workflow may give it: so one writer alone can change the workflow that uses the keys';
      return at('approval-by-actions', detail);
    },
    'broken',
  );
}

function ofOurBranches({ settings }: DoctorFacts): readonly Draft[] {
  return [METADATA_BRANCH, PUBLISHED_BRANCH].flatMap((branch) => {
    const found = settings.rules.get(branch) ?? { kind: 'unknown' as const, reason: 'nothing was said of it' };
    return unseen(found, `the rules of ${branch}`, 'settings/rules', ({ deletion, forcePush, staleApprovals }) => {
      const drafts: Draft[] = [];
      if (deletion === 'allowed' || forcePush === 'allowed') {
        const detail = `${branch}: can be ${[...(deletion === 'allowed' ? ['deleted'] : []), ...(forcePush === 'allowed' ? ['force-pushed'] : [])].join(' and ')}, which is noticed and built upon, but not prevented`;
        drafts.push({ severity: 'advice', code: 'branch-open', detail, change: 'forbid both by a rule', page: 'settings/rules' });
      }
      if (branch === METADATA_BRANCH && staleApprovals === 'dismissed') {
        const detail = `${branch}: approvals are dismissed when a commit is pushed, so an event may need them again`;
        drafts.push({
          severity: 'advice',
          code: 'stale-approvals',
          detail,
          change: 'switch that off for this branch: what an approval covers is checked anyway',
          page: 'settings/rules',
        });
      }
      return drafts;
    });
  });
}

function ofActions({ settings }: DoctorFacts): readonly Draft[] {
  return unseen(settings.actionsOpenPulls, 'whether Actions may open pull requests', 'settings/actions', (allowed) =>
    allowed
      ? []
      : [
          {
            severity: 'broken',
            code: 'actions-pull-requests',
            detail: 'Actions may not open pull requests, so nothing can be proposed',
            change: 'switch on "Allow GitHub Actions to create and approve pull requests"',
            page: 'settings/actions',
          },
        ],
  );
}

const ORDER: readonly Severity[] = ['leak', 'broken', 'advice'];

/** Judges everything that doctor has read. The worst comes first. */
export function decideDoctor(facts: DoctorFacts): readonly DoctorFinding[] {
  const checks = [ofKeys, ofDefaultBranch, ofCaller, ofActions, ofHosting, ofSchedule, ofWake, ofOurBranches];
  const findings = checks
    .flatMap((check) => check(facts))
    .map(({ page, ...finding }): DoctorFinding => ({ ...finding, url: `${facts.settings.url}/${page}` }));
  return ORDER.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
}
