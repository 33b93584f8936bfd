// SPDX-License-Identifier: Apache-2.0
// A repository on the fake GitHub whose first event is signed, and steps of the action on it, each with the token of a job.
import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import { openGitHubWorkplace, type GitHubWorkplace } from '../../src/action/github-workplace.ts';
import { INPUT_NAMES, variableOf, type InputName } from '../../src/action/input-text.ts';
import { OUTPUT_NAMES, type OutputName } from '../../src/action/outputs.ts';
import { runAction } from '../../src/action/run.ts';
import { init } from '../../src/commands/init.ts';
import { sign } from '../../src/commands/sign.ts';
import { openDirectory } from '../../src/hosting/directory.ts';
import { parsePublicKey } from '../../src/signers/public-key.ts';
import { parseRepositoryId } from '../../src/tuf/binding.ts';
import { objectField, stringField } from '../../src/tuf/fields.ts';
import { publicKeyOf, signerOf, START } from '../commands/support.ts';
import { startGitHub, type FakeGitHub } from '../github/server.ts';
import { RecordingRunner } from './recording-runner.ts';
import { zipOf } from '../fakes/zip.ts';
import { allPulls } from '../fakes/all-pulls.ts';

export const FULL = 'acme/project';
export const WORKFLOW = '.github/workflows/release.yml';

/** The seed of a person's or an online key, as a secret has it. */
export function seedOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

type Given = Partial<Readonly<Record<InputName, string>>>;
type Permissions = Readonly<Record<string, 'read' | 'write'>>;

/** The permissions of each job, as the workflows give them. */
export const JOBS: Readonly<Record<'propose' | 'gather' | 'settle' | 'custody' | 'publish' | 'site', Permissions>> = {
  propose: { actions: 'read', contents: 'write', 'pull-requests': 'write' },
  gather: { contents: 'write', 'pull-requests': 'write', statuses: 'write' },
  settle: { actions: 'read', contents: 'write', 'pull-requests': 'write', statuses: 'write' },
  custody: { contents: 'read', 'pull-requests': 'read' },
  publish: { actions: 'read', contents: 'write', 'pull-requests': 'read' },
  site: { contents: 'read' },
} as const satisfies Record<string, Permissions>;

/** What a step left. */
export interface GitHubStep {
  readonly code: number;
  readonly runner: RecordingRunner;
  readonly outputs: Readonly<Partial<Record<OutputName, string>>>;
}

async function publicText(name: string): Promise<string> {
  const { key } = await publicKeyOf(name);
  return `ed25519:${stringField(objectField(key, 'keyval', 'key'), 'public', 'key')}`;
}

async function policyText(): Promise<string> {
  return `people:
  alice: { github: alice, key: "${await publicText('alice')}" }
  bob: { github: bob, key: "${await publicText('bob')}" }
  carol: { github: carol, key: "${await publicText('carol')}", custody: "environment:countersign-carol" }
roles:
  root: { signers: [alice, bob], threshold: 2, expires: 365d, renew: 60d }
  targets: { signers: [alice, bob], threshold: 2, expires: 365d, renew: 60d }
  releases: { paths: ["v*/*"], signers: [alice, bob, carol], threshold: 2, expires: 90d, renew: 30d }
online:
  snapshot: { keys: ["env:COUNTERSIGN_ONLINE_KEY"], expires: 30d, renew: 15d }
  timestamp: { keys: ["env:COUNTERSIGN_ONLINE_KEY"], expires: 7d, renew: 6d }
`;
}

export class GitHubGround {
  readonly fake: FakeGitHub;
  readonly directory: string;
  /** The commit of the default branch. */
  readonly commit: string;

  constructor(fake: FakeGitHub, directory: string, commit: string) {
    this.fake = fake;
    this.directory = directory;
    this.commit = commit;
  }

  /** A run of the release workflow. */
  run(change: Partial<Parameters<FakeGitHub['addRun']>[1]> = {}): number {
    return this.fake.addRun(FULL, { path: WORKFLOW, event: 'push', headBranch: 'main', conclusion: null, ...change }).id;
  }

