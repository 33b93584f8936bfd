// SPDX-License-Identifier: Apache-2.0
import { createHmac, randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { notFound } from './reply.ts';
import { Limits } from './limits.ts';
import { ObjectStore } from './objects.ts';
import { FrozenRefs, RefStore } from './refs.ts';
import type { Actor, Level, Pull, Repository, User } from './state.ts';

/** The account of every GITHUB_TOKEN. */
export const ACTIONS_BOT_ID = 41_898_282;

/** What a repository may be made with. */
export interface RepositoryOptions {
  readonly private?: boolean;
  readonly plan?: 'free' | 'pro';
  readonly defaultBranch?: string;
}

/** Everything that the fake knows. */
export class World {
  readonly directory: string;
  readonly users: Map<number, User> = new Map();
  readonly repositories: Map<number, Repository> = new Map();
  readonly tokens: Map<string, Actor> = new Map();
  /** Where the API and the web pages are; set when the server listens. */
  apiUrl = '';
  serverUrl = '';
  uploadUrl = '';
  /** Where downloads are redirected to: another origin than the API's. */
  storageUrl = '';
  /** How the login of a bot is written where GraphQL is asked for an author's reviews; which is GitHub's way, nobody has seen. */
  botFilter: 'bare' | 'full' = 'bare';
  readonly limits: Limits = new Limits();
  #nextId = 1000;
  #clock: () => number = Date.now;
  #skewMs = 0;
  readonly #secret: Buffer = randomBytes(16);
  readonly #byLogin: Map<string, User> = new Map();
  readonly #byName: Map<string, Repository> = new Map();

  constructor(directory: string) {
    this.directory = directory;
    this.#addAccount('github-actions[bot]', 'Bot', ACTIONS_BOT_ID);
  }

  /** A number that nothing else has. */
  nextId(): number {
    this.#nextId += 1;
    return this.#nextId;
  }

  /** The time now, ISO 8601 in seconds. */
  now(): string {
    return new Date(this.#now()).toISOString().replace(/\.\d+Z$/, 'Z');
  }

  /** The time in `days`. */
  later(days: number): string {
    return new Date(this.#now() + days * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z');
  }

  /** Replaces the clock. */
  setClock(now: () => number): void {
    this.#clock = now;
  }

  /** Puts the host's clock ahead of the true time (or behind it, below zero): of all its dates and the `date` of its answers. */
  setSkew(seconds: number): void {
    this.#skewMs = seconds * 1000;
  }

  #now(): number {
    return this.#clock() + this.#skewMs;
  }

  /** Milliseconds since 1970 by the fake's clock. */
  milliseconds(): number {
    return this.#now();
  }

  /** The same in whole seconds. */
  seconds(): number {
    return Math.floor(this.#now() / 1000);
  }

  /** Signs the path of a download. */
  sign(path: string): string {
    return createHmac('sha256', this.#secret).update(path).digest('hex');
  }

  user(login: string): User | null {
    return this.#byLogin.get(login.toLowerCase()) ?? null;
  }

  userById(id: number): User {
    const user = this.users.get(id);
    if (user === undefined) throw new Error(`no user ${id}`);
    return user;
  }

  addUser(login: string, type: 'User' | 'Organization' = 'User', id: number = this.nextId()): User {
    return this.user(login) ?? this.#addAccount(login, type, id);
  }

  renameUser(from: string, to: string): void {
    const user = this.user(from);
    if (user === null) throw new Error(`no user ${from}`);
    this.#byLogin.delete(from.toLowerCase());
    user.login = to;
    this.#byLogin.set(to.toLowerCase(), user);
  }

  repository(fullName: string): Repository {
    const found = this.findRepository(fullName);
    if (found === null) throw new Error(`no repository ${fullName}`);
    return found;
  }

  findRepository(fullName: string): Repository | null {
    return this.#byName.get(fullName.toLowerCase()) ?? null;
  }

  repositoryById(id: number): Repository {
    const found = this.repositories.get(id);
    if (found === undefined) throw new Error(`no repository ${id}`);
    return found;
  }

  fullName(repository: Repository): string {
    return `${this.userById(repository.owner).login}/${repository.name}`;
  }

  addRepository(ownerLogin: string, name: string, options: RepositoryOptions, parent: Repository | null = null): Repository {
    const owner = this.addUser(ownerLogin);
    const id = this.nextId();
    const directory = join(this.directory, `${id}.git`);
    mkdirSync(join(directory, 'refs/heads'), { recursive: true });
    mkdirSync(join(directory, 'refs/tags'));
    const defaultBranch = options.defaultBranch ?? parent?.defaultBranch ?? 'main';
    writeFileSync(join(directory, 'HEAD'), `ref: refs/heads/${defaultBranch}\n`);
    writeFileSync(join(directory, 'config'), GIT_CONFIG);
    if (parent === null) {
      mkdirSync(join(directory, 'objects'));
    } else {
      // What is pushed to a fork is at once an object of its parent too, as on GitHub.
      symlinkSync(parent.objects.directory, join(directory, 'objects'), 'dir');
      cpSync(join(parent.directory, 'refs/heads'), join(directory, 'refs/heads'), { recursive: true });
      cpSync(join(parent.directory, 'refs/tags'), join(directory, 'refs/tags'), { recursive: true });
    }
    const objects = parent?.objects ?? new ObjectStore(join(directory, 'objects'));
    const repository = newRepository({ id, owner: owner.id, name, directory, defaultBranch, objects, now: this.now(), options, parent });
    repository.collaborators.set(owner.id, 'admin');
    this.repositories.set(id, repository);
    this.#byName.set(this.fullName(repository).toLowerCase(), repository);
    return repository;
  }

  /** What an account may do in a repository, whatever its token. */
  level(repository: Repository, user: User | null): Level {
    const own = user === null ? undefined : repository.collaborators.get(user.id);
    return own ?? (repository.private ? 'none' : 'read');
  }

  /** The repository as it is now; later changes do not touch it. */
  frozen(repository: Repository): Repository {
    const { objects, refs, ...rest } = repository;
    return { ...structuredClone(rest), objects, refs: new FrozenRefs(refs.list('refs/')) };
  }

  pull(repository: Repository, number: number): Pull {
    const pull = repository.pulls.get(number);
    if (pull === undefined) throw notFound();
    return pull;
  }

  #addAccount(login: string, type: User['type'], id: number): User {
    const user: User = { id, login, type, createdAt: this.now(), keys: [], signingKeys: [] };
    this.users.set(id, user);
    this.#byLogin.set(login.toLowerCase(), user);
    return user;
  }
}

/** Pushed objects stay loose, where the object store reads them; nothing packs refs behind its back. */
const GIT_CONFIG = `[core]
\trepositoryformatversion = 0
\tbare = true
\tlogallrefupdates = false
[gc]
\tauto = 0
\tpackRefs = false
[receive]
\tunpackLimit = 1000000
\tautogc = false
[transfer]
\tunpackLimit = 1000000
[http]
\treceivepack = true
[uploadpack]
\tallowFilter = true
\tallowAnySHA1InWant = true
`;

function newRepository(input: {
  readonly id: number;
  readonly owner: number;
  readonly name: string;
  readonly directory: string;
  readonly defaultBranch: string;
  readonly objects: ObjectStore;
  readonly now: string;
  readonly options: RepositoryOptions;
  readonly parent: Repository | null;
}): Repository {
  return {
    id: input.id,
    owner: input.owner,
    name: input.name,
    private: input.options.private ?? false,
    plan: input.options.plan ?? 'free',
    parent: input.parent?.id ?? null,
    defaultBranch: input.defaultBranch,
    createdAt: input.now,
    directory: input.directory,
    objects: input.objects,
    refs: new RefStore(input.directory),
    collaborators: new Map(),
    pulls: new Map(),
    comments: new Map(),
    statuses: [],
    releases: new Map(),
    runs: new Map(),
    artifacts: new Map(),
    environments: new Map(),
    secrets: new Map(),
    rulesets: new Map(),
    protections: new Map(),
    dispatches: [],
    settings: {
      actionsMayCreatePulls: true,
      defaultWorkflowPermissions: 'read',
      immutableReleases: false,
      maxTreeEntries: 100_000,
      maxAssets: 1000,
      maxAssetBytes: 2 * 1024 ** 3,
    },
    site: null,
    nextNumber: 1,
  };
}
