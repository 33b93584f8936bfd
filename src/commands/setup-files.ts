// SPDX-License-Identifier: Apache-2.0
import { METADATA_BRANCH, POLICY_PATH, proposalBranch, rootHistoryPath } from '../event/layout.ts';
import { CALLER_PATH, SETUP_BRANCH } from '../event/workflow-names.ts';
import type { CommitSha, FileContent, Forge, Pull } from '../ports.ts';
import { CountersignError } from '../tuf/errors.ts';
import { readFileAt } from './read-file.ts';
import { payloadDigest, type PayloadDigest } from '../tuf/metadata.ts';
import { parseVersion } from '../tuf/names.ts';
import { parseRoot } from '../tuf/root.ts';

/** Text of a file of a commit; null when it is not there. @throws `io` */
export async function readText(forge: Forge, commit: CommitSha, path: string): Promise<string | null> {
  const bytes = await readFileAt(forge, commit, path);
  return bytes === null ? null : new TextDecoder().decode(bytes);
}

/** The head of a branch; null when there is none. */
export async function headOf(forge: Forge, branch: string): Promise<CommitSha | null> {
  return (await forge.branches(branch)).get(branch) ?? null;
}

/** What there is of a repository's first metadata. */
export interface Begun {
  /** The payload digest of root v1. Unsigned as yet, maybe: to be shown, not to be trusted. */
  readonly root: PayloadDigest;
  /** Null when the branch has none. */
  readonly policy: string | null;
}

/** The head of root v1's proposal while it is open: what was abandoned may be begun again. */
async function openProposal(forge: Forge): Promise<CommitSha | null> {
  const branch = proposalBranch('root', parseVersion(1, 'root'));
  return (await forge.pulls(branch, METADATA_BRANCH)).find(({ head, state }) => head === branch && state === 'open')?.headSha ?? null;
}

/** Reads root v1 from the metadata branch, or from its open proposal; null when there is neither. @throws `io`, the codes of parsing metadata */
export async function readBegun(forge: Forge): Promise<Begun | null> {
  const path = rootHistoryPath(parseVersion(1, 'root'));
  const metadata = await headOf(forge, METADATA_BRANCH);
  for (const commit of [metadata, await openProposal(forge)]) {
    const text = commit === null ? null : await readText(forge, commit, path);
    if (commit === null || text === null) continue;
    const root = payloadDigest(parseRoot(new TextEncoder().encode(text)).payload);
    return { root, policy: await readText(forge, commit, POLICY_PATH) };
  }
  return null;
}

const TITLE = 'Add the Countersign workflow';
const BODY = `This workflow counts signatures, publishes the TUF metadata and keeps it fresh. It runs from this branch only.

Who may change it can reach the keys that it uses: let a change of it need another person's review.
`;

/**
 * Proposes the workflow for the default branch, as a pull request of its own: nothing is pushed to the default branch.
 * @returns null when the default branch has exactly this
 * @throws `ref-conflict` when somebody else sets up at the same time; `git` for a repository without a commit
 */
export async function proposeCaller(forge: Forge, defaultBranch: string, text: string): Promise<Pull | null> {
  const head = await headOf(forge, defaultBranch);
  if (head === null) throw new CountersignError('git', defaultBranch, 'expected a branch with a commit, got an empty repository');
  if ((await readText(forge, head, CALLER_PATH)) === text) return null;
  const before = await headOf(forge, SETUP_BRANCH);
  if (before === null || (await readText(forge, before, CALLER_PATH)) !== text) {
    const content: FileContent = { kind: 'bytes', bytes: new TextEncoder().encode(text) };
    const commit = await forge.writeCommit({
      base: head,
      parents: [head],
      changes: new Map([[CALLER_PATH, content]]),
      message: `${TITLE}\n`,
    });
    await forge.moveBranch(SETUP_BRANCH, before, commit, before === null ? 'fast-forward' : 'replace');
  }
  return forge.openPull({ head: SETUP_BRANCH, base: defaultBranch, title: TITLE, body: BODY });
}