  artifact(run: number, name: string, files: Readonly<Record<string, string>>): void {
    this.fake.addArtifact(FULL, run, name, zipOf(new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]))));
  }

  /** What an upload step does with a directory that a step has left. */
  async upload(run: number, name: string, directory: string): Promise<void> {
    const files = new Map<string, Buffer>();
    for (const file of await readdir(directory)) files.set(file, await readFile(join(directory, file)));
    this.fake.addArtifact(FULL, run, name, zipOf(files));
  }

  /** What a checkout step leaves. */
  async checkout(branch: string): Promise<string> {
    const directory = await mkdtemp(join(this.directory, 'checkout-'));
    const source = `file://${this.fake.gitDirectory(FULL)}`;
    await promisify(execFile)('git', ['clone', '--quiet', '--depth=1', '--branch', branch, source, directory]);
    return directory;
  }

  /** One step of the action in a job with these permissions. */
  async step(run: number, permissions: Permissions, given: Given): Promise<GitHubStep> {
    // The artifact client asks the process where GitHub is, as in a real run.
    vi.stubEnv('GITHUB_API_URL', this.fake.apiUrl);
    const runner = new RecordingRunner();
    const token = this.fake.jobToken({ repository: FULL, permissions, workflowBranch: 'main' });
    const inputs: Given = { 'github-token': token, repository: FULL, 'site-url': this.fake.pagesUrl(FULL), ...given };
    const code = await runAction(
      new Map([
        ...INPUT_NAMES.map((name): [string, string] => [variableOf(name), inputs[name] ?? '']),
        ['GITHUB_API_URL', this.fake.apiUrl],
        ['GITHUB_GRAPHQL_URL', this.fake.graphqlUrl],
        ['GITHUB_SERVER_URL', this.fake.serverUrl],
        ['GITHUB_REPOSITORY', FULL],
        ['GITHUB_RUN_ID', String(run)],
        ['GITHUB_SHA', this.commit],
        ['GITHUB_REF', 'refs/heads/main'],
        ['GITHUB_ACTOR', 'acme'],
        ['GITHUB_WORKFLOW_REF', `${FULL}/${WORKFLOW}@refs/heads/main`],
        ['GITHUB_WORKSPACE', this.directory],
        ['RUNNER_TEMP', await mkdtemp(join(this.directory, 'temp-'))],
      ]),
      { runner, now: START },
    );
    if (runner.shown.includes(token)) throw new Error('a token was shown');
    return { code, runner, outputs: Object.fromEntries(OUTPUT_NAMES.map((name) => [name, runner.outputs.get(name) ?? ''])) };
  }

  /** A workplace as a person has it. */
  async placeOf(login: string): Promise<GitHubWorkplace> {
    return openGitHubWorkplace({
      owner: 'acme',
      repo: 'project',
      token: this.fake.tokenFor(login),
      apiUrl: this.fake.apiUrl,
      graphqlUrl: this.fake.graphqlUrl,
      serverUrl: this.fake.serverUrl,
      siteUrl: this.fake.pagesUrl(FULL),
      metadataHosting: 'pages',
      metadataTag: 'tuf',
      commit: null,
      temporary: this.directory,
      log: { info: () => undefined, warn: () => undefined, progress: () => undefined },
      now: START,
      anchor: null,
      openSigner: async (uri) => signerOf(uri.replace(/^env:/, '')),
    });
  }

  async sign(person: string, number: number): Promise<void> {
    const place = await this.placeOf(person);
    const memory = openDirectory(join(this.directory, 'memory', person));
    await sign(place, { number, signer: signerOf(person), memory, confirm: async () => true, confirmReplacement: async () => true, carrier: 'submit' });
    await place.close();
  }

  /** Approves in the browser, with no signature. */
  async approve(person: string, number: number): Promise<void> {
    const place = await this.placeOf(person);
    const pull = (await allPulls(place.forge, 'sign/', 'tuf')).find((one) => one.number === number);
    if (pull === undefined) throw new Error('no such pull request');
    await place.forge.submitReview(number, { state: 'APPROVED', body: 'Looks right.', commitSha: pull.headSha });
    await place.close();
  }

  async close(): Promise<void> {
    vi.unstubAllEnvs();
    await rm(this.directory, { recursive: true, force: true });
    await this.fake.close();
  }
}

/** A repository whose first event is signed and merged. */
export async function signedOnGitHub(): Promise<GitHubGround> {
  const fake = await startGitHub();
  fake.addRepository('acme', 'project');
  for (const login of ['alice', 'bob', 'carol']) {
    fake.addUser(login);
    fake.addCollaborator(FULL, login, 'write');
  }
  const commit = fake.commit(FULL, 'main', {
    'README.md': 'hello\n',
    '.github/workflows/announce.yml': 'on: workflow_dispatch\njobs: {}\n',
  });
  const ground = new GitHubGround(fake, await mkdtemp(join(tmpdir(), 'countersign-github-')), commit);
  const place = await ground.placeOf('acme');
  const { number } = await init(place, {
    policy: await policyText(),
    policyName: 'policy',
    repository: parseRepositoryId('00000000-0000-4000-8000-000000000001', 'test'),
    files: new Map(),
    resolveKey: async (text, name) => parsePublicKey(text, name),
    resolveAccount: async (login) => {
      const account = (await place.forge.accounts([login])).get(login) ?? null;
      if (account === null) throw new Error(`no account ${login}`);
      return account;
    },
  });
  await place.close();
  for (const person of ['alice', 'bob']) await ground.sign(person, number);
  const { code, runner } = await ground.step(ground.run(), JOBS.gather, { command: 'gather' });
  if (code !== 0) throw new Error(runner.shown);
  return ground;
}
