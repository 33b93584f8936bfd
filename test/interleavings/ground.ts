// SPDX-License-Identifier: Apache-2.0
// One published repository on the fake GitHub that every run begins with anew, and ways to open it for a run of a command.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openArtifactStaging, type ArtifactStaging } from '../../src/artifacts/staging.ts';
import type { RepositorySource } from '../../src/client/source.ts';
import { propose, type ProposeResult } from '../../src/commands/propose.ts';
import type { ProposeInput } from '../../src/commands/propose-input.ts';
import type { Workplace } from '../../src/commands/workplace.ts';
import { openGitHub } from '../../src/forge/github/index.ts';
import { collectFiles } from '../../src/hashing/collect.ts';
import { hashFiles } from '../../src/hashing/hash-files.ts';
import type { Files } from '../../src/ports.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { addSeconds, type Instant } from '../../src/tuf/instant.ts';
import { CUSTODY, GitHubGround, SELF_HELD, type JOBS } from '../commands/github-ground.ts';
import { ONLINE, signerOf, START } from '../commands/support.ts';
import { zipOf } from '../fakes/zip.ts';
import { STRANGERS, WRITER } from '../strangers/people.ts';
import { startGitHub, type FakeGitHub } from '../github/server.ts';
import type { Repository } from '../github/state.ts';
import { ACTIONS_BOT_ID } from '../github/world.ts';
import { Commits } from './history.ts';
import { personOf, type Policy } from './judge.ts';
import type { Plant } from './plants.ts';
import { putRefs } from './refs.ts';
import type { Wire } from './scheduler.ts';

/** The repository's name, and its name in metadata. */
export const PROJECT = 'acme/app';
const NAME = 'app';
const REPOSITORY = '00000000-0000-4000-8000-0000000000aa';

/** Who opens a workplace. */
export type As = keyof typeof JOBS | { readonly person: string };

const QUIET = { info: () => undefined, warn: () => undefined, progress: () => undefined };
const ROLES: Policy['roles'] = new Map([
  ['releases', { threshold: 2, signers: ['alice', 'bob', 'carol'] }],
  ['docs', { threshold: 1, signers: ['alice', 'dave'] }],
]);

/** What of a repository is neither an object nor a ref. */
type Rest = Omit<Repository, 'objects' | 'refs'>;

function restOf({ objects: _objects, refs: _refs, ...rest }: Repository): Rest {
  return rest;
}

/** A repository and its clock as they were at one moment. */
export interface Checkpoint {
  readonly rest: Rest;
  readonly refs: readonly (readonly [string, string])[];
  readonly deployed: string;
  readonly seconds: number;
}

/** Files in memory. */
export function memoryFiles(): Files {
  const held = new Map<string, Uint8Array>();
  return {
    read: async (path) => held.get(path) ?? null,
    list: async () => new Map([...held].map(([path, { length }]) => [path, length])),
    write: async (path, bytes) => void held.set(path, bytes),
    copyIn: async () => Promise.reject(new Error('not here')),
    writeStream: async () => Promise.reject(new Error('not here')),
    digest: async () => Promise.reject(new Error('not here')),
    remove: async (path) => void held.delete(path),
  };
}

/** What a propose puts up. */
export interface Proposed {
  readonly role: string;
  /** Names to texts. */
  readonly files: Readonly<Record<string, string>>;
  readonly change: Partial<Omit<ProposeInput, 'files' | 'role'>>;
}

/** The repository, its clock, and what clients are served. */
export class Ground {
  readonly github: FakeGitHub;
  readonly #base: GitHubGround;
  readonly #first: Checkpoint;
  readonly #tokens = new Map<string, string>();
  /** The commit of the published branch that clients are served. */
  deployed: string;
  /** Seconds since the start, by the clock of everybody. */
  seconds = 0;
  /** What a read of the site comes to: what is deployed, what was deployed before, or nothing. */
  site: 'up' | 'stale' | 'down' = 'up';
  /** Seconds by which the clock of the machine that the next runs are on is ahead. */
  clockAhead = 0;
  /** Of the commit that is deployed, the paths that are not served. */
  withheld: ReadonlySet<string> = new Set();
  /** Commits of the published branch that clients were served, in order. */
  readonly served: string[] = [];
  #runs = 0;
  /** Files of each propose whose artifact was not uploaded. */
  readonly notUploaded: Map<number, string> = new Map();

