// SPDX-License-Identifier: Apache-2.0
import type { Hub } from './hub.ts';
import type { Start, WorkflowRun } from './run-workflow.ts';
import { mapping, names, parseWorkflow, type Mapping, type WorkflowFile } from './workflow-file.ts';

/** A pull request, as far as events need it. */
export interface EventPull {
  readonly number: number;
  readonly headRef: string;
  readonly headSha: string;
  /** `owner/name` of where the head branch is. */
  readonly headRepository: string;
  readonly baseRef: string;
  /** The commit of `refs/pull/N/merge`; null when there are conflicts, and then no workflow runs. */
  readonly mergeSha: string | null;
}

/** Something that happened on the host and may start workflows. */
export interface HubEvent {
  readonly name: string;
  /** `submitted`, `created`; null for events without. */
  readonly action: string | null;
  readonly payload: Mapping;
  readonly actor: string;
  /** Whose token did it. What a job's GITHUB_TOKEN does starts nothing, but for the two dispatches. */
  readonly by: 'person' | 'job';
  /** Which files it starts: of the default branch, of the ref that it names, or of a pull request's merge. */
  readonly code:
    { readonly kind: 'default' } | { readonly kind: 'ref'; readonly ref: string } | { readonly kind: 'pull'; readonly pull: EventPull };
  /** True when the actor is no collaborator: the runs wait for an approval that nobody gives. */
  readonly outsider: boolean;
}

/** A workflow that an event starts; `held` ends at once as `action_required`. */
export interface Started {
  readonly start: Start;
  readonly held: boolean;
}

const WORKFLOWS = '.github/workflows';
/** Without `types`, these events start a workflow for these actions only. */
const DEFAULT_TYPES: ReadonlyMap<string, readonly string[]> = new Map([
  ['pull_request', ['opened', 'synchronize', 'reopened']],
  ['pull_request_target', ['opened', 'synchronize', 'reopened']],
]);

function matches(pattern: string, name: string): boolean {
  const source = pattern
    .split(/(\*\*|\*)/)
    .map((part) => (part === '**' ? '.*' : part === '*' ? '[^/]*' : part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')))
    .join('');
  return new RegExp(`^${source}$`).test(name);
}

function passesNames(config: Mapping, key: string, name: string): boolean {
  const only = config[key];
  const not = config[`${key}-ignore`];
  if (only !== undefined && !names(only).some((pattern) => matches(pattern, name))) return false;
  return not === undefined || !names(not).some((pattern) => matches(pattern, name));
}

function passesPush(config: Mapping, ref: string): boolean {
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  const tag = /^refs\/tags\/(.+)$/.exec(ref)?.[1];
  const asked = (key: string): boolean => config[key] !== undefined || config[`${key}-ignore`] !== undefined;
  // A filter of one kind alone leaves the other kind out.
  if (branch !== undefined) return asked('branches') ? passesNames(config, 'branches', branch) : !asked('tags');
  return tag !== undefined && (asked('tags') ? passesNames(config, 'tags', tag) : !asked('branches'));
}

function passes(file: WorkflowFile, event: HubEvent): boolean {
  const config = file.on.get(event.name);
  if (config === undefined) return false;
  if (config['paths'] !== undefined || config['paths-ignore'] !== undefined)
    throw new Error(`${file.path}: the driver does not know paths filters`);
  const types = config['types'] === undefined ? DEFAULT_TYPES.get(event.name) : names(config['types']);
  if (types !== undefined && event.action !== null && !types.includes(event.action)) return false;
  switch (event.name) {
    case 'push':
      return event.code.kind === 'ref' && passesPush(config, event.code.ref);
    case 'pull_request':
    case 'pull_request_target':
      return event.code.kind !== 'pull' || passesNames(config, 'branches', event.code.pull.baseRef);
    case 'workflow_run': {
      const run = mapping(event.payload['workflow_run']);
      return names(config['workflows']).includes(String(run['name'])) && passesNames(config, 'branches', String(run['head_branch']));
    }
    case 'workflow_dispatch':
      return event.payload['workflow'] === file.path;
    default:
      // Branch filters of reviews are not documented, so here they filter nothing.
      return true;
  }
}

function place(hub: Hub, event: HubEvent): Pick<Start, 'commit' | 'ref' | 'from' | 'headSha' | 'headBranch' | 'headRepository'> | null {
  if (event.code.kind === 'pull') {
    const { number, mergeSha, headSha, headRef, headRepository } = event.code.pull;
    if (mergeSha === null) return null;
    const from = headRepository === hub.fullName ? 'repository' : 'fork';
    return { commit: mergeSha, ref: `refs/pull/${number}/merge`, from, headSha, headBranch: headRef, headRepository };
  }
  const ref = event.code.kind === 'ref' ? event.code.ref : `refs/heads/${hub.defaultBranch}`;
  const commit = hub.ref(ref);
  if (commit === null) return null;
  return {
    commit,
    ref,
    from: 'repository',
    headSha: commit,
    headBranch: ref.replace(/^refs\/(heads|tags)\//, ''),
    headRepository: hub.fullName,
  };
}

/** The workflows that an event starts, and of which commit, as GitHub decides it. */
export function startedBy(hub: Hub, event: HubEvent): readonly Started[] {
  const dispatches = event.name === 'workflow_dispatch' || event.name === 'repository_dispatch';
  const isPull = event.code.kind === 'pull';
  // A pull request that a job opens makes runs, which wait for an approval; all else that a job does starts nothing.
  if (event.by === 'job' && !dispatches && !(event.name === 'pull_request' && event.action === 'opened')) return [];
  const where = place(hub, event);
  if (where === null) return [];
  const found: Started[] = [];
  for (const name of hub.list(where.commit, WORKFLOWS)) {
    if (!/\.ya?ml$/.test(name)) continue;
    const path = `${WORKFLOWS}/${name}`;
    const file = parseWorkflow(path, hub.file(where.commit, path) ?? '');
    if (!passes(file, event)) continue;
    const start: Start = { file, event: event.name, payload: event.payload, actor: event.actor, ...where };
    found.push({ start, held: isPull && (event.outsider || event.by === 'job') });
  }
  return found;
}

/** The event that a run which is over makes. */
export function completed(hub: Hub, run: WorkflowRun): HubEvent {
  const { start } = run;
  const [owner = '', name = ''] = hub.fullName.split('/');
  return {
    name: 'workflow_run',
    action: 'completed',
    payload: {
      action: 'completed',
      workflow: { name: start.file.name, path: start.file.path },
      workflow_run: {
        id: run.id,
        name: start.file.name,
        path: start.file.path,
        event: start.event,
        status: 'completed',
        conclusion: run.conclusion,
        head_branch: start.headBranch,
        head_sha: start.headSha,
        head_repository: { full_name: start.headRepository, fork: start.headRepository !== hub.fullName },
        actor: { login: start.actor },
        pull_requests: [],
      },
      repository: { full_name: hub.fullName, name, owner: { login: owner }, default_branch: hub.defaultBranch },
      sender: { login: start.actor },
    },
    actor: start.actor,
    by: 'person',
    code: { kind: 'default' },
    outsider: false,
  };
}
