// SPDX-License-Identifier: Apache-2.0
import { computeBase, type Candidate } from '../event/base.ts';
import { baseFiles } from '../event/base-files.ts';
import type { EventStatus } from '../event/facts.ts';
import { classifyPath, EVENT_PATH, METADATA_BRANCH } from '../event/layout.ts';
import type { CommitSha, Forge, TreeEntry } from '../ports.ts';
import { payloadDigest, type PayloadDigest } from '../tuf/metadata.ts';
import { CountersignError } from '../tuf/errors.ts';
import type { RoleName } from '../tuf/names.ts';
import type { State } from './read-base.ts';
import { readOpenPulls } from './read-events.ts';
import { reportStatus } from './report-status.ts';
import type { Workplace } from './workplace.ts';

/**
 * Verifies the result once more from root v1, as if it had been found on a branch, before anything is written.
 * @returns those of the files that are then the base: a role that nobody delegates to any more is none of it
 * @throws `incomplete` when the signed files would not be the base
 */
function requireVerifies(
  files: ReadonlyMap<string, Uint8Array>,
  status: EventStatus,
  anchor: PayloadDigest | null,
): ReadonlyMap<string, Uint8Array> {
  const roots: Candidate[] = [];
  const roles = new Map<RoleName, Candidate[]>();
  for (const [path, bytes] of files) {
    const what = classifyPath(path);
    if (what.kind === 'root-history') roots.push({ source: 'metadata-branch', bytes });
    if (what.kind === 'role') roles.set(what.role, [{ source: 'metadata-branch', bytes }]);
  }
  const { base, findings } = computeBase({ roots, roles }, anchor);
  for (const { role, payload } of status.roles) {
    const file = role === 'root' ? base?.root : [...(base?.roles ?? [])].find(([name]) => name === role)?.[1].file;
    if (file === undefined || payloadDigest(file.payload) !== payload) {
      const why = findings[0];
      throw new CountersignError(
        'incomplete',
        role,
        `expected the signed files to verify${why === undefined ? '' : `: ${why.where}: ${why.detail}`}`,
      );
    }
  }
  return new Map(
    [...files].filter(([path]) => {
      const what = classifyPath(path);
      return what.kind !== 'role' || base?.roles.has(what.role) === true;
    }),
  );
}

/** Whether a commit holds just what is to be written: another run has prepared it and was ended, or is about to go on. */
async function isPrepared(
  forge: Forge,
  commit: CommitSha,
  metadataHead: CommitSha,
  head: ReadonlyMap<string, TreeEntry>,
  changes: ReadonlyMap<string, Uint8Array | null>,
): Promise<boolean> {
  if ((await forge.mergeBase(metadataHead, commit)) !== metadataHead) return false;
  const tree = await forge.tree(commit);
  const kept = [...head].filter(([path]) => !changes.has(path));
  const written = [...changes].flatMap(([path, bytes]) => (bytes === null ? [] : [[path, bytes] as const]));
  if (tree.size !== kept.length + written.length || kept.some(([path, { id }]) => tree.get(path)?.id !== id)) return false;
  const ids = written.flatMap(([path, { length }]) => [tree.get(path)].filter((entry) => entry?.kind === 'file' && entry.size === length));
  const blobs = await forge.blobs(ids.flatMap((entry) => (entry === undefined ? [] : [entry.id])));
  return written.every(([path, bytes]) => {
    const entry = tree.get(path);
    const there = entry === undefined ? undefined : blobs.get(entry.id);
    return there !== undefined && Buffer.compare(there, bytes) === 0;
  });
}

/**
 * Moves the metadata branch to a commit of an event's branch. Where a rule of the host refuses that, the host merges, and what it made of it is compared.
 * @throws `ref-conflict`, `ref-protected`, `incomplete` when the merge has other files than those that were signed
 */
async function mergeEvent(forge: Forge, number: number, metadataHead: CommitSha, commit: CommitSha): Promise<void> {
  try {
    await forge.moveBranch(METADATA_BRANCH, metadataHead, commit, 'fast-forward');
    return;
  } catch (error) {
    if (!(error instanceof CountersignError && error.code === 'ref-protected')) throw error;
  }
  const merged = await forge.tree(await forge.mergePull(number, commit));
  const wanted = await forge.tree(commit);
  const other = [...wanted].find(([path, { id }]) => merged.get(path)?.id !== id) ?? [...merged].find(([path]) => !wanted.has(path));
  if (other !== undefined)
    throw new CountersignError('incomplete', `#${String(number)}`, `expected the merge to have the signed files, got another ${other[0]}`);
}

/** Whoever abandons an event closes it after the last commit of theirs, upon which this run may have built. @throws `ref-conflict` */
async function requireStillOpen(forge: Forge, number: number): Promise<void> {
  if ((await readOpenPulls(forge)).some((pull) => pull.number === number)) return;
  throw new CountersignError('ref-conflict', `#${String(number)}`, 'expected it to be open still, got one that is closed');
}

/**
 * Puts the signed files on the event's branch and moves the metadata branch there, each by compare-and-swap.
 * @throws `ref-conflict` when somebody else was faster, `incomplete`, `ref-protected`; nothing is then half done that the next run does not finish
 */
export async function completeEvent(place: Workplace, state: State, metadataHead: CommitSha, status: EventStatus): Promise<void> {
  const { forge } = place;
  // The base's files too, whatever the branch's head says: a bad head is mended when an event completes.
  const files = requireVerifies(new Map([...baseFiles(state.base), ...status.files]), status, place.anchor);
  const changes = new Map<string, Uint8Array | null>(files);
  const head = await forge.tree(metadataHead);
  // Metadata that is no part of the base does not stay, and the proposal's unsigned notes are dropped.
  for (const path of head.keys()) if (path.startsWith('metadata/') && !changes.has(path)) changes.set(path, null);
  if (head.has(EVENT_PATH)) changes.set(EVENT_PATH, null);
  const { number, branch, headSha } = status.pull;
  let commit = headSha;
  if (!(await isPrepared(forge, headSha, metadataHead, head, changes))) {
    const roles = status.roles.map(({ role, version }) => `${role} v${String(version)}`).join(', ');
    commit = await forge.writeCommit({
      base: metadataHead,
      parents: [metadataHead, headSha],
      changes: new Map([...changes].map(([path, bytes]) => [path, bytes === null ? null : { kind: 'bytes', bytes }])),
      message: `${roles}\n\nSigned in #${String(number)}.\n`,
    });
    // The head that was judged is the head that is built upon: if either branch has moved, all starts again from fresh facts.
    await forge.moveBranch(branch, headSha, commit, 'fast-forward');
  }
  // Before the last move: once it is merged, no later run comes back to it.
  await reportStatus(place, { ...status, pull: { ...status.pull, headSha: commit } });
  await requireStillOpen(forge, number);
  await mergeEvent(forge, number, metadataHead, commit);
}
