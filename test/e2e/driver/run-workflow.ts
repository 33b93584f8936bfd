// SPDX-License-Identifier: Apache-2.0
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runAct, type Step } from './act.ts';
import { evaluateAll, evaluateCondition, evaluateTemplate, type Ancestors, type Contexts } from './expression.ts';
import type { Hub } from './hub.ts';
import { jobFiles, type JobPlace, type JobResult } from './job-file.ts';
import { usedActions, type ActionSources } from './used-actions.ts';
import {
  ancestorsOf,
  beyond,
  inOrder,
  mapping,
  names,
  parsePermissions,
  parseWorkflow,
  readOnly,
  type Mapping,
  type Permissions,
  type WorkflowFile,
} from './workflow-file.ts';

/** What starts a workflow. */
export interface Start {
  readonly file: WorkflowFile;
  readonly event: string;
  readonly payload: Mapping;
  /** Where the workflow file was read, and what `github.sha` is. */
  readonly commit: string;
  /** `refs/heads/main`, what `github.ref` is. */
  readonly ref: string;
  readonly actor: string;
  /** A run for a fork's branch reads only, and gets no secrets. */
  readonly from: 'repository' | 'fork';
  readonly headSha: string;
  readonly headBranch: string;
  readonly headRepository: string;
}

/** A job that is over, or one leg of its matrix. */
export interface JobRun extends JobResult {
  /** `gather`, `reconcile / gather`, `custody (carol)`. */
  readonly name: string;
  readonly steps: readonly Step[];
  readonly log: string;
  readonly annotations: readonly string[];
  readonly summary: string;
  readonly permissions: Permissions;
}

/** A run that is over. */
export interface WorkflowRun {
  readonly id: number;
  readonly start: Start;
  readonly conclusion: 'success' | 'failure' | 'skipped' | 'action_required' | 'startup_failure' | 'cancelled';
  readonly jobs: readonly JobRun[];
  /** Why GitHub would not have started it. */
  readonly problem: string | null;
}

/** What a run is done with. */
export interface Machinery {
  readonly hub: Hub;
  readonly actions: ActionSources;
  /** A directory for scratch. */
  readonly directory: string;
  readonly print: (line: string) => void;
}

/** How a run differs from a plain one. */
export interface RunOptions {
  /** A run whose successful jobs are kept, as by "Re-run failed jobs". */
  readonly again?: WorkflowRun;
  /** A job to be ended by force when the promise is fulfilled. */
  readonly kill?: { readonly job: string; readonly when: Promise<unknown> };
  /** The last job that is run. */
  readonly until?: string;
  /** Waits before a job begins. */
  readonly hold?: { readonly job: string; readonly until: Promise<unknown> };
}

interface Context {
  readonly machinery: Machinery;
  readonly start: Start;
  readonly options: RunOptions;
  readonly id: number;
  readonly attempt: number;
  readonly done: JobRun[];
  readonly github: Mapping;
}

interface Scope {
  readonly file: WorkflowFile;
  readonly results: Map<string, JobResult>;
  readonly inputs: Mapping;
  readonly secrets: ReadonlyMap<string, string>;
  /** Names of the secrets of environments that its jobs may get: all, or those that a caller passes on. */
  readonly admitted: 'all' | ReadonlySet<string>;
  /** What its jobs' tokens may have at most; null where the workflow itself decides. */
  readonly cap: Permissions | null;
  readonly caller: JobPlace['caller'];
  /** Put before the names of its jobs. */
  readonly prefix: string;
}

let counter = 0;

function ancestorState(jobs: WorkflowFile['jobs'], id: string, results: ReadonlyMap<string, JobResult>): Ancestors {
  const all = [...ancestorsOf(jobs, id)].map((one) => results.get(one)?.result);
  if (all.includes('failure')) return 'failure';
  return all.every((one) => one === 'success') ? 'success' : 'skipped';
}

function contextsOf(context: Context, scope: Scope, job: Mapping): Contexts {
  const needs = Object.fromEntries(names(job['needs']).map((id) => [id, scope.results.get(id) ?? {}]));
  return { github: context.github, needs, inputs: scope.inputs };
}

/** What a job's token may do. @throws when a called job asks for more than its caller has: GitHub starts no such workflow */
export function jobPermissions(hub: Hub, file: WorkflowFile, job: Mapping, cap: Permissions | null, from: Start['from']): Permissions {
  const own = parsePermissions(job['permissions']) ?? parsePermissions(file.document['permissions']);
  const asked = own ?? cap ?? hub.defaultPermissions();
  if (cap !== null) {
    const excess = beyond(asked, cap);
    if (excess.length > 0) throw new StartupFailure(`the called job asks for ${excess.join(', ')}, which its caller has not`);
  }
  return from === 'fork' ? readOnly(asked) : asked;
}

