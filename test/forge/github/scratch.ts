// SPDX-License-Identifier: Apache-2.0
import { openGitHub } from '../../../src/forge/github/index.ts';
import type { GitHubForge } from '../../../src/forge/github/forge.ts';
import { parseAccountId, parseCommitSha } from '../../../src/forge/local/ids.ts';
import type { Account, CommitSha } from '../../../src/ports.ts';
import { startGitHub } from '../../github/server.ts';
import type { AddedUser, FakeGitHub } from '../../github/server.ts';

export const FULL = 'acme/project';
const WRITES = { contents: 'write', 'pull-requests': 'write' } as const;

/** A repository on a GitHub of our own with a branch `tuf`, a writer `ann`, and `eve`, who may nothing. */
export class Scratch {
  readonly fake: FakeGitHub;
  readonly ann: AddedUser;
  readonly eve: AddedUser;
  readonly warnings: string[] = [];

  private constructor(fake: FakeGitHub) {
    this.fake = fake;
    fake.addRepository('acme', 'project');
    [this.ann, this.eve] = [fake.addUser('ann'), fake.addUser('eve')];
    fake.addCollaborator(FULL, 'ann', 'write');
    fake.commit(FULL, 'main', { 'README.md': 'hello\n' });
    fake.commit(FULL, 'tuf', { 'metadata/root.json': 'one\n' }, { orphan: true });
  }

  static async start(): Promise<Scratch> {
    return new Scratch(await startGitHub());
  }

  /** The forge as a person with a token, or as a workflow's job. */
  async open(given: string | null = null): Promise<GitHubForge> {
    const token = given ?? this.fake.jobToken({ repository: FULL, permissions: WRITES });
    const log = { info: () => undefined, warn: (text: string) => void this.warnings.push(text), progress: () => undefined };
    const [owner, repo] = ['acme', 'project'];
    return (await openGitHub({ owner, repo, token, apiUrl: this.fake.apiUrl, log, fetch: this.fake.fetch })).forge;
  }

  /** A branch upon `tuf` with one more file. */
  branch(name: string, content: string = name): CommitSha {
    const { refs } = this.fake.repository(FULL);
    if (refs.get(`refs/heads/${name}`) === null) this.point(name, refs.get('refs/heads/tuf'));
    return parseCommitSha(this.fake.commit(FULL, name, { 'metadata/r.json': `${content}\n` }), 'test');
  }

  /** Points a branch anywhere, or deletes it, as somebody with git would. */
  point(name: string, commit: string | null): void {
    const { refs } = this.fake.repository(FULL);
    if (!('update' in refs) || typeof refs.update !== 'function') throw new Error('the repository is frozen');
    refs.update([{ name: `refs/heads/${name}`, before: undefined, after: commit }]);
    this.fake.refsChanged(FULL);
  }

  head(name: string): CommitSha {
    return parseCommitSha(this.fake.repository(FULL).refs.get(`refs/heads/${name}`) ?? '', 'test');
  }

  /** A pull request of a new branch, opened by the job; gives its number. */
  async pull(name: string, base = 'tuf'): Promise<number> {
    this.branch(name);
    return (await (await this.open()).openPull({ head: name, base, title: `title of ${name}`, body: `body of ${name}` })).number;
  }
}

/** An account as the port has it. */
export function account({ id, login }: { readonly id: number; readonly login: string }): Account {
  return { id: parseAccountId(id, 'test'), login };
}
