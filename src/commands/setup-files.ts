// SPDX-License-Identifier: Apache-2.0
import { requireEveryKey } from '../event/base.ts';
import type { CallerFacts } from '../event/doctor-finding.ts';
import { METADATA_BRANCH, POLICY_PATH, proposalBranch, rootHistoryPath } from '../event/layout.ts';
import { CALLER_PATH, SETUP_BRANCH } from '../event/workflow-names.ts';
import type { CommitSha, FileContent, Forge, Pull } from '../ports.ts';
import { CountersignError, outcomeOf, quote, type Refusal } from '../tuf/errors.ts';
import { payloadDigest, type PayloadDigest } from '../tuf/metadata.ts';
import { parseVersion } from '../tuf/names.ts';
import { parseRoot } from '../tuf/root.ts';
import { readFileAt } from './read-file.ts';

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
  /** The payload digest of root v1. Whoever may push may have put it there: to be shown and compared, not to be trusted. */
  readonly root: PayloadDigest;
  /** `signed`: by every key that it lists. `unsigned`: on the metadata branch without that. `proposed`: still to be signed. */
  readonly state: 'signed' | 'unsigned' | 'proposed';
  /** Null when the branch has none. */
  readonly policy: string | null;
}

/** The event of root v1 while it is open: what was abandoned may be begun again. Anybody may propose from a fork, and it is none of ours. */
export async function openFirstEvent(forge: Forge): Promise<Pull | null> {
  const branch = proposalBranch('root', parseVersion(1, 'root'));
  const pulls = await forge.openPulls(branch);
  return pulls.find(({ head, base }) => head === branch && base === METADATA_BRANCH) ?? null;
}

async function begunAt(forge: Forge, commit: CommitSha | null, place: 'branch' | 'proposal'): Promise<Begun | null> {
  const text = commit === null ? null : await readText(forge, commit, rootHistoryPath(parseVersion(1, 'root')));
  if (commit === null || text === null) return null;
  const root = parseRoot(new TextEncoder().encode(text));
  const isSigned =
    outcomeOf(() => {
      requireEveryKey(root);
    }).kind === 'accepted';
  const state = place === 'proposal' ? 'proposed' : isSigned ? 'signed' : 'unsigned';
  return { root: payloadDigest(root.payload), state, policy: await readText(forge, commit, POLICY_PATH) };
}

/** Reads root v1 from the metadata branch, or from its open proposal; null when there is neither. @throws `io`, the codes of parsing metadata */
export async function readBegun(forge: Forge): Promise<Begun | null> {
  const there = await begunAt(forge, await headOf(forge, METADATA_BRANCH), 'branch');
  return there ?? begunAt(forge, (await openFirstEvent(forge))?.headSha ?? null, 'proposal');
}

/**
 * Why root v1 as it was found is not to be named by a workflow. Who can push to the metadata branch must not decide by it which root that is, once a reviewed
 * workflow says it.
 */
export function reviewBegun({ root, state }: Begun, caller: CallerFacts): readonly Refusal[] {
  const pinned = caller.kind === 'found' ? caller.roots.filter((one) => one !== null) : [];
  const other = pinned.find((one) => one.replace(/^sha256:/, '') !== root);
  if (other !== undefined) {
    const detail = `expected the root that ${CALLER_PATH} names, ${quote(other)}, got sha256:${root}; find out, with the other signers, which is right`;
    return [{ code: 'anchor-mismatch', where: 'root@1', detail }];
  }
  if (state !== 'unsigned' || pinned.length > 0) return [];
  const detail = `expected root v1 of ${METADATA_BRANCH} to be signed by every key that it lists, got sha256:${root} without that`;
  return [{ code: 'threshold', where: 'root@1', detail }];
}

const TITLE = 'Add the Countersign workflow';
const BODY = `This workflow counts signatures, publishes the TUF metadata and keeps it fresh. It runs from this branch only.

Who may change it can reach the keys that it uses: let a change of it need a code owner's review.
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
