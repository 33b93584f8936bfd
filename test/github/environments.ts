// SPDX-License-Identifier: Apache-2.0
import { NO_CONTENT, notFound, ok, unprocessable } from './reply.ts';
import type { Fields } from './reply.ts';
import { ADMIN, reads } from './call.ts';
import type { Call, Route } from './call.ts';
import { nodeId, repositoryUrl, simpleUser, webUrl } from './shapes.ts';
import type { Environment } from './state.ts';

const ENVIRONMENTS = '/repos/{owner}/{repo}/environments';
const ONE = `${ENVIRONMENTS}/{environment_name}`;

/** Deployment environments and which branches they admit. */
export const environmentRoutes: readonly Route[] = [
  { method: 'GET', path: ENVIRONMENTS, need: reads('actions'), handle: list },
  { method: 'GET', path: ONE, need: reads('actions'), handle: (call) => ok(environmentShape(call, environmentOf(call))) },
  { method: 'PUT', path: ONE, need: ADMIN, handle: put },
  { method: 'DELETE', path: ONE, need: ADMIN, handle: remove },
  { method: 'GET', path: `${ONE}/deployment-branch-policies`, need: reads('actions'), handle: policies },
  { method: 'POST', path: `${ONE}/deployment-branch-policies`, need: ADMIN, handle: addPolicy },
  { method: 'DELETE', path: `${ONE}/deployment-branch-policies/{branch_policy_id}`, need: ADMIN, handle: removePolicy },
];

/** Private repositories of free plans have no environments. */
function checkPlan(call: Call): void {
  if (call.repository.private && call.repository.plan === 'free') throw notFound();
}

/** @throws 404 */
export function environmentOf(call: Call): Environment {
  checkPlan(call);
  const environment = call.repository.environments.get(call.param('environment_name').toLowerCase());
  if (environment === undefined) throw notFound();
  return environment;
}

function list(call: Call) {
  checkPlan(call);
  return call.pageOf('environments', [...call.repository.environments.values()], (one) => environmentShape(call, one));
}

function put(call: Call) {
  const { world, repository } = call;
  if (repository.private && repository.plan === 'free') {
    throw unprocessable('Failed to create the environment: environments are not available for private repositories on this plan.');
  }
  const name = call.param('environment_name');
  const key = name.toLowerCase();
  const policy = branchPolicy(call);
  const environment: Environment = repository.environments.get(key) ?? {
    id: world.nextId(),
    name,
    waitTimer: 0,
    preventSelfReview: false,
    reviewers: [],
    branchPolicy: null,
    policies: [],
    secrets: new Map(),
    createdAt: world.now(),
  };
  const { wait_timer: wait } = call.body;
  // A PUT replaces: what is not said falls back to nothing.
  environment.waitTimer = typeof wait === 'number' ? wait : 0;
  environment.preventSelfReview = call.flag('prevent_self_review') ?? false;
  environment.reviewers = call.list('reviewers').map((one) => ({ type: one['type'] === 'Team' ? 'Team' : 'User', id: Number(one['id']) }));
  environment.branchPolicy = policy;
  if (policy?.custom_branch_policies !== true) environment.policies.length = 0;
  repository.environments.set(key, environment);
  return ok(environmentShape(call, environment));
}

function branchPolicy(call: Call): Environment['branchPolicy'] {
  const value = call.body['deployment_branch_policy'];
  if (typeof value !== 'object' || value === null) return null;
  const { protected_branches: isProtected, custom_branch_policies: isCustom } = value as Record<string, unknown>;
  if (isProtected === isCustom) throw unprocessable('protected_branches and custom_branch_policies cannot have the same value');
  return { protected_branches: isProtected === true, custom_branch_policies: isCustom === true };
}

function remove(call: Call) {
  environmentOf(call);
  call.repository.environments.delete(call.param('environment_name').toLowerCase());
  return NO_CONTENT;
}

function environmentShape(call: Call, environment: Environment): Fields {
  const { world, repository } = call;
  const name = encodeURIComponent(environment.name);
  const rule = (type: string, more: Fields): Fields => {
    const id = environment.id * 10 + type.length;
    return { id, node_id: nodeId('Gate', id), type, ...more };
  };
  const reviewers = environment.reviewers
    .filter((one) => one.type === 'User')
    .map((one) => ({ type: 'User', reviewer: simpleUser(world, world.userById(one.id)) }));
  return {
    id: environment.id,
    node_id: nodeId('Environment', environment.id),
    name: environment.name,
    url: `${repositoryUrl(world, repository)}/environments/${name}`,
    html_url: `${webUrl(world, repository)}/deployments/activity_log?environments_filter=${name}`,
    created_at: environment.createdAt,
    updated_at: environment.createdAt,
    protection_rules: [
      ...(environment.waitTimer > 0 ? [rule('wait_timer', { wait_timer: environment.waitTimer })] : []),
      ...(reviewers.length > 0 ? [rule('required_reviewers', { prevent_self_review: environment.preventSelfReview, reviewers })] : []),
      ...(environment.branchPolicy === null ? [] : [rule('branch_policy', {})]),
    ],
    deployment_branch_policy: environment.branchPolicy,
  };
}

function policyShape(policy: Environment['policies'][number]): Fields {
  return { id: policy.id, node_id: nodeId('Policy', policy.id), name: policy.name, type: policy.type };
}

function policies(call: Call) {
  return call.pageOf('branch_policies', environmentOf(call).policies, policyShape);
}

function addPolicy(call: Call) {
  const environment = environmentOf(call);
  if (environment.branchPolicy?.custom_branch_policies !== true) throw notFound();
  const [name, type] = [call.text('name') ?? '', call.text('type') ?? 'branch'];
  const same = environment.policies.find((one) => one.name === name && one.type === type);
  if (same !== undefined) return { status: 303, headers: { location: call.url.href } };
  const policy = { id: call.world.nextId(), name, type };
  environment.policies.push(policy);
  return ok(policyShape(policy));
}

function removePolicy(call: Call) {
  const { policies: all } = environmentOf(call);
  const at = all.findIndex((one) => one.id === call.number('branch_policy_id'));
  if (at === -1) throw notFound();
  all.splice(at, 1);
  return NO_CONTENT;
}

/** Whether an environment admits a branch: what a runner would ask before it hands out secrets. */
export function admits(environment: Environment, branch: string, isProtected: boolean): boolean {
  if (environment.branchPolicy === null) return true;
  if (environment.branchPolicy.protected_branches) return isProtected;
  return environment.policies.some((one) => {
    const source = one.name.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*\*?|\?/g, (star) => (star === '?' ? '[^/]' : '[^/]*'));
    return one.type === 'branch' && new RegExp(`^${source}$`).test(branch);
  });
}
