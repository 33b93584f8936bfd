// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { HttpFailure, NO_CONTENT, notFound, ok, unprocessable } from './reply.ts';
import type { Fields } from './reply.ts';
import { reads, writes } from './call.ts';
import type { Call, Route } from './call.ts';
import { entryAt } from './history.ts';
import { minimalRepository, nodeId, repositoryUrl, simpleUser, webUrl } from './shapes.ts';
import type { Repository, Run } from './state.ts';
import type { World } from './world.ts';

const ACTIONS = '/repos/{owner}/{repo}/actions';

/** Workflows and their runs. */
export const runRoutes: readonly Route[] = [
  { method: 'GET', path: `${ACTIONS}/runs`, need: reads('actions'), handle: (call) => listRuns(call, null) },
  { method: 'GET', path: `${ACTIONS}/runs/{run_id}`, need: reads('actions'), handle: getRun },
  { method: 'GET', path: `${ACTIONS}/workflows`, need: reads('actions'), handle: listWorkflows },
  {
    method: 'GET',
    path: `${ACTIONS}/workflows/{workflow_id}`,
    need: reads('actions'),
    handle: (call) => ok(workflowShape(call, workflowOf(call))),
  },
  {
    method: 'GET',
    path: `${ACTIONS}/workflows/{workflow_id}/runs`,
    need: reads('actions'),
    handle: (call) => listRuns(call, workflowOf(call)),
  },
  { method: 'POST', path: `${ACTIONS}/workflows/{workflow_id}/dispatches`, need: writes('actions'), handle: dispatch },
];

const FOLDER = '.github/workflows';

/** Paths of the workflow files of a branch, and of those that have run. */
function workflows(repository: Repository, branch: string): readonly string[] {
  const { objects, refs } = repository;
  const tree = objects.commit(refs.get(`refs/heads/${branch}`) ?? '')?.tree ?? '';
  const folder = entryAt(objects, tree, FOLDER);
  const files = (objects.tree(folder?.sha ?? '') ?? [])
    .filter((item) => /\.ya?ml$/.test(item.name))
    .map((item) => `${FOLDER}/${item.name}`);
  return [...new Set([...files, ...[...repository.runs.values()].map((run) => run.path)])];
}

function workflowId(repository: Repository, path: string): number {
  return createHash('sha1').update(`${repository.id}:${path}`).digest().readUInt32BE(0);
}

function workflowOf(call: Call): string {
  const wanted = call.param('workflow_id');
  const found = workflows(call.repository, call.repository.defaultBranch).find(
    (path) => path === `${FOLDER}/${wanted}` || path === wanted || String(workflowId(call.repository, path)) === wanted,
  );
  if (found === undefined) throw notFound();
  return found;
}

function workflowShape(call: Call, path: string): Fields {
  const { world, repository } = call;
  const id = workflowId(repository, path);
  const web = webUrl(world, repository);
  return {
    id,
    node_id: nodeId('Workflow', id),
    name: path.split('/').at(-1) ?? '',
    path,
    state: 'active',
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
    url: `${repositoryUrl(world, repository)}/actions/workflows/${id}`,
    html_url: `${web}/blob/${repository.defaultBranch}/${path}`,
    badge_url: `${web}/workflows/${encodeURIComponent(path.split('/').at(-1) ?? '')}/badge.svg`,
  };
}

function listWorkflows(call: Call) {
  return call.pageOf('workflows', workflows(call.repository, call.repository.defaultBranch), (path) => workflowShape(call, path));
}

function listRuns(call: Call, path: string | null) {
  const { world, repository, query } = call;
  const is = (name: string, value: string | null): boolean => query.get(name) === null || query.get(name) === value;
  const found = [...repository.runs.values()]
    .toReversed()
    .filter((run) => path === null || run.path === path)
    .filter((run) => is('event', run.event) && is('branch', run.headBranch) && is('head_sha', run.headSha))
    .filter((run) => is('status', run.status) || is('status', run.conclusion))
    .filter((run) => is('actor', world.userById(run.actor).login));
  return call.pageOf('workflow_runs', found, (run) => runShape(world, repository, run));
}

function getRun(call: Call) {
  const run = call.repository.runs.get(call.number('run_id'));
  if (run === undefined) throw notFound();
  return ok(runShape(call.world, call.repository, run));
}

/** A workflow run. */
export function runShape(world: World, repository: Repository, run: Run): Fields {
  const url = `${repositoryUrl(world, repository)}/actions/runs/${run.id}`;
  const id = workflowId(repository, run.path);
  const commit = repository.objects.commit(run.headSha);
  const actor = simpleUser(world, world.userById(run.actor));
  const person = (one: { readonly name: string; readonly email: string }): Fields => ({ name: one.name, email: one.email });
  return {
    id: run.id,
    name: run.path.split('/').at(-1) ?? '',
    node_id: nodeId('WorkflowRun', run.id),
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.path,
    run_number: run.number,
    run_attempt: 1,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: id,
    url,
    html_url: `${webUrl(world, repository)}/actions/runs/${run.id}`,
    pull_requests: [],
    created_at: run.createdAt,
    updated_at: run.createdAt,
    run_started_at: run.createdAt,
    actor,
    triggering_actor: actor,
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${repositoryUrl(world, repository)}/check-suites/${run.id}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    workflow_url: `${repositoryUrl(world, repository)}/actions/workflows/${id}`,
    head_commit:
      commit === null
        ? null
        : {
            id: commit.sha,
            tree_id: commit.tree,
            message: commit.message,
            timestamp: commit.committer.date,
            author: person(commit.author),
            committer: person(commit.committer),
          },
    repository: minimalRepository(world, repository),
    head_repository: minimalRepository(world, world.repositoryById(run.headRepository)),
    head_repository_id: run.headRepository,
    display_title: commit?.message.split('\n')[0] ?? '',
  };
}

function dispatch(call: Call) {
  const { world, repository } = call;
  const path = workflowOf(call);
  const ref = (call.text('ref') ?? '').replace(/^refs\/(?:heads|tags)\//, '');
  const sha = repository.refs.get(`refs/heads/${ref}`) ?? repository.refs.get(`refs/tags/${ref}`);
  if (sha === null) throw unprocessable(`No ref found for: ${ref}`);
  const file = entryAt(repository.objects, repository.objects.commit(sha)?.tree ?? '', path);
  const text = repository.objects.get(file?.sha ?? '')?.body.toString('utf8') ?? '';
  if (!text.includes('workflow_dispatch')) throw new HttpFailure(422, "Workflow does not have 'workflow_dispatch' trigger");
  const inputs = call.body['inputs'];
  const given = typeof inputs === 'object' && inputs !== null ? (inputs as Fields) : {};
  repository.dispatches.push({ workflow: path, ref, inputs: given, actor: call.user.login });
  if (call.flag('return_run_details') !== true) return NO_CONTENT;
  const id = world.nextId();
  const details = {
    run_url: `${repositoryUrl(world, repository)}/actions/runs/${id}`,
    html_url: `${webUrl(world, repository)}/actions/runs/${id}`,
  };
  return ok({ workflow_run_id: id, ...details });
}
