// SPDX-License-Identifier: Apache-2.0
import type { Actor, Protection, Repository, Rule, Ruleset } from './state.ts';
import type { World } from './world.ts';

/** A ref update, as rules see it. */
export interface Update {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly forward: boolean;
}

/** Active rules that hold for a branch, with the ruleset of each. */
export function rulesOfBranch(repository: Repository, branch: string): readonly { readonly ruleset: Ruleset; readonly rule: Rule }[] {
  return [...repository.rulesets.values()]
    .filter(
      (ruleset) => ruleset.target === 'branch' && ruleset.enforcement === 'active' && matches(ruleset, repository, `refs/heads/${branch}`),
    )
    .flatMap((ruleset) => ruleset.rules.map((rule) => ({ ruleset, rule })));
}

/** Sentences of the rules that refuse an update; empty when none does. */
export function checkRules(world: World, repository: Repository, actor: Actor, update: Update, merge: number | null): readonly string[] {
  const refused = [...repository.rulesets.values()]
    .filter(
      (ruleset) =>
        ruleset.enforcement === 'active' && matches(ruleset, repository, update.name) && !bypasses(world, repository, ruleset, actor),
    )
    .flatMap((ruleset) => ruleset.rules.map((rule) => refusalOf(repository, rule, update, merge)))
    .filter((sentence) => sentence !== null);
  const protection = repository.protections.get(update.name.replace(/^refs\/heads\//, ''));
  return protection === undefined || update.before === null ? refused : [...refused, ...classic(repository, protection, update, merge)];
}

function refusalOf(repository: Repository, rule: Rule, update: Update, merge: number | null): string | null {
  if (rule.type === 'deletion') return update.after === null ? 'Cannot delete this branch' : null;
  if (rule.type === 'non_fast_forward') return update.forward ? null : 'Cannot force-push to this branch';
  if (rule.type === 'creation') return update.before === null ? 'Cannot create ref due to creations being restricted.' : null;
  if (rule.type === 'update') return update.before !== null && update.after !== null ? 'Cannot update this protected ref.' : null;
  if (update.before === null || update.after === null) return null;
  if (rule.type === 'pull_request') {
    const asked = rule.parameters?.['required_approving_review_count'];
    return merge !== null && approvals(repository, merge) >= (typeof asked === 'number' ? asked : 0)
      ? null
      : 'Changes must be made through a pull request.';
  }
  if (rule.type === 'required_status_checks') {
    const checks = rule.parameters?.['required_status_checks'];
    const contexts = Array.isArray(checks) ? checks.map((check: { context?: unknown }) => String(check.context)) : [];
    const missing = contexts.filter((context) => !passed(repository, merge, update, context));
    return missing.length === 0 ? null : `Required status check "${missing[0] ?? ''}" is expected.`;
  }
  return null;
}

function classic(repository: Repository, protection: Protection, update: Update, merge: number | null): readonly string[] {
  if (update.after === null) return protection.allowDeletions ? [] : ['Cannot delete this protected branch'];
  const refused: string[] = [];
  if (!update.forward && !protection.allowForcePushes) refused.push('Cannot force-push to this protected branch');
  if (protection.requirePulls && (merge === null || approvals(repository, merge) < protection.approvals)) {
    refused.push('Changes must be made through a pull request.');
  }
  for (const context of protection.statusChecks) {
    if (!passed(repository, merge, update, context)) refused.push(`Required status check "${context}" is expected.`);
  }
  return refused;
}

/** People whose latest verdict on a pull request is an approval. */
export function approvals(repository: Repository, number: number): number {
  const verdicts = new Map<number, string>();
  for (const review of repository.pulls.get(number)?.reviews ?? []) {
    if (review.state !== 'COMMENTED' && review.state !== 'PENDING') verdicts.set(review.user, review.state);
  }
  return [...verdicts].filter(
    ([user, state]) => state === 'APPROVED' && ['write', 'admin'].includes(repository.collaborators.get(user) ?? ''),
  ).length;
}

function passed(repository: Repository, merge: number | null, update: Update, context: string): boolean {
  const sha = merge === null ? update.after : repository.pulls.get(merge)?.headSha;
  return repository.statuses.findLast((status) => status.sha === sha && status.context === context)?.state === 'success';
}

/** GITHUB_TOKEN can be no bypass actor; people can, by id or by the role that they have. */
function bypasses(world: World, repository: Repository, ruleset: Ruleset, actor: Actor): boolean {
  if (actor.kind !== 'user') return false;
  const role = world.level(repository, actor.user);
  return ruleset.bypass.some(
    (one) =>
      (one['actor_type'] === 'User' && one['actor_id'] === actor.user.id) || (one['actor_type'] === 'RepositoryRole' && role === 'admin'),
  );
}

function matches(ruleset: Ruleset, repository: Repository, name: string): boolean {
  if (!name.startsWith(ruleset.target === 'tag' ? 'refs/tags/' : 'refs/heads/')) return false;
  const hit = (pattern: string): boolean => {
    if (pattern === '~ALL') return true;
    if (pattern === '~DEFAULT_BRANCH') return name === `refs/heads/${repository.defaultBranch}`;
    const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
    const source = escaped.replace(/\*\*\/?|\*|\?/g, (star) => (star === '?' ? '[^/]' : star === '*' ? '[^/]*' : '.*'));
    return new RegExp(`^${source}$`).test(name);
  };
  return ruleset.include.some(hit) && !ruleset.exclude.some(hit);
}
