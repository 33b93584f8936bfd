// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api } from './api.ts';
import { storeArtifact } from './artifacts.ts';
import type { RequestRecord } from './api.ts';
import type { Violation } from './contract.ts';
import { admits } from './environments.ts';
import { Faults } from './faults.ts';
import { addComments, addForkPulls, addReviews } from './bulk.ts';
import type { ForkPulls, Words } from './bulk.ts';
import type { Resource } from './limits.ts';
import { afterMoves } from './moves.ts';
import { pagesUrl } from './pages.ts';
import { RefStore } from './refs.ts';
import { addRun, commitFiles, isProtected } from './seed.ts';
import type { RunOptions } from './seed.ts';
import { serveStorage } from './storage.ts';
import type { Actor, Artifact, Level, Protection, Pull, Repository, Review, Run, User } from './state.ts';
import { dispatch, fetchInProcess, respond } from './transport.ts';
import { ACTIONS_BOT_ID, World } from './world.ts';
import type { RepositoryOptions } from './world.ts';

/** How the fake is started. */
export interface GitHubOptions {
  /** The name in its URLs; `127.0.0.1` when not said. It must lead to this machine. */
  readonly host?: string;
  /** The time, in milliseconds since 1970; the machine's clock when not said. */
  readonly now?: () => number;
}

/** An account that was added. */
export interface AddedUser {
  readonly id: number;
  readonly login: string;
  readonly token: string;
}

/** A job's GITHUB_TOKEN. */
export interface JobTokenOptions {
  /** `owner/name` */
  readonly repository: string;
  /** As in a workflow's `permissions:`, for example `{ contents: 'write', 'pull-requests': 'write' }`. */
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>;
  /** The branch that the workflow runs for. */
  readonly workflowBranch?: string;
}

/** A stateful GitHub on loopback. */
export class FakeGitHub {
  readonly world: World;
  readonly faults: Faults;
  readonly #api: Api;
  readonly #servers: readonly Server[];

  constructor(world: World, faults: Faults, api: Api, servers: readonly Server[]) {
    this.world = world;
    this.faults = faults;
    this.#api = api;
    this.#servers = servers;
  }

  /** Octokit's `baseUrl`, GITHUB_API_URL. */
  get apiUrl(): string {
    return this.world.apiUrl;
  }

  /** GITHUB_SERVER_URL: web pages, downloads and git over HTTP (`<serverUrl>/<owner>/<repo>.git`). */
  get serverUrl(): string {
    return this.world.serverUrl;
  }

  /** GITHUB_GRAPHQL_URL. */
  get graphqlUrl(): string {
    return this.world.apiUrl.replace(/\/v3$/, '/graphql');
  }

  /** The base of release uploads; a release's own `upload_url` begins with it. */
  get uploadUrl(): string {
    return this.world.uploadUrl;
  }

  /** Every request so far. */
  get requests(): RequestRecord[] {
    return this.#api.requests;
  }

  /** What broke GitHub's contract so far; a test that provokes one empties it. */
  get violations(): Violation[] {
    return this.#api.violations;
  }

  /** Called before each API request is served. */
  set onRequest(hook: ((method: string, path: string) => void | Promise<void>) | null) {
    this.#api.onRequest = hook;
  }

  /** Sets the clock: a function that gives milliseconds since 1970. */
  setClock(now: () => number): void {
    this.world.setClock(now);
  }

  /** Lets the host's clock lie: every date and the `date` of each answer are that many seconds ahead; below zero, behind. */
  setClockSkew(seconds: number): void {
    this.world.setSkew(seconds);
  }

  /** Sets how many requests are left in this period, and when it ends. Each request then takes one; at none, GitHub answers 403. */
  setBudget(left: number, options: { readonly resource?: Resource; readonly resetInSeconds?: number } = {}): void {
    this.world.limits.set(options.resource ?? 'core', left, this.world.seconds(), options.resetInSeconds);
  }

  addUser(login: string, id?: number): AddedUser {
    const user = id === undefined ? this.world.addUser(login) : this.world.addUser(login, 'User', id);
    return { id: user.id, login: user.login, token: this.tokenFor(login) };
  }

  addOrganization(login: string): void {
    this.world.addUser(login, 'Organization');
  }

