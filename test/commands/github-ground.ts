// SPDX-License-Identifier: Apache-2.0
// A repository on a GitHub of our own, in this process: what the workflows do, called directly, with the tokens that their jobs would have.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openArtifactStaging, type ArtifactStaging } from '../../src/artifacts/staging.ts';
import type { RepositorySource } from '../../src/client/source.ts';
import { abandon, type AbandonResult } from '../../src/commands/abandon.ts';
import { custody, settle, type CustodySignature } from '../../src/commands/custody.ts';
import { gather, type GatherResult } from '../../src/commands/gather.ts';
import { init, type InitResult } from '../../src/commands/init.ts';
import { propose, type ProposeResult } from '../../src/commands/propose.ts';
import type { ProposeInput } from '../../src/commands/propose-input.ts';
import { publish, type PublishResult } from '../../src/commands/publish.ts';
import { readState, requireBase, treeSource } from '../../src/commands/read-base.ts';
import { reviewSite } from '../../src/commands/review-site.ts';
import { sign, type SignInput, type SignResult } from '../../src/commands/sign.ts';
import type { Workplace } from '../../src/commands/workplace.ts';
import type { Base } from '../../src/event/base.ts';
import { PUBLISHED_BRANCH } from '../../src/event/layout.ts';
import { openGitHub, type GitHub } from '../../src/forge/github/index.ts';
import { collectFiles } from '../../src/hashing/collect.ts';
import { hashFiles } from '../../src/hashing/hash-files.ts';
import { openDirectory } from '../../src/hosting/directory.ts';
import type { CommitSha, Log, Pull } from '../../src/ports.ts';
import { parsePublicKey } from '../../src/signers/public-key.ts';
import { parseRepositoryId } from '../../src/tuf/binding.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { objectField, stringField } from '../../src/tuf/fields.ts';
import type { Instant } from '../../src/tuf/instant.ts';
import { zipOf } from '../fakes/zip.ts';
import type { FakeGitHub } from '../github/server.ts';
import { day, ONLINE, publicKeyOf, signerOf } from './support.ts';
import { allPulls } from '../fakes/all-pulls.ts';

/** People with keys of their own; carol's key is in custody, and she may sign releases only. */
export const SELF_HELD = ['alice', 'bob', 'dave'] as const;
export const CUSTODY = 'carol';
/** Somebody with an account and nothing else. */
export const STRANGER = 'mallory';

const REPOSITORY = '00000000-0000-4000-8000-0000000000aa';

/** What each job of our workflows may do. */
export const JOBS = {
  propose: { contents: 'write', 'pull-requests': 'write', actions: 'read' },
  gather: { contents: 'write', 'pull-requests': 'write', statuses: 'write' },
  custody: { contents: 'read', 'pull-requests': 'read' },
  publish: { contents: 'write', actions: 'read', 'pull-requests': 'read' },
  deploy: { contents: 'read' },
} as const;

/** Who opens a workplace: a job, or a person with a token of their own. */
export interface OpenAs {
  readonly as?: keyof typeof JOBS | { readonly person: string };
  readonly now?: Instant;
}

/** What of a proposal differs from one file for Pages. */
export type ProposeChange = OpenAs & Partial<Omit<ProposeInput, 'files' | 'role'>> & { readonly role?: string };

async function keyText(name: string): Promise<string> {
  const { key } = await publicKeyOf(name);
  return `ed25519:${stringField(objectField(key, 'keyval', 'key'), 'public', 'key')}`;
}

async function policyText(): Promise<string> {
  const people = await Promise.all(SELF_HELD.map(async (name) => `  ${name}: { github: ${name}, key: "${await keyText(name)}" }`));
  people.push(`  ${CUSTODY}: { github: ${CUSTODY}, key: "${await keyText(CUSTODY)}", custody: "environment:countersign-${CUSTODY}" }`);
  return `people:
${people.join('\n')}
roles:
  root: { signers: [alice, bob], threshold: 2, expires: 365d, renew: 60d }
  targets: { signers: [alice, bob], threshold: 2, expires: 365d, renew: 60d }
  releases: { paths: ["v*/*"], signers: [alice, bob, carol], threshold: 2, expires: 90d, renew: 30d }
  docs: { paths: ["docs/*"], signers: [alice, dave], threshold: 1, expires: 90d, renew: 30d }
online:
  snapshot: { keys: ["env:${ONLINE}"], expires: 30d, renew: 15d }
  timestamp: { keys: ["env:${ONLINE}"], expires: 7d, renew: 6d }
`;
}

/** A repository on GitHub that Countersign keeps, and its people. */
export class GitHubGround {
  readonly github: FakeGitHub;
  readonly directory: string;
  /** The repository's name below `acme`, and its full name. */
  readonly name: string;
  readonly project: string;
  /** The commit of the published branch that clients are served now. */
  deployed: CommitSha | null = null;
  /** The commit that releases are built from. */
  source = '';
  #runs = 0;

  constructor(github: FakeGitHub, directory: string, name: string) {
    this.github = github;
    this.directory = directory;
    this.name = name;
    this.project = `acme/${name}`;
  }

