// SPDX-License-Identifier: Apache-2.0
// A project on a GitHub of its own, the people of it, and what they do there. Each act is a request with that person's token, and starts the workflows that
// GitHub would start.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openGitHubWorkplace, type GitHubWorkplace } from '../../src/action/github-workplace.ts';
import { init, type InitResult } from '../../src/commands/init.ts';
import type { Signer } from '../../src/ports.ts';
import { REUSABLE_PATH } from '../../src/event/workflow-names.ts';
import { ejectedWorkflow, reusableWorkflow, wakeWorkflow } from '../../src/render/workflow-files.ts';
import { ed25519FromSeed } from '../../src/signers/ed25519.ts';
import { signerFromPrivateKey } from '../../src/signers/key-signer.ts';
import { parsePublicKey } from '../../src/signers/public-key.ts';
import { parseRepositoryId } from '../../src/tuf/binding.ts';
import { objectField, stringField } from '../../src/tuf/fields.ts';
import { parseInstant } from '../../src/tuf/instant.ts';
import { startGitHub, type FakeGitHub } from '../github/server.ts';
import type { Pull, Repository } from '../github/state.ts';
import { runCli } from './command-line.ts';
import { completed, startedBy, type HubEvent } from './driver/events.ts';
import type { Hub } from './driver/hub.ts';
import { eventPull, hubOfFake } from './driver/hub-of-fake.ts';
import { runWorkflow, type Machinery, type RunOptions, type WorkflowRun } from './driver/run-workflow.ts';
import { mapping, type Mapping } from './driver/workflow-file.ts';
import { PIN, releaseWorkflow } from './release-workflow.ts';

export const PROJECT = 'acme/app';
export const REPOSITORY_ID = '00000000-0000-4000-8000-000000000001';
export const ONLINE_SECRET = 'COUNTERSIGN_ONLINE_KEY';
const ROOT = resolve(import.meta.dirname, '../..');

/** How deep GitHub follows runs that runs start. */
const MAX_CHAIN = 3;

/** The hex seed of somebody's key: always the same for a name. */
export function seedOf(name: string): string {
  return createHash('sha256').update(`e2e ${name}`).digest('hex');
}

function signerOf(name: string): Signer {
  return signerFromPrivateKey(ed25519FromSeed(Buffer.from(seedOf(name), 'hex')), name);
}

async function publicText(name: string): Promise<string> {
  const key = await signerOf(name).publicKey();
  return `ed25519:${stringField(objectField(key, 'keyval', 'key'), 'public', 'key')}`;
}

/** The policy of all projects here: alice and bob with keys of their own, carol with one in custody; any two of them sign a release. */
export async function policyText(): Promise<string> {
  return `people:
  alice: { github: alice, key: "${await publicText('alice')}" }
  bob: { github: bob, key: "${await publicText('bob')}" }
  carol: { github: carol, key: "${await publicText('carol')}", custody: "environment:countersign-carol" }
roles:
  root: { signers: [alice, bob], threshold: 2, expires: 365d, renew: 60d }
  targets: { signers: [alice, bob], threshold: 2, expires: 365d, renew: 60d }
  releases: { paths: ["v*/*"], signers: [alice, bob, carol], threshold: 2, expires: 90d, renew: 30d }
  nightly: { paths: ["nightly/*"], signers: [alice, bob, carol], threshold: 2, expires: 90d, renew: 30d }
online:
  snapshot: { keys: ["env:${ONLINE_SECRET}"], expires: 30d, renew: 15d }
  timestamp: { keys: ["env:${ONLINE_SECRET}"], expires: 7d, renew: 6d }
`;
}

/** What a project is begun with. */
export interface ProjectOptions {
  readonly private?: boolean;
  readonly plan?: 'free' | 'pro';
  readonly metadataHosting?: 'pages' | 'release';
}