class StartupFailure extends Error {}

function legsOf(job: Mapping, contexts: Contexts): readonly (Mapping | null)[] {
  const { matrix } = mapping(job['strategy']);
  if (matrix === undefined) return [null];
  const { include, exclude, ...axes } = mapping(evaluateAll(matrix, contexts));
  if (exclude !== undefined) throw new Error('strategy.matrix.exclude: the driver does not know it');
  let legs: Mapping[] = Object.keys(axes).length === 0 ? [] : [{}];
  for (const [axis, values] of Object.entries(axes)) {
    legs = legs.flatMap((leg) => (Array.isArray(values) ? values : []).map((value: unknown) => ({ ...leg, [axis]: value })));
  }
  // Entries of `include` that extend a combination of the axes are not in use here: each is a leg of its own.
  return [...legs, ...(Array.isArray(include) ? include.map(mapping) : [])];
}

function environmentName(job: Mapping, contexts: Contexts): string | null {
  const { environment } = job;
  if (environment === undefined) return null;
  const name = typeof environment === 'string' ? environment : mapping(environment)['name'];
  return String(evaluateTemplate(String(name), contexts));
}

/** The secrets of a job; null when the environment that it names does not admit the branch. */
function jobSecrets(context: Context, scope: Scope, environment: string | null): ReadonlyMap<string, string> | null {
  const { hub } = context.machinery;
  if (context.start.from === 'fork') return new Map();
  if (environment === null) return scope.secrets;
  const found = hub.environment(environment);
  // GitHub makes an environment that a job names and nobody has made: without secrets, without rules.
  if (found === null) return scope.secrets;
  const branch = /^refs\/heads\/(.*)$/.exec(context.start.ref)?.[1] ?? null;
  if (!found.admits(branch)) return null;
  const admitted = [...found.secrets].filter(([name]) => scope.admitted === 'all' || scope.admitted.has(name));
  return new Map([...scope.secrets, ...admitted]);
}