  constructor(base: GitHubGround) {
    this.#base = base;
    this.github = base.github;
    this.deployed = String(base.deployed);
    this.#first = this.checkpoint();
    process.env['GITHUB_API_URL'] = this.github.apiUrl;
    this.github.setClock(() => (START + this.seconds) * 1000);
  }

  /** A project whose root is signed and published. */
  static async start(): Promise<Ground> {
    const base = await GitHubGround.published(await startGitHub({ now: () => START * 1000 }), NAME, REPOSITORY);
    for (const name of [WRITER, ...STRANGERS]) base.github.addUser(name);
    base.github.addCollaborator(PROJECT, WRITER, 'write');
    return new Ground(base);
  }

  /** A stranger's fork. */
  get fork(): Repository {
    const login = STRANGERS[0];
    return this.github.world.findRepository(`${login}/${PROJECT.split('/')[1] ?? ''}`) ?? this.github.createFork(PROJECT, login);
  }

  async close(): Promise<void> {
    await this.#base.close();
    await this.github.close();
  }

  get repository(): Repository {
    return this.github.repository(PROJECT);
  }

  get source(): string {
    return this.#base.source;
  }

  get now(): Instant {
    return addSeconds(START, this.seconds);
  }

  /** Everything as it is now, to come back to. */
  checkpoint(): Checkpoint {
    const { repository, deployed, seconds } = this;
    return { rest: structuredClone(restOf(repository)), refs: repository.refs.list('refs/'), deployed, seconds };
  }

  /** Serves clients another commit of the published branch. */
  deploy(commit: string, withheld: readonly string[]): void {
    this.served.push(this.deployed);
    this.deployed = commit;
    this.withheld = new Set(withheld);
  }

  /** Makes everything be as it was; git objects may stay, since nothing names them. */
  restore({ rest, refs, deployed, seconds }: Checkpoint): void {
    const { repository } = this;
    for (const [name, value] of Object.entries(structuredClone(rest))) {
      const now: unknown = Reflect.get(repository, name);
      if (now instanceof Map && value instanceof Map) {
        now.clear();
        for (const [key, entry] of value) now.set(key, entry);
      } else if (Array.isArray(now) && Array.isArray(value)) now.splice(0, now.length, ...value);
      else Reflect.set(repository, name, value);
    }
    this.setRefs(refs);
    this.github.faults.clear();
    this.github.requests.length = 0;
    this.deployed = deployed;
    this.seconds = seconds;
  }