/** One project on a GitHub of its own. */
export class Project {
  readonly github: FakeGitHub;
  readonly hub: Hub;
  readonly directory: string;
  readonly machinery: Machinery;
  readonly repository: Repository;
  /** Every run so far, oldest first. */
  readonly runs: WorkflowRun[] = [];
  readonly options: ProjectOptions;

  private constructor(github: FakeGitHub, directory: string, options: ProjectOptions) {
    this.github = github;
    this.directory = directory;
    this.options = options;
    this.hub = hubOfFake(github, PROJECT);
    this.repository = github.repository(PROJECT);
    this.machinery = {
      hub: this.hub,
      actions: actionSources(join(directory, 'action')),
      directory,
      print: (line) => {
        console.log(line);
      },
    };
  }

  /** A repository with its people and settings, and nothing of ours in it. */
  static async begin(options: ProjectOptions = {}): Promise<Project> {
    const github = await startGitHub();
    // The artifact client refuses hosts that it does not take for GitHub; a name below `localhost` is one that it takes.
    const web = new URL(github.world.serverUrl);
    web.hostname = 'github.localhost';
    github.world.serverUrl = web.origin;
    github.addOrganization('acme');
    const [owner = '', name = ''] = PROJECT.split('/');
    github.addRepository(owner, name, {
      ...(options.private === undefined ? {} : { private: options.private }),
      ...(options.plan === undefined ? {} : { plan: options.plan }),
    });
    for (const [login, level] of [
      ['alice', 'admin'],
      ['bob', 'write'],
      ['carol', 'write'],
      ['dave', 'write'],
    ] as const) {
      github.addUser(login);
      github.addCollaborator(PROJECT, login, level);
    }
    github.addUser('mallory');
    github.commit(PROJECT, 'main', { 'README.md': '# app\n', 'build.sh': 'mkdir -p out && echo "app $1" > out/app.txt\n' });
    const directory = await mkdtemp(join(tmpdir(), 'countersign-e2e-'));
    // Of the action's repository only what a release of it holds for this: act copies all of it for each job.
    const action = process.env['COUNTERSIGN_E2E_ACTION'] ?? ROOT;
    for (const part of ['action.yml', 'dist'])
      await cp(join(action, part), join(directory, 'action', part), { recursive: true, dereference: true });
    return new Project(github, directory, options);
  }

  /** A project whose first event is signed and published, with a release workflow. */
  static async ready(options: ProjectOptions = {}, workflow: string | null = null): Promise<Project> {
    const project = await Project.begin(options);
    try {
      await project.configure();
      const { number } = await project.init();
      for (const login of ['alice', 'bob']) await project.signUnnoticed(login, number);
      const text = workflow ?? releaseWorkflow({ more: [`site-url: ${project.siteUrl}`] });
      project.github.commit(PROJECT, 'main', { '.github/workflows/release.yml': text });
      requireSuccess(await project.tick());
    } catch (error) {
      await project.end();
      throw error;
    }
    return project;
  }

  async end(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
    await this.github.close();
  }

  /** Where clients fetch. */
  get siteUrl(): string {
    return this.options.metadataHosting === 'release'
      ? `${this.github.serverUrl}/${PROJECT}/releases/download/tuf/`
      : `${this.github.world.storageUrl}/pages/${PROJECT}/`;
  }

  // --- requests -----------------------------------------------------------------------------------------------------------------------------

  /** A request as a person. @throws with the answer when it is refused */
  async request(login: string, method: string, path: string, body?: unknown): Promise<Mapping> {
    const answer = await fetch(`${this.github.apiUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.github.tokenFor(login)}`,
        accept: 'application/vnd.github+json',
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} as ${login}: ${answer.status} ${text}`);
    const value: unknown = text === '' ? {} : JSON.parse(text);
    return Array.isArray(value) ? { list: value } : mapping(value);
  }

  ofProject(login: string, method: string, path: string, body?: unknown): Promise<Mapping> {
    return this.request(login, method, `/repos/${PROJECT}${path}`, body);
  }

  pull(number: number): Pull {
    const found = this.repository.pulls.get(number);
    if (found === undefined) throw new Error(`no pull request #${number}`);
    return found;
  }