  /** Makes an empty repository; its owner is made too, if need be. */
  addRepository(owner: string, name: string, options: RepositoryOptions = {}): Repository {
    return this.world.addRepository(owner, name, options);
  }

  /** Forks `owner/name` for an account; the fork has the same name. */
  createFork(fullName: string, login: string): Repository {
    const parent = this.world.repository(fullName);
    return this.world.addRepository(login, parent.name, { private: parent.private, plan: parent.plan }, parent);
  }

  addCollaborator(fullName: string, login: string, level: Exclude<Level, 'none'>): void {
    this.world.repository(fullName).collaborators.set(this.world.addUser(login).id, level);
  }

  removeCollaborator(fullName: string, login: string): void {
    this.world.repository(fullName).collaborators.delete(this.world.addUser(login).id);
  }

  /** An SSH key as the account shows it: authentication keys, or signing keys with a title. */
  addKey(login: string, key: string, kind: 'authentication' | 'signing' = 'authentication'): void {
    const user: User = this.world.addUser(login);
    const common = { id: this.world.nextId(), key, createdAt: this.world.now() };
    if (kind === 'authentication') user.keys.push(common);
    else user.signingKeys.push({ ...common, title: 'laptop' });
  }

  /** A personal access token of an account, with all of its rights. */
  tokenFor(login: string): string {
    const user = this.world.addUser(login);
    for (const [token, actor] of this.world.tokens) if (actor.kind === 'user' && actor.user === user) return token;
    return this.#issue('ghp', { kind: 'user', user });
  }

  /** A job's token, with exactly these permissions. */
  jobToken(options: JobTokenOptions): string {
    return this.#issue('ghs', {
      kind: 'job',
      user: this.world.userById(ACTIONS_BOT_ID),
      repository: this.world.repository(options.repository).id,
      permissions: new Map(Object.entries(options.permissions)),
      workflowBranch: options.workflowBranch ?? null,
    });
  }

  repository(fullName: string): Repository {
    return this.world.repository(fullName);
  }

  /** The bare repository on this machine. After a change of refs that bypassed the fake, call {@link FakeGitHub.refsChanged}. */
  gitDirectory(fullName: string): string {
    return this.world.repository(fullName).directory;
  }

  refsChanged(fullName: string): void {
    afterMoves(this.world, this.world.repository(fullName), null);
  }

  /** The address for git, with a token in it when given. */
  gitUrl(fullName: string, token?: string): string {
    const url = new URL(`${this.serverUrl}/${fullName}.git`);
    if (token !== undefined) [url.username, url.password] = ['x-access-token', token];
    return url.href;
  }

  /** Classic protection of a branch; null takes it away. */
  protect(fullName: string, branch: string, protection: Partial<Protection> | null): void {
    const { protections } = this.world.repository(fullName);
    if (protection === null) protections.delete(branch);
    else protections.set(branch, { ...NO_PROTECTION, ...protection });
  }

  /** Writes a commit and moves a branch to it, as a person with git would; a file of null is removed. Gives its sha. */
  commit(
    fullName: string,
    branch: string,
    files: Readonly<Record<string, string | Uint8Array | null>>,
    options: { readonly orphan?: boolean; readonly message?: string; readonly login?: string } = {},
  ): string {
    return commitFiles(this.world, this.world.repository(fullName), branch, files, options);
  }

  /**
   * A `fetch` that answers without a socket, several times as fast: for Octokit's `request.fetch` in tests of very many requests. It follows redirects to
   * the storage host too.
   */
  readonly fetch: typeof globalThis.fetch = (input, init) => fetchInProcess(this.world, this.#api, new Request(input, init));

  /** Stops; throws when a request or response broke GitHub's contract. */
  async close(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    removeDirectory(this.world.directory);
    open.delete(this.world.directory);
    this.checkContract();
  }

  /** @throws when a request or response broke GitHub's contract; forgets what it told */
  checkContract(): void {
    const told = this.violations.splice(0).map((one) => `${one.method} ${one.path}: ${one.what}`);
    if (told.length > 0) throw new Error(`GitHub's contract was broken:\n${told.join('\n')}`);
  }

  /** Records a workflow run. Its commit is the head of its branch when not said. */
  addRun(fullName: string, run: RunOptions): Run {
    return addRun(this.world, this.world.repository(fullName), run);
  }

  /** Stores a zip as an artifact of a run. */
  addArtifact(fullName: string, run: number, name: string, zip: Uint8Array): Artifact {
    return storeArtifact(this.world, this.world.repository(fullName), { run, name, zip });
  }

  /** Opens very many pull requests of a fork, in well under a second for a thousand. */
  addForkPulls(fullName: string, options: ForkPulls): readonly Pull[] {
    const { login, base } = options;
    const repository = this.world.repository(fullName);
    const name = `${login}/${repository.name}`;
    const fork = this.world.findRepository(name) ?? this.createFork(fullName, login);
    // A branch of the base, so that they could be merged.
    if (fork.refs instanceof RefStore)
      fork.refs.update([{ name: 'refs/heads/junk', before: undefined, after: repository.refs.get(`refs/heads/${base}`) }]);
    const head = this.commit(name, 'junk', { 'junk.txt': `${login} ${repository.nextNumber}\n` }, { login });
    return addForkPulls(this.world, repository, fork, head, options);
  }

  /** Comments in bulk, also more than a conversation takes. */
  addComments(fullName: string, number: number, words: Words): void {
    addComments(this.world, this.world.repository(fullName), number, words);
  }

  /** Reviews in bulk; `COMMENTED` when no state is said. */
  addReviews(fullName: string, number: number, words: Words & { readonly state?: Review['state'] }): void {
    addReviews(this.world, this.world.repository(fullName), number, words);
  }

  /** Where the Pages site of `owner/name` is served; ends with a slash. */
  pagesUrl(fullName: string): string {
    return pagesUrl(this.world, this.world.repository(fullName));
  }

  /**
   * Secrets that a job gets: those of the repository, and those of its environment if that admits the branch. Null when the environment does not.
   */
  secretsFor(fullName: string, branch: string, environment: string | null): ReadonlyMap<string, string> | null {
    const repository = this.world.repository(fullName);
    const found = environment === null ? null : (repository.environments.get(environment.toLowerCase()) ?? null);
    if (found !== null && !admits(found, branch, isProtected(repository, branch))) return null;
    const all = [...repository.secrets.values(), ...(found?.secrets.values() ?? [])];
    return new Map(all.map((secret) => [secret.name, secret.value]));
  }

  #issue(prefix: string, actor: Actor): string {
    const token = `${prefix}_${randomBytes(18).toString('hex')}`;
    this.world.tokens.set(token, actor);
    return token;
  }
}

