// SPDX-License-Identifier: Apache-2.0
import { HttpFailure, NO_CONTENT, created, notFound, ok } from './reply.ts';
import type { Fields } from './reply.ts';
import { ADMIN } from './call.ts';
import type { Call, Route } from './call.ts';
import { rulesOfBranch } from './rule-check.ts';
import { repositoryUrl } from './shapes.ts';
import type { Rule, Ruleset } from './state.ts';

const REPO = '/repos/{owner}/{repo}';

/** Settings of Actions and releases, and rulesets. */
export const settingRoutes: readonly Route[] = [
  { method: 'GET', path: `${REPO}/actions/permissions`, need: ADMIN, handle: () => ok({ enabled: true, allowed_actions: 'all' }) },
  { method: 'GET', path: `${REPO}/actions/permissions/workflow`, need: ADMIN, handle: workflowPermissions },
  { method: 'PUT', path: `${REPO}/actions/permissions/workflow`, need: ADMIN, handle: setWorkflowPermissions },
  { method: 'GET', path: `${REPO}/immutable-releases`, need: ADMIN, handle: immutable },
  { method: 'GET', path: `${REPO}/rulesets`, need: { job: 'always', person: 'anyone' }, handle: listRulesets },
  { method: 'POST', path: `${REPO}/rulesets`, need: ADMIN, handle: createRuleset },
  { method: 'GET', path: `${REPO}/rulesets/{ruleset_id}`, need: { job: 'always', person: 'anyone' }, handle: getRuleset },
  { method: 'GET', path: `${REPO}/rules/branches/{branch}`, need: { job: 'always', person: 'anyone' }, handle: branchRules },
];

function workflowPermissions(call: Call) {
  const { settings } = call.repository;
  return ok({
    default_workflow_permissions: settings.defaultWorkflowPermissions,
    can_approve_pull_request_reviews: settings.actionsMayCreatePulls,
  });
}

function setWorkflowPermissions(call: Call) {
  const { settings } = call.repository;
  const level = call.text('default_workflow_permissions');
  if (level === 'read' || level === 'write') settings.defaultWorkflowPermissions = level;
  settings.actionsMayCreatePulls = call.flag('can_approve_pull_request_reviews') ?? settings.actionsMayCreatePulls;
  return NO_CONTENT;
}

function immutable(call: Call) {
  if (!call.repository.settings.immutableReleases) throw notFound();
  return ok({ enabled: true, enforced_by_owner: false });
}

/** Private repositories of free plans have no rules. */
function checkPlan(call: Call): void {
  if (call.repository.private && call.repository.plan === 'free') {
    throw new HttpFailure(403, 'Upgrade to GitHub Pro or make this repository public to enable this feature.');
  }
}

function listRulesets(call: Call) {
  checkPlan(call);
  return call.page([...call.repository.rulesets.values()], (ruleset) => {
    const { rules: _rules, conditions: _conditions, ...short } = rulesetShape(call, ruleset);
    return short;
  });
}

function createRuleset(call: Call) {
  checkPlan(call);
  const { world, repository } = call;
  const names = refNames(call.body['conditions']);
  const target = call.text('target');
  const enforcement = call.text('enforcement');
  const ruleset: Ruleset = {
    id: world.nextId(),
    name: call.text('name') ?? '',
    target: target === 'tag' || target === 'push' ? target : 'branch',
    enforcement: enforcement === 'active' || enforcement === 'evaluate' ? enforcement : 'disabled',
    include: names.include,
    exclude: names.exclude,
    rules: call.list('rules').map((rule) => ruleOf(rule)),
    bypass: call.list('bypass_actors'),
    createdAt: world.now(),
  };
  repository.rulesets.set(ruleset.id, ruleset);
  return created(rulesetShape(call, ruleset));
}

function ruleOf(rule: Fields): Rule {
  const { type, parameters } = rule;
  const given = typeof parameters === 'object' && parameters !== null ? { parameters: parameters as Fields } : {};
  return { type: String(type), ...given };
}

function refNames(conditions: unknown): { readonly include: readonly string[]; readonly exclude: readonly string[] } {
  const { ref_name: names } = (conditions ?? {}) as { readonly ref_name?: { readonly include?: string[]; readonly exclude?: string[] } };
  return { include: names?.include ?? [], exclude: names?.exclude ?? [] };
}

function getRuleset(call: Call) {
  const ruleset = call.repository.rulesets.get(call.number('ruleset_id'));
  if (ruleset === undefined) throw notFound();
  return ok(rulesetShape(call, ruleset));
}

function rulesetShape(call: Call, ruleset: Ruleset): Fields {
  return {
    id: ruleset.id,
    name: ruleset.name,
    target: ruleset.target,
    source_type: 'Repository',
    source: call.world.fullName(call.repository),
    enforcement: ruleset.enforcement,
    conditions: { ref_name: { include: ruleset.include, exclude: ruleset.exclude } },
    rules: ruleset.rules,
    node_id: Buffer.from(`Ruleset:${ruleset.id}`).toString('base64url'),
    _links: { self: { href: `${repositoryUrl(call.world, call.repository)}/rulesets/${ruleset.id}` } },
    created_at: ruleset.createdAt,
    updated_at: ruleset.createdAt,
    // Only those who may change the rules see who is beyond them.
    ...(call.actor.kind === 'user' && call.world.level(call.repository, call.actor.user) === 'admin'
      ? { bypass_actors: ruleset.bypass }
      : {}),
  };
}

function branchRules(call: Call) {
  const source = { ruleset_source_type: 'Repository', ruleset_source: call.world.fullName(call.repository) };
  return call.page(rulesOfBranch(call.repository, call.param('branch')), ({ ruleset, rule }) => ({
    ...rule,
    ...source,
    ruleset_id: ruleset.id,
  }));
}