  /** Numbers of the open signing events. */
  openEvents(): readonly number[] {
    return [...this.repository.pulls.values()]
      .filter(({ state, headRef }) => state === 'open' && headRef.startsWith('sign/'))
      .map(({ number }) => number);
  }

  // --- set-up -------------------------------------------------------------------------------------------------------------------------------

  /** Environments with their secrets, admitting the default branch only; Pages deployed by workflows. */
  async configure(): Promise<void> {
    const secrets: readonly (readonly [string, string, string])[] = [
      ['countersign-online', ONLINE_SECRET, seedOf('online')],
      ['countersign-carol', 'COUNTERSIGN_KEY', seedOf('carol')],
    ];
    for (const [environment, name, value] of secrets) {
      await this.ofProject('alice', 'PUT', `/environments/${environment}`, {
        deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
      });
      await this.ofProject('alice', 'POST', `/environments/${environment}/deployment-branch-policies`, { name: this.hub.defaultBranch });
      this.repository.environments.get(environment)?.secrets.set(name, { name, value, createdAt: this.github.world.now() });
    }
    if (this.options.metadataHosting !== 'release') await this.ofProject('alice', 'POST', '/pages', { build_type: 'workflow' });
  }

  /** A workplace on the project as a person has it. */
  async open(login: string): Promise<GitHubWorkplace> {
    const [owner = '', repo = ''] = PROJECT.split('/');
    const temporary = join(this.directory, 'temporary');
    await mkdir(temporary, { recursive: true });
    return openGitHubWorkplace({
      owner,
      repo,
      token: this.github.tokenFor(login),
      apiUrl: this.github.apiUrl,
      graphqlUrl: this.github.graphqlUrl,
      serverUrl: this.github.serverUrl,
      siteUrl: this.siteUrl,
      metadataHosting: this.options.metadataHosting ?? 'pages',
      metadataTag: 'tuf',
      commit: null,
      temporary,
      log: { info: () => undefined, warn: () => undefined, progress: () => undefined },
      now: parseInstant(this.github.world.now(), 'clock'),
      anchor: null,
      openSigner: async (uri) => signerOf(uri === `env:${ONLINE_SECRET}` ? 'online' : uri),
    });
  }

  /** Root v1 as an event, and the workflows. The event waits for alice and bob. */
  async init(): Promise<InitResult> {
    const place = await this.open('alice');
    const result = await init(place, {
      policy: await policyText(),
      policyName: 'policy',
      repository: parseRepositoryId(REPOSITORY_ID, 'e2e'),
      files: new Map([['.github/workflows/countersign-wake.yml', new TextEncoder().encode(wakeWorkflow())]]),
      resolveKey: async (text, name) => parsePublicKey(text, name),
      resolveAccount: async (login) => {
        const account = (await place.forge.accounts([login])).get(login) ?? null;
        if (account === null) throw new Error(`no account ${login}`);
        return account;
      },
    });
    await place.close();
    this.github.commit(PROJECT, 'main', {
      '.github/workflows/countersign.yml': ejectedWorkflow(PIN, {
        root: result.root,
        siteUrl: this.siteUrl,
        metadataHosting: this.options.metadataHosting ?? 'pages',
        metadataTag: this.options.metadataHosting === 'release' ? 'tuf' : '',
        deploy: 'here',
      }),
    });
    return result;
  }

  // --- what people do -----------------------------------------------------------------------------------------------------------------------

  /** Signs as a person does with a key of their own: the block is made by `countersign sign --print`, and goes into an approving review, or a comment. */
  async sign(login: string, number: number, carrier: 'review' | 'comment' = 'review'): Promise<readonly WorkflowRun[]> {
    const block = await this.signature(login, number);
    return carrier === 'review'
      ? this.review(login, number, 'APPROVE', `Approved.\n\n${block}\n`)
      : this.comment(login, number, `Signed.\n\n${block}\n`);
  }