function runnerEnvironment(context: Context, permissions: Permissions): ReadonlyMap<string, string> {
  const { hub } = context.machinery;
  const { start } = context;
  const oidc = permissions.get('id-token') === 'write';
  return new Map([
    ['GITHUB_API_URL', hub.apiUrl],
    ['GITHUB_GRAPHQL_URL', hub.graphqlUrl],
    ['GITHUB_SERVER_URL', hub.serverUrl],
    ['NODE_OPTIONS', `--require=${join(import.meta.dirname, 'resolve-localhost.cjs')}`],
    ['GITHUB_REPOSITORY', hub.fullName],
    ['GITHUB_REPOSITORY_OWNER', hub.fullName.split('/')[0] ?? ''],
    ['GITHUB_REF', start.ref],
    ['GITHUB_REF_NAME', start.ref.replace(/^refs\/(heads|tags|pull)\//, '')],
    ['GITHUB_REF_TYPE', start.ref.startsWith('refs/tags/') ? 'tag' : 'branch'],
    // act takes `github.sha` from this one.
    ['SHA_REF', start.commit],
    ['GITHUB_RUN_ID', String(context.id)],
    ['GITHUB_RUN_NUMBER', String(context.id)],
    ['GITHUB_RUN_ATTEMPT', String(context.attempt)],
    ['GITHUB_WORKFLOW_REF', `${hub.fullName}/${start.file.path}@${start.ref}`],
    // For the stand-ins alone, and never the job's own token: steps of the host see all of this.
    ['COUNTERSIGN_FAKE_RUN', `${hub.controlUrl}/runs/${String(context.id)}`],
    ['COUNTERSIGN_FAKE_TOKEN', hub.runnerToken()],
    ...(oidc ? ([['ACTIONS_ID_TOKEN_REQUEST_URL', `${hub.controlUrl}/oidc?run=${String(context.id)}`]] as const) : []),
    ...(oidc ? ([['ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'of-a-run']] as const) : []),
  ]);
}

async function killer(options: RunOptions, name: string): Promise<AbortSignal | undefined> {
  if (options.hold?.job === name) await options.hold.until;
  if (options.kill?.job !== name) return undefined;
  const controller = new AbortController();
  void options.kill.when.then(() => {
    controller.abort();
  });
  return controller.signal;
}

async function readOutcome(path: string): Promise<JobResult | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    // A job that was ended by force leaves none.
    return null;
  }
  const outcome = mapping(JSON.parse(text));
  const outputs = Object.fromEntries(Object.entries(mapping(outcome['outputs'])).map(([name, value]) => [name, String(value)]));
  const { result } = outcome;
  return { result: result === 'success' ? 'success' : result === 'skipped' ? 'skipped' : 'failure', outputs };
}

function printJob(context: Context, job: JobRun): void {
  const { print } = context.machinery;
  print(`  ${job.result === 'success' ? 'ok  ' : job.result === 'skipped' ? 'skip' : 'red '} ${job.name}`);
  for (const step of job.steps)
    print(`       ${(step.conclusion === 'failure' ? 'red' : step.conclusion).padEnd(7)} ${String(step.ms).padStart(6)} ms  ${step.name}`);
}

function legName(scope: Scope, id: string, leg: Mapping | null): string {
  const values = leg === null ? [] : Object.values(leg).filter((value) => typeof value === 'string' || typeof value === 'number');
  return `${scope.prefix}${id}${values.length === 0 ? '' : ` (${values.map(String).join(', ')})`}`;
}

async function runLeg(context: Context, scope: Scope, id: string, leg: Mapping | null, permissions: Permissions): Promise<JobRun> {
  const { machinery, start } = context;
  const job = scope.file.jobs.get(id) ?? {};
  const contexts = { ...contextsOf(context, scope, job), matrix: leg ?? {} };
  const name = legName(scope, id, leg);
  const secrets = jobSecrets(context, scope, environmentName(job, contexts));
  const nothing = { name, steps: [], log: '', annotations: [], summary: '', permissions, outputs: {} };
  if (secrets === null) {
    return { ...nothing, result: 'failure', annotations: [`error: the environment does not admit ${start.ref}`] };
  }
  counter += 1;
  const directory = join(machinery.directory, `job-${counter}`);
  await mkdir(directory, { recursive: true });
  const place: JobPlace = { file: scope.file, id, results: scope.results, caller: scope.caller };
  const files = jobFiles(place, leg, start.event, directory);
  for (const [path, text] of files.data) await writeFile(path, text);
  const token = machinery.hub.jobToken(permissions, start.ref);
  const signal = await killer(context.options, name);
  const ran = await runAct({
    directory,
    files: files.workflows,
    event: start.event,
    payload: start.payload,
    actor: start.actor,
    env: runnerEnvironment(context, permissions),
    secrets: new Map([...secrets, ['GITHUB_TOKEN', token]]),
    repositories: await usedActions(machinery.actions, job),
    ...(signal === undefined ? {} : { signal }),
  });
  const outcome = await readOutcome(files.collected);
  await rm(directory, { recursive: true, force: true });
  if (outcome?.result === 'skipped') throw new Error(`${name}: the driver let it run, and act did not:\n${ran.log}`);
  if (outcome === null && signal?.aborted !== true) throw new Error(`${name}: act could not run it:\n${ran.log}`);
  return { ...nothing, ...ran, steps: ran.steps.get(id) ?? [], ...(outcome ?? { result: 'failure', outputs: {} }) };
}

async function runJob(context: Context, scope: Scope, id: string): Promise<void> {
  const job = scope.file.jobs.get(id) ?? {};
  const contexts = contextsOf(context, scope, job);
  const name = `${scope.prefix}${id}`;
  const permissions = jobPermissions(context.machinery.hub, scope.file, job, scope.cap, context.start.from);
  if (!evaluateCondition(job['if'], contexts, ancestorState(scope.file.jobs, id, scope.results))) {
    scope.results.set(id, { result: 'skipped', outputs: {} });
    const skipped: JobRun = { name, result: 'skipped', outputs: {}, steps: [], log: '', annotations: [], summary: '', permissions };
    context.done.push(skipped);
    printJob(context, skipped);
    return;
  }
  if (job['uses'] !== undefined) {
    scope.results.set(id, await runCalled(context, scope, id, permissions));
    return;
  }
  const outputs: Record<string, string> = {};
  let result: JobResult['result'] = 'success';
  for (const leg of legsOf(job, contexts)) {
    const before = context.options.again?.jobs.find((one) => one.result === 'success' && one.name === legName(scope, id, leg));
    const ended = before ?? (await runLeg(context, scope, id, leg, permissions));
    if (ended.result === 'failure' && job['continue-on-error'] !== true) result = 'failure';
    Object.assign(outputs, ended.outputs);
    context.done.push(ended);
    printJob(context, ended);
  }
  scope.results.set(id, { result, outputs });
}

function calledFile(context: Context, uses: string): { readonly file: WorkflowFile; readonly same: boolean } {
  const { hub, actions } = context.machinery;
  const local = /^\.\/(.+)$/.exec(uses);
  if (local?.[1] !== undefined) {
    const text = hub.file(context.start.commit, local[1]);
    if (text === null) throw new StartupFailure(`${uses}: there is no such workflow`);
    return { file: parseWorkflow(local[1], text), same: true };
  }
  const [, repository, path, ref] = /^([^/]+\/[^/]+)\/(.+)@(.+)$/.exec(uses) ?? [];
  const text = repository === undefined || path === undefined ? null : actions.workflow(`${repository}@${String(ref)}`, path);
  if (text === null || path === undefined) throw new StartupFailure(`${uses}: there is no such workflow`);
  return { file: parseWorkflow(path, text), same: repository === hub.fullName };
}

function calledInputs(file: WorkflowFile, given: Mapping): Mapping {
  const declared = mapping(file.on.get('workflow_call')?.['inputs']);
  const missing = Object.entries(declared).filter(([name, one]) => mapping(one)['required'] === true && given[name] === undefined);
  const unknown = Object.keys(given).filter((name) => declared[name] === undefined);
  if (missing.length + unknown.length > 0)
    throw new StartupFailure(`with: ${[...missing.map(([name]) => name), ...unknown].join(', ')}: missing or unknown`);
  return Object.fromEntries(Object.entries(declared).map(([name, one]) => [name, given[name] ?? mapping(one)['default'] ?? '']));
}

async function runCalled(context: Context, scope: Scope, id: string, cap: Permissions): Promise<JobResult> {
  const job = scope.file.jobs.get(id) ?? {};
  const { file, same } = calledFile(context, String(job['uses']));
  const contexts = { ...contextsOf(context, scope, job), secrets: Object.fromEntries(scope.secrets) };
  const passed = job['secrets'] === 'inherit' ? 'all' : new Map(Object.entries(mapping(evaluateAll(job['secrets'] ?? {}, contexts))));
  const called: Scope = {
    file,
    results: new Map(),
    inputs: calledInputs(file, mapping(evaluateAll(job['with'] ?? {}, contexts))),
    secrets: passed === 'all' ? (same ? scope.secrets : new Map()) : new Map([...passed].map(([name, value]) => [name, String(value)])),
    // Of an environment's secrets a called workflow of another repository gets none, whatever is passed: reported as measured, and the safe assumption.
    admitted: !same ? new Set() : passed === 'all' ? 'all' : new Set(passed.keys()),
    cap,
    caller: { file: scope.file, id, results: scope.results },
    prefix: `${scope.prefix}${id} / `,
  };
  for (const one of inOrder(file.jobs)) await runJob(context, called, one);
  const results = [...called.results.values()].map(({ result }) => result);
  const outputs = mapping(file.on.get('workflow_call')?.['outputs']);
  const jobs = Object.fromEntries(called.results);
  return {
    result: results.includes('failure') ? 'failure' : results.every((one) => one === 'skipped') ? 'skipped' : 'success',
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([name, one]) => [name, String(evaluateTemplate(String(mapping(one)['value']), { jobs }))]),
    ),
  };
}

/** Runs a workflow job by job, each with the token and the secrets that GitHub would give it. */
export async function runWorkflow(machinery: Machinery, start: Start, options: RunOptions = {}): Promise<WorkflowRun> {
  const { hub, print } = machinery;
  const { file, event, commit, headSha, headBranch, headRepository, actor } = start;
  const id = options.again?.id ?? hub.beginRun({ path: file.path, event, headSha, headBranch, headRepository, actor });
  const attempt = options.again === undefined ? 1 : 2;
  print(`${file.name} (${file.path} of ${start.ref}) on ${event} by ${actor}, run ${id}${attempt > 1 ? ', again' : ''}`);
  const [owner, name] = hub.fullName.split('/');
  const github = {
    event: start.payload,
    event_name: event,
    ref: start.ref,
    ref_name: start.ref.replace(/^refs\/(heads|tags|pull)\//, ''),
    sha: commit,
    actor,
    repository: hub.fullName,
    repository_owner: owner,
    run_id: String(id),
    run_attempt: String(attempt),
    workflow: file.name,
    server_url: hub.serverUrl,
    api_url: hub.apiUrl,
    event_repository: name,
  };
  const context: Context = { machinery, start, options, id, attempt, done: [], github };
  const secrets = start.from === 'fork' ? new Map<string, string>() : hub.secrets();
  const scope: Scope = {
    file,
    results: new Map(),
    inputs: mapping(start.payload['inputs']),
    secrets,
    admitted: 'all',
    cap: null,
    caller: null,
    prefix: '',
  };
  try {
    for (const one of inOrder(file.jobs)) {
      await runJob(context, scope, one);
      if (one === options.until) break;
    }
  } catch (error) {
    if (!(error instanceof StartupFailure)) throw error;
    print(`  not started: ${error.message}`);
    hub.endRun(id, 'startup_failure');
    return { id, start, conclusion: 'startup_failure', jobs: context.done, problem: error.message };
  }
  const results = [...scope.results.values()].map(({ result }) => result);
  const conclusion = results.includes('failure') ? 'failure' : results.every((one) => one === 'skipped') ? 'skipped' : 'success';
  hub.endRun(id, conclusion);
  return { id, start, conclusion, jobs: context.done, problem: null };
}