const NO_PROTECTION: Protection = {
  requirePulls: false,
  approvals: 0,
  dismissStale: false,
  codeOwners: false,
  allowForcePushes: false,
  allowDeletions: false,
  statusChecks: [],
};

/** Starts a GitHub on loopback. */
export async function startGitHub(options: GitHubOptions = {}): Promise<FakeGitHub> {
  const world = new World(mkdtempSync(join(scratch(), 'github-')));
  open.add(world.directory);
  if (options.now !== undefined) world.setClock(options.now);
  const faults = new Faults(world);
  const api = new Api(world, faults);
  const host = options.host ?? '127.0.0.1';
  const main = createServer(
    (request, response) => void respond(world, request, response, (raw, url) => dispatch(world, api, request, raw, url)),
  );
  const storage = createServer((request, response) => void respond(world, request, response, async (_, url) => serveStorage(world, url)));
  const [mainPort, storagePort] = [await listen(main), await listen(storage)];
  world.serverUrl = `http://${host}:${mainPort}`;
  world.apiUrl = `${world.serverUrl}/api/v3`;
  world.uploadUrl = `${world.serverUrl}/api/uploads`;
  world.storageUrl = `http://${host}:${storagePort}`;
  return new FakeGitHub(world, faults, api, [main, storage]);
}

/** Directories of fakes that run: a test that dies leaves none behind. */
const open: Set<string> = new Set();
process.once('exit', () => open.forEach(removeDirectory));

function removeDirectory(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

/** Memory where the system has such a directory: a test makes thousands of small files. */
function scratch(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}

async function listen(server: Server): Promise<number> {
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