  /** The block that a person's signature travels in. */
  async signature(login: string, number: number): Promise<string> {
    const memory = join(this.directory, 'memory', login);
    await mkdir(memory, { recursive: true });
    const key = join(memory, 'key');
    await writeFile(key, seedOf(login));
    const url = `${this.github.serverUrl}/${PROJECT}/pull/${number}`;
    return this.cli(login, ['sign', url, '--print', '--yes', '--key', `file:${key}`, '--memory', memory, '--site-url', this.siteUrl]);
  }

  /** Runs the command line with a person's token. */
  cli(login: string, args: readonly string[]): Promise<string> {
    return runCli(this.directory, args, {
      GITHUB_TOKEN: this.github.tokenFor(login),
      GITHUB_API_URL: this.github.apiUrl,
      GITHUB_GRAPHQL_URL: this.github.graphqlUrl,
      GITHUB_SERVER_URL: this.github.serverUrl,
    });
  }

  /** Signs and starts nothing, as when GitHub loses the event: the schedule finds it. */
  async signUnnoticed(login: string, number: number): Promise<void> {
    const body = `Approved.\n\n${await this.signature(login, number)}\n`;
    if (this.pull(number).author === this.github.world.user(login)?.id)
      await this.ofProject(login, 'POST', `/issues/${number}/comments`, { body });
    else await this.ofProject(login, 'POST', `/pulls/${number}/reviews`, { event: 'APPROVE', body, commit_id: this.pull(number).headSha });
  }

  /** Submits a review; its event starts what it starts. */
  async review(
    login: string,
    number: number,
    event: 'APPROVE' | 'COMMENT' | 'REQUEST_CHANGES',
    body: string,
  ): Promise<readonly WorkflowRun[]> {
    const pull = this.pull(number);
    const review = await this.ofProject(login, 'POST', `/pulls/${number}/reviews`, { event, body, commit_id: pull.headSha });
    const json = await this.ofProject(login, 'GET', `/pulls/${number}`);
    return this.fire({
      ...this.#event('pull_request_review', 'submitted', login, { review, pull_request: json }),
      code: { kind: 'pull', pull: eventPull(this.github, PROJECT, pull) },
      outsider: this.#isOutsider(login),
    });
  }

