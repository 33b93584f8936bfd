// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyTree, git, writeFiles, type CommandLine, type Json, type Ran } from './command-line.ts';

const PEOPLE = ['alice', 'bob', 'carol'] as const;
export type PersonName = (typeof PEOPLE)[number];

/** A policy with a role that two of three sign, and one that carol signs alone. */
export function policyText(keys: Readonly<Record<string, string>>): string {
  return `people:
${PEOPLE.map((name) => `  ${name}: { github: ${name}, key: "${keys[name] ?? ''}" }`).join('\n')}
roles:
  root: { signers: [alice, bob, carol], threshold: 2, expires: 365d, renew: 60d }
  targets: { signers: [alice, bob, carol], threshold: 2, expires: 365d, renew: 60d }
  releases: { paths: ["v*/*", "v*/*/*"], signers: [alice, bob, carol], threshold: 2, expires: 90d, renew: 30d }
  docs: { paths: ["docs/*"], signers: [carol], threshold: 1, expires: 90d, renew: 30d }
online:
  snapshot: { keys: ["env:COUNTERSIGN_ONLINE_KEY"], expires: 30d, renew: 15d }
  timestamp: { keys: ["env:COUNTERSIGN_ONLINE_KEY"], expires: 7d, renew: 6d }
`;
}

/** A local repository with its site, keys and what its people's machines remember, as a user has it. */
export class Repository {
  readonly directory: string;
  readonly #cli: CommandLine;
  readonly #onlineKey: string;

  constructor(cli: CommandLine, directory: string, onlineKey: string) {
    this.#cli = cli;
    this.directory = directory;
    this.#onlineKey = onlineKey;
  }

  /** The bare git repository. */
  get bare(): string {
    return join(this.directory, 'forge', 'repo.git');
  }

  get env(): Readonly<Record<string, string>> {
    return { COUNTERSIGN_REPO: 'forge', COUNTERSIGN_ONLINE_KEY: this.#onlineKey };
  }

  path(...segments: readonly string[]): string {
    return join(this.directory, ...segments);
  }

  run(...args: readonly string[]): Promise<Ran> {
    return this.#cli.run(args, { cwd: this.directory, env: this.env });
  }

  json(...args: readonly string[]): Promise<Json> {
    return this.#cli.json(args, { cwd: this.directory, env: this.env });
  }

  /** The code of the error that a command ends in, with the exit code. */
  async refusal(...args: readonly string[]): Promise<{ readonly exit: number; readonly code: string }> {
    const { code, stdout } = await this.run(...args, '--json');
    return { exit: code, code: JSON.parse(stdout).error.code };
  }

  signArguments(number: number, person: PersonName): readonly string[] {
    return ['sign', String(number), '--as', person, '--key', `file:keys/${person}.pem`, '--memory', `memory/${person}`, '--yes'];
  }

  sign(number: number, person: PersonName): Promise<Json> {
    return this.json(...this.signArguments(number, person));
  }

  /** Proposes files of the given contents for carol's role. */
  async proposeDocs(files: Readonly<Record<string, string>>, ...more: readonly string[]): Promise<Json> {
    return this.json(...(await this.docsArguments(files)), ...more);
  }

  /** The arguments that propose files of the given contents for carol's role. */
  async docsArguments(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const from = this.path('in', String((await readdir(this.path('in'))).length));
    await writeFiles(from, files);
    return ['propose', '--role', 'docs', '--target-prefix', 'docs/', from];
  }

  /** What one event takes to be seen by clients, when one person is enough. */
  async release(number: number, person: PersonName): Promise<void> {
    await this.sign(number, person);
    await this.json('gather');
    await this.json('publish');
  }

  async refs(): Promise<string> {
    return git(this.bare, 'for-each-ref');
  }

  async head(branch: string): Promise<string> {
    return git(this.bare, 'rev-parse', `refs/heads/${branch}`);
  }

  /** Commits straight onto a branch and pushes it, as somebody who may but should not. */
  async pushOnto(branch: string, change: (directory: string) => Promise<void>): Promise<void> {
    const directory = this.path(`clone-${String(performance.now())}`);
    await git(this.directory, 'clone', '--quiet', '--branch', branch, this.bare, directory);
    await change(directory);
    await git(directory, 'add', '--all');
    await git(directory, 'commit', '--quiet', '--message', 'by hand');
    await git(directory, 'push', '--quiet', 'origin', branch);
  }

  async readSite(path: string): Promise<Json> {
    return JSON.parse(await readFile(this.path('forge', 'site', path), 'utf8'));
  }
}

/** A repository that was begun, has one published file (`docs/first.txt`, docs v2), and is copied for each test. */
export interface Template {
  copy(): Promise<Repository>;
}

/** Makes keys and policy in a new directory. */
export async function newPlace(cli: CommandLine): Promise<Repository> {
  const directory = await cli.emptyDirectory();
  await mkdir(join(directory, 'keys'));
  await mkdir(join(directory, 'in'));
  const keys: Record<string, string> = {};
  for (const name of PEOPLE) keys[name] = (await cli.writeKey(join(directory, 'keys', `${name}.pem`))).publicText;
  const online = await cli.writeKey(join(directory, 'keys', 'online.pem'));
  await writeFile(join(directory, 'countersign.yaml'), policyText(keys));
  return new Repository(cli, directory, online.pem);
}

export async function prepare(cli: CommandLine): Promise<Template> {
  const first = await newPlace(cli);
  const { number } = await first.json('init');
  for (const person of PEOPLE) await first.sign(number, person);
  await first.json('gather');
  const proposed = await first.proposeDocs({ 'first.txt': 'first\n' });
  await first.sign(proposed.number, 'carol');
  await first.json('gather');
  // Nothing was published while there was the first event alone, so that a person has to say so.
  await first.json('publish', '--served-timestamp', '0');
  return {
    async copy() {
      const directory = await cli.emptyDirectory();
      await copyTree(first.directory, directory);
      return new Repository(cli, directory, first.env['COUNTERSIGN_ONLINE_KEY'] ?? '');
    },
  };
}