  /**
   * An empty project, its people, and a first commit.
   * @param github - one that is there already; @actions/artifact knows one address in each process
   */
  static async start(github: FakeGitHub, name = 'app', repository: { readonly private?: boolean } = {}): Promise<GitHubGround> {
    const ground = new GitHubGround(github, await mkdtemp(join(tmpdir(), 'countersign-github-')), name);
    github.addOrganization('acme');
    github.addRepository('acme', name, repository);
    github.addUser('admin');
    github.addCollaborator(ground.project, 'admin', 'admin');
    for (const person of [...SELF_HELD, CUSTODY]) {
      github.addUser(person);
      github.addCollaborator(ground.project, person, 'write');
    }
    github.addUser(STRANGER);
    ground.source = github.commit(ground.project, 'main', { 'README.md': 'app\n' });
    return ground;
  }

  /** A project whose root is signed and published. */
  static async published(github: FakeGitHub, name?: string, repository?: string): Promise<GitHubGround> {
    const ground = await GitHubGround.start(github, name);
    const { number } = await ground.init(undefined, repository);
    await ground.sign('alice', number);
    await ground.sign('bob', number);
    await ground.gather();
    await ground.publish();
    await ground.deploy();
    return ground;
  }

  async close(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  token(as: NonNullable<OpenAs['as']>): string {
    return typeof as === 'string'
      ? this.github.jobToken({ repository: this.project, permissions: JOBS[as], workflowBranch: 'main' })
      : this.github.tokenFor(as.person);
  }

  async adapters(as: NonNullable<OpenAs['as']>): Promise<GitHub> {
    const { apiUrl, graphqlUrl } = this.github;
    return openGitHub({ owner: 'acme', repo: this.name, token: this.token(as), apiUrl, graphqlUrl, log: QUIET });
  }

  /** One more workplace, with everything read anew. */
  async open({ as = 'gather', now = day(0) }: OpenAs = {}): Promise<Workplace & { readonly staging: ArtifactStaging }> {
    // @actions/artifact asks this address for archives, and no other.
    process.env['GITHUB_API_URL'] = this.github.apiUrl;
    const { forge, releases, artifacts } = await this.adapters(as);
    const runUrl = (id: number): string => `${this.github.serverUrl}/${this.project}/actions/runs/${String(id)}`;
    const staging = await openArtifactStaging({ temporary: this.directory, artifacts, hints: [], runUrl, log: QUIET });
    return {
      forge,
      releases,
      staging,
      live: this.live(),
      site: null,
      maxHostedBytes: 40 * 1024 * 1024,
      hasher: { hash: (paths, onProgress) => hashFiles(collectFiles(paths), { onProgress }) },
      log: QUIET,
      now,
      anchor: null,
      openSigner: async (uri) => {
        if (as === 'publish' || as === 'gather' || uri === `env:${ONLINE}`) return signerOf(uri.replace(/^env:/, ''));
        throw new CountersignError('signer-key', uri, 'expected a key, got none');
      },
      withSiteLock: (work) => work(async () => undefined),
    };
  }

  /** What clients are served: the tree that was deployed last. */
  live(): RepositorySource {
    const read = async (): Promise<RepositorySource | null> => {
      if (this.deployed === null) return null;
      const { forge } = await this.adapters('deploy');
      return treeSource(forge, await forge.tree(this.deployed));
    };
    let source: Promise<RepositorySource | null> | null = null;
    const opened = (): Promise<RepositorySource | null> => (source ??= read());
    return {
      metadata: async (path, maxBytes) => (await opened())?.metadata(path, maxBytes) ?? null,
      target: async (path, maxBytes) => (await opened())?.target(path, maxBytes) ?? null,
      list: async () => null,
    };
  }

  async init(options: OpenAs = { as: { person: 'admin' } }, repository: string = REPOSITORY): Promise<InitResult> {
    const place = await this.open(options);
    return init(place, {
      policy: await policyText(),
      policyName: 'countersign.yaml',
      repository: parseRepositoryId(repository, 'test'),
      files: new Map([['.github/workflows/countersign-wake.yml', new TextEncoder().encode('on: pull_request_review\n')]]),
      resolveKey: async (text, name) => parsePublicKey(text, name),
      resolveAccount: async (login) => {
        const account = (await place.forge.accounts([login])).get(login) ?? null;
        if (account === null) throw new CountersignError('people-invalid', login, 'expected an account, got none');
        return account;
      },
    });
  }

  /** Signs as a person does on their machine. */
  async sign(person: string, number: number, options: OpenAs & Partial<SignInput> = {}): Promise<SignResult> {
    return sign(await this.open({ ...options, as: { person } }), {
      number,
      signer: options.signer ?? signerOf(person),
      memory: openDirectory(join(this.directory, 'memory', person)),
      confirm: async () => true,
      confirmReplacement: options.confirmReplacement ?? (async () => true),
      carrier: options.carrier ?? 'submit',
    });
  }

  /** Approves in the browser. */
  async approve(person: string, number: number, state: 'APPROVED' | 'CHANGES_REQUESTED' = 'APPROVED'): Promise<number> {
    const { forge } = await this.adapters({ person });
    const pull = await this.pull(number);
    return (await forge.submitReview(number, { state, body: '', commitSha: pull.headSha })).id;
  }

  /** Asks for changes in the browser, which takes an approval back. */
  async requestChanges(person: string, number: number): Promise<void> {
    const { forge } = await this.adapters({ person });
    const { headSha } = await this.pull(number);
    await forge.submitReview(number, { state: 'CHANGES_REQUESTED', body: 'Not this.', commitSha: headSha });
  }

  async pull(number: number): Promise<Pull> {
    const { forge } = await this.adapters('gather');
    const pull = (await allPulls(forge, '', 'tuf')).find((one) => one.number === number);
    if (pull === undefined) throw new Error(`no pull request ${String(number)}`);
    return pull;
  }

  /** Proposes files of these texts by their names, as a run of the release workflow, whose artifact is then uploaded. */
  async propose(files: Readonly<Record<string, string>>, change: ProposeChange = {}): Promise<ProposeResult> {
    const directory = join(this.directory, 'build', String(++this.#runs));
    const run = this.github.addRun(this.project, {
      path: '.github/workflows/release.yml',
      event: 'push',
      headBranch: 'main',
      actor: 'alice',
    });
    const paths: string[] = [];
    for (const [name, text] of Object.entries(files)) {
      const path = join(directory, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
      paths.push(path);
    }
    const { as = 'propose', now, ...more } = change;
    const place = await this.open({ as, ...(now === undefined ? {} : { now }) });
    const result = await propose(place, {
      role: 'releases',
      files: paths,
      targetPrefix: change.hosting === 'release' ? '' : 'v1/',
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
        runUrl: `https://github.test/${this.project}/actions/runs/${String(run.id)}`,
        workflow: `${this.project}/.github/workflows/release.yml@refs/heads/main`,
        commit: this.source,
        actor: 'alice',
        ref: 'refs/heads/main',
      },
      staging: 'all',
      mode: 'apply',
      ...more,
    });
    const upload = place.staging.upload();
    if (upload !== null) this.github.addArtifact(this.project, run.id, upload.name, await zipDirectory(upload.directory));
    return result;
  }

  /** Proposes files for the release of a tag. */
  async proposeRelease(tag: string, files: Readonly<Record<string, string>>, change: ProposeChange = {}): Promise<ProposeResult> {
    const release = { tag, createTag: true, releaseId: null, prerelease: false };
    return this.propose(files, { hosting: 'release', release, ...change });
  }

  async gather(options: OpenAs = {}): Promise<GatherResult> {
    return gather(await this.open({ as: 'gather', ...options }));
  }

  async custody(person: string = CUSTODY, options: OpenAs = {}, key: string = person): Promise<readonly CustodySignature[]> {
    return custody(await this.open({ as: 'custody', ...options }), person, signerOf(key));
  }

  async settle(carried: readonly CustodySignature[], options: OpenAs = {}): Promise<GatherResult> {
    return settle(await this.open({ as: 'gather', ...options }), carried);
  }

  /** Ends an event as those who signed it would, each with their own key, and then the automation what nobody signed. */
  async abandon(number: number, options: OpenAs = {}): Promise<AbandonResult> {
    for (;;) {
      try {
        return await abandon(await this.open({ as: 'gather', ...options }), number);
      } catch (error) {
        const person = error instanceof CountersignError && error.code === 'not-a-signer' ? signerNamedIn(error.detail) : null;
        if (person === null) throw error;
        if (person === CUSTODY) await this.requestChanges(person, number);
        else {
          const result = await abandon(await this.open({ ...options, as: { person } }), number, signerOf(person));
          if (result.outcome === 'abandoned') return result;
        }
      }
    }
  }

  async publish(options: OpenAs = {}): Promise<PublishResult> {
    return publish(await this.open({ as: 'publish', ...options }));
  }

  /** Deploys the published branch as it is now, as the deploy job does. */
  async deploy(options: OpenAs = {}): Promise<void> {
    const place = await this.open({ as: 'deploy', ...options });
    const head = (await place.forge.branches(PUBLISHED_BRANCH)).get(PUBLISHED_BRANCH);
    if (head === undefined) throw new Error('nothing is published');
    await reviewSite(place, treeSource(place.forge, await place.forge.tree(head)));
    this.deployed = head;
  }

  async base(): Promise<Base> {
    return requireBase(await readState(await this.open()));
  }
}

/** The first of those who have signed, as an error names them. */
function signerNamedIn(detail: string): string | null {
  return [...SELF_HELD, CUSTODY].find((name) => detail.includes(`"${name}"`)) ?? null;
}

/** A log that keeps nothing. */
export const QUIET: Log = { info: () => undefined, warn: () => undefined, progress: () => undefined };

async function zipDirectory(directory: string): Promise<Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const name of await readdir(directory)) files.set(name, await readFile(join(directory, name)));
  return zipOf(files);
}