  async comment(login: string, number: number, body: string): Promise<readonly WorkflowRun[]> {
    const comment = await this.ofProject(login, 'POST', `/issues/${number}/comments`, { body });
    const issue = { number, pull_request: { url: `${this.github.apiUrl}/repos/${PROJECT}/pulls/${number}` } };
    return this.fire(this.#event('issue_comment', 'created', login, { comment, issue }));
  }

  async close(login: string, number: number): Promise<void> {
    await this.ofProject(login, 'PATCH', `/pulls/${number}`, { state: 'closed' });
  }

  /** Pushes files to a branch, as with git. */
  async push(login: string, branch: string, files: Readonly<Record<string, string | null>>): Promise<readonly WorkflowRun[]> {
    const before = this.hub.ref(`refs/heads/${branch}`);
    const after = this.github.commit(PROJECT, branch, files, { login });
    return this.fire({
      ...this.#event('push', null, login, { ref: `refs/heads/${branch}`, before, after }),
      code: { kind: 'ref', ref: `refs/heads/${branch}` },
    });
  }

  /** Pushes a tag on the default branch's head. */
  async tag(login: string, name: string, options: RunOptions = {}): Promise<readonly WorkflowRun[]> {
    const sha = this.hub.ref(`refs/heads/${this.hub.defaultBranch}`);
    await this.ofProject(login, 'POST', '/git/refs', { ref: `refs/tags/${name}`, sha });
    const ref = `refs/tags/${name}`;
    return this.fire({ ...this.#event('push', null, login, { ref, after: sha }), code: { kind: 'ref', ref } }, options);
  }

  async dispatch(
    login: string,
    file: string,
    inputs: Mapping = {},
    options: RunOptions = {},
    branch = 'main',
  ): Promise<readonly WorkflowRun[]> {
    await this.ofProject(login, 'POST', `/actions/workflows/${file}/dispatches`, { ref: branch, inputs });
    const ref = `refs/heads/${branch}`;
    const payload = { inputs, ref, workflow: `.github/workflows/${file}` };
    return this.fire({ ...this.#event('workflow_dispatch', null, login, payload), code: { kind: 'ref', ref } }, options);
  }

  /** What the schedule starts. */
  async tick(options: RunOptions = {}): Promise<readonly WorkflowRun[]> {
    return this.fire(this.#event('schedule', null, 'alice', { schedule: '13,43 * * * *' }), options);
  }

  /** "Re-run failed jobs". */
  async again(run: WorkflowRun): Promise<WorkflowRun> {
    const next = await runWorkflow(this.machinery, run.start, { again: run });
    this.runs.push(next);
    return next;
  }

  #isOutsider(login: string): boolean {
    const user = this.github.world.user(login);
    return user === null || this.repository.collaborators.get(user.id) === undefined;
  }

  #event(name: string, action: string | null, login: string, more: Mapping): HubEvent {
    const [owner = '', repo = ''] = PROJECT.split('/');
    const repository = { full_name: PROJECT, name: repo, owner: { login: owner }, default_branch: this.hub.defaultBranch, fork: false };
    const payload = { ...(action === null ? {} : { action }), ...more, repository, sender: { login } };
    return { name, action, payload, actor: login, by: 'person', code: { kind: 'default' }, outsider: false };
  }

  /** Runs all that an event starts, and what those runs start. */
  async fire(event: HubEvent, options: RunOptions = {}, depth = 0): Promise<readonly WorkflowRun[]> {
    const runs: WorkflowRun[] = [];
    for (const { start, held } of startedBy(this.hub, event)) {
      const run = held ? this.#hold(start) : await runWorkflow(this.machinery, start, options);
      this.runs.push(run);
      runs.push(run);
      if (depth < MAX_CHAIN) runs.push(...(await this.fire(completed(this.hub, run), options, depth + 1)));
    }
    return runs;
  }

  #hold(start: WorkflowRun['start']): WorkflowRun {
    const { file, event, headSha, headBranch, headRepository, actor } = start;
    const id = this.hub.beginRun({ path: file.path, event, headSha, headBranch, headRepository, actor });
    this.hub.endRun(id, 'action_required');
    console.log(`${file.name} (${file.path} of ${start.ref}) on ${event} by ${actor}, run ${id}: held for approval`);
    return { id, start, conclusion: 'action_required', jobs: [], problem: null };
  }
}

/** Shows why a run failed. @throws when one of them did */
export function requireSuccess(runs: readonly WorkflowRun[]): void {
  for (const run of runs) {
    if (run.conclusion === 'success' || run.conclusion === 'skipped') continue;
    const logs = run.jobs
      .filter(({ result }) => result === 'failure')
      .map(({ name, log, annotations }) => `${name}: ${annotations.join('; ')}\n${log}`);
    throw new Error(`${run.start.file.name} of run ${run.id}: ${run.conclusion} ${run.problem ?? ''}\n${logs.join('\n')}`);
  }
}

/** The action, and the stand-ins for those of others. */
function actionSources(own: string): Machinery['actions'] {
  return {
    own: new Map([[`${PIN.repository}@${PIN.commit}`, own]]),
    standIn: (name) => {
      const directory = join(import.meta.dirname, 'stand-ins', name.replace(/^actions\//, ''));
      return name.startsWith('actions/') && existsSync(directory) ? directory : null;
    },
    workflow: (repository, path) =>
      repository === `${PIN.repository}@${PIN.commit}` && path === REUSABLE_PATH ? reusableWorkflow(PIN) : null,
  };
}

/** A promise, and what fulfils it. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