  /** Everything as it was at the start, an hour later. */
  async reset(): Promise<void> {
    this.restore(this.#first);
    this.seconds = 3600;
    this.site = 'up';
    this.clockAhead = 0;
    this.served.splice(0);
    this.notUploaded.clear();
    await rm(this.temporary, { recursive: true, force: true });
    await mkdir(this.temporary, { recursive: true });
  }

  /** Makes the refs be just these, past all rules. */
  setRefs(wanted: readonly (readonly [string, string])[]): void {
    const after = new Map(wanted);
    const gone = this.repository.refs.list('refs/').filter(([name]) => !after.has(name));
    putRefs(this.repository, [...gone.map(([name]): [string, null] => [name, null]), ...after]);
  }

  get temporary(): string {
    return join(this.#base.directory, 'work');
  }

  /** The policy as plain data. */
  policy(): Policy {
    const account = (name: string): number => this.github.world.addUser(name).id;
    const people = [...SELF_HELD.map((name) => personOf(name, account(name), false)), personOf(CUSTODY, account(CUSTODY), true)];
    return { repository: REPOSITORY, automation: ACTIONS_BOT_ID, people, roles: ROLES };
  }

  token(as: As): string {
    const name = typeof as === 'string' ? as : as.person;
    const known = this.#tokens.get(name) ?? this.#base.token(as);
    this.#tokens.set(name, known);
    return known;
  }

  /** A request as a person, at once. @returns the answer's status and JSON */
  async ask(as: As, method: string, path: string, body?: object): Promise<{ readonly status: number; readonly data: unknown }> {
    const response = await this.github.fetch(`${this.github.apiUrl}/repos/${PROJECT}${path}`, {
      method,
      headers: { authorization: `token ${this.token(as)}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, data: response.status === 204 ? null : await response.json() };
  }

  /** A workplace with everything read anew; `wire` is what its requests go through. */
  async open(as: As, wire: Wire, plant: Plant | null): Promise<Workplace & { readonly staging: ArtifactStaging }> {
    const { apiUrl, graphqlUrl } = this.github;
    const token = this.token(as);
    const { forge, releases, artifacts } = await openGitHub({
      owner: 'acme',
      repo: 'app',
      token,
      apiUrl,
      graphqlUrl,
      log: QUIET,
      fetch: wire.fetch,
    });
    const runUrl = (id: number): string => `run/${String(id)}`;
    const staging = await openArtifactStaging({ temporary: this.temporary, artifacts, hints: [], runUrl, log: QUIET });
    return {
      forge: plant?.forge?.(forge, this, as) ?? forge,
      releases: plant?.releases?.(releases, this) ?? releases,
      staging,
      live: this.#live(wire),
      site: null,
      maxHostedBytes: 40 * 1024 * 1024,
      hasher: { hash: (paths, onProgress) => hashFiles(collectFiles(paths), { onProgress }) },
      log: QUIET,
      now: addSeconds(this.now, this.clockAhead),
      anchor: null,
      openSigner: async (uri) => {
        if (uri === `env:${ONLINE}`) return signerOf(ONLINE);
        throw new CountersignError('signer-key', uri, 'expected a key, got none');
      },
      withSiteLock: (work) => work(async () => undefined),
    };
  }

  /** What clients are served, at each read what is deployed then. */
  #live(wire: Wire): RepositorySource {
    const commits = new Commits(this.repository);
    const read = async (path: string): Promise<Uint8Array | null> => {
      await wire.pause(path);
      if (this.site === 'down') throw new CountersignError('io', path, 'expected an answer of the site, got none');
      const commit = this.site === 'stale' ? (this.served.at(-1) ?? this.deployed) : this.deployed;
      const id = commits.tree(commit).get(path);
      return id === undefined ? null : commits.blob(id);
    };
    return { metadata: read, target: async () => null, list: async () => null };
  }

  /** A propose as a run of the release workflow, with the upload step after it. */
  async propose(wire: Wire, { role, files, change }: Proposed, plant: Plant | null): Promise<ProposeResult> {
    const directory = join(this.temporary, `build-${String(++this.#runs)}`);
    const run = this.github.addRun(PROJECT, { path: '.github/workflows/release.yml', event: 'push', headBranch: 'main', actor: 'alice' });
    await mkdir(directory, { recursive: true });
    const paths = Object.keys(files).map((name) => join(directory, name));
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
    this.notUploaded.set(run.id, directory);
    const place = await this.open('propose', wire, plant);
    const result = await propose(place, {
      role,
      files: paths,
      targetPrefix: '',
      remove: [],
      existing: 'refuse',
      whenOpen: 'queue',
      nextVersion: false,
      custom: null,
      sourceCommit: this.source,
      hosting: 'site',
      release: null,
      origin: {
        runId: run.id,
        runUrl: `https://github.test/${PROJECT}/actions/runs/${String(run.id)}`,
        workflow: `${PROJECT}/.github/workflows/release.yml@refs/heads/main`,
        commit: this.source,
        actor: 'alice',
        ref: 'refs/heads/main',
      },
      staging: 'all',
      mode: 'apply',
      ...change,
    });
    const upload = place.staging.upload();
    if (upload !== null) await this.#upload(run.id, upload.name, upload.directory);
    return result;
  }

  async #upload(run: number, name: string, directory: string): Promise<void> {
    const files = new Map<string, Uint8Array>();
    for (const file of await readdir(directory)) files.set(file, await readFile(join(directory, file)));
    this.github.addArtifact(PROJECT, run, name, zipOf(files));
    this.notUploaded.delete(run);
  }

  /** Repeats the runs that were ended before their upload, as people are told to. */
  async repeatUploads(): Promise<void> {
    for (const [run, directory] of [...this.notUploaded]) {
      const staging = await this.open('propose', { fetch: this.github.fetch, pause: async () => undefined }, null);
      const hashed = await hashFiles(collectFiles([directory]), { onProgress: () => undefined });
      for (const { sha256, source } of hashed) await staging.staging.put(sha256, source);
      const upload = staging.staging.upload();
      if (upload !== null) await this.#upload(run, upload.name, upload.directory);
    }
  }
}
