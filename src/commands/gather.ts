// SPDX-License-Identifier: Apache-2.0
import { computeBase, type Base, type Candidate, type Finding } from '../event/base.ts';
import { decideGather, type GatherEffect } from '../event/decide-gather.ts';
import type { EventStatus } from '../event/facts.ts';
import { classifyPath, EVENT_PATH, METADATA_BRANCH, PROPOSAL_PREFIX, rolePath, ROOT_PATH, rootHistoryPath } from '../event/layout.ts';
import type { CommitSha, FileContent, Forge, TreeEntry } from '../ports.ts';
import { renderSticky, statusLine, STICKY_MARKER } from '../render/event-markdown.ts';
import { encodeMetadata, payloadDigest, type PayloadDigest } from '../tuf/metadata.ts';
import { CountersignError } from '../tuf/errors.ts';
import type { RoleName } from '../tuf/names.ts';
import { adoptOrphans, openPulls, readEvent, readSignedVersions } from './read-events.ts';
import { keepText } from './proposal-text.ts';
import { readState, type State } from './read-base.ts';
import { untilSettled, type Workplace } from './workplace.ts';

/** The name of our commit status. */
export const STATUS_CONTEXT = 'countersign';

/** What gather did and found. */
export interface GatherResult {
  readonly events: readonly EventStatus[];
  /** Numbers of the pull requests that this run completed. */
  readonly completed: readonly number[];
  /** Numbers of those that it built again on a newer base. */
  readonly rebuilt: readonly number[];
  /** What was left out of the base, and why. */
  readonly findings: readonly Finding[];
}

type Done =
  | { readonly kind: 'again'; readonly completed: readonly number[]; readonly rebuilt: readonly number[] }
  | { readonly kind: 'settled'; readonly result: Pick<GatherResult, 'events' | 'findings'> };

const MAX_ROUNDS = 100;

/**
 * Reconciles all open events with what was signed: completes those that have their signatures, builds those again under which the base
 * has moved, and shows the status of the others. Running it twice, or two at once, changes nothing more.
 * @throws `equivocation`, `ref-conflict`, `io`, `git`
 */
export async function gather(place: Workplace): Promise<GatherResult> {
  const completed: number[] = [];
  const rebuilt: number[] = [];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const done = await untilSettled(() => gatherOnce(place));
    if (done.kind === 'settled') return { ...done.result, completed, rebuilt };
    completed.push(...done.completed);
    rebuilt.push(...done.rebuilt);
  }
  throw new CountersignError('ref-conflict', METADATA_BRANCH, 'expected events to settle, got changes without end; run gather again');
}

async function gatherOnce(place: Workplace): Promise<Done> {
  const { forge } = place;
  const branches = await forge.branches(PROPOSAL_PREFIX);
  await adoptOrphans(forge);
  const state = await readState(place);
  const { metadataHead } = state;
  if (metadataHead === null) return { kind: 'settled', result: { events: [], findings: state.findings } };
  const pulls = await openPulls(forge);
  const events = [];
  for (const pull of pulls) events.push(await readEvent(forge, pull, metadataHead));
  const signedVersions = await signedVersionsOf(
    forge,
    state.base,
    events.flatMap(({ changes }) => [...changes.keys()]),
  );
  const decision = decideGather({ base: state.base, events, signedVersions, now: place.now });
  for (const effect of decision.effects) {
    switch (effect.kind) {
      case 'complete':
        await complete(place, state, metadataHead, effect.status);
        return { kind: 'again', completed: [effect.status.pull.number], rebuilt: [] };
      case 'rebuild':
        await rebuild(forge, metadataHead, branches, effect);
        return { kind: 'again', completed: [], rebuilt: [effect.status.pull.number] };
      case 'close':
        await forge.comment(effect.status.pull.number, `Closed: ${effect.reason}.`);
        await forge.closePull(effect.status.pull.number);
        return { kind: 'again', completed: [], rebuilt: [] };
      case 'report':
        await keepText(forge, state.base, { pulls, events }, effect.status);
        await report(forge, effect.status);
        break;
      default:
        effect satisfies never;
    }
  }
  return { kind: 'settled', result: { events: decision.statuses, findings: state.findings } };
}

async function signedVersionsOf(
  forge: Forge,
  base: Base | null,
  paths: readonly string[],
): Promise<ReadonlyMap<RoleName, ReadonlySet<number>>> {
  const versions = new Map<RoleName, ReadonlySet<number>>();
  if (base === null) return versions;
  for (const path of new Set(paths)) {
    const what = classifyPath(path);
    if (what.kind === 'role' && base.roles.has(what.role)) versions.set(what.role, await readSignedVersions(forge, base, what.role));
  }
  return versions;
}

async function report(forge: Forge, status: EventStatus): Promise<void> {
  await forge.stickyComment(status.pull.number, STICKY_MARKER, renderSticky(status));
  const { state, description } = statusLine(status);
  await forge.status(status.pull.headSha, { context: STATUS_CONTEXT, state, description });
}

/** The files of the base as the metadata branch has them, whatever its head says: a bad head is mended when the next event completes. */
function baseFiles(base: Base | null): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const { file, bytes } of base?.roots ?? []) files.set(rootHistoryPath(file.signed.version), bytes).set(ROOT_PATH, bytes);
  for (const [role, { bytes }] of base?.roles ?? []) files.set(rolePath(role), bytes);
  return files;
}

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

async function complete(place: Workplace, state: State, metadataHead: CommitSha, status: EventStatus): Promise<void> {
  const { forge } = place;
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
  await report(forge, { ...status, pull: { ...status.pull, headSha: commit } });
  await forge.moveBranch(METADATA_BRANCH, metadataHead, commit, 'fast-forward');
}

/** @param branches - heads of the proposal branches, read before the events: whatever came after must not be replaced unseen */
async function rebuild(
  forge: Forge,
  metadataHead: CommitSha,
  branches: ReadonlyMap<string, CommitSha>,
  effect: Extract<GatherEffect, { kind: 'rebuild' }>,
): Promise<void> {
  const { status, proposal } = effect;
  const { pull } = status;
  const [role] = status.roles;
  if (role === undefined) return;
  const bytes = encodeMetadata(proposal.signed, []);
  const path = `metadata/${role.role}.json`;
  const old = await forge.tree(pull.headSha);
  const event = old.get(EVENT_PATH);
  const changes = new Map<string, FileContent | null>([[path, { kind: 'bytes', bytes }]]);
  if (event !== undefined) changes.set(EVENT_PATH, { kind: 'blob', id: event.id });
  const message = `Propose ${role.role} v${String(proposal.version)}\n\nBuilt again on the signed state.\n`;
  if (proposal.branch === pull.branch) {
    const commit = await forge.writeCommit({ base: metadataHead, parents: [pull.headSha, metadataHead], changes, message });
    await forge.moveBranch(pull.branch, pull.headSha, commit, 'fast-forward');
    return;
  }
  const commit = await forge.writeCommit({ base: metadataHead, parents: [metadataHead], changes, message });
  await forge.moveBranch(proposal.branch, branches.get(proposal.branch) ?? null, commit, 'replace');
  const next = await forge.openPull({
    head: proposal.branch,
    base: METADATA_BRANCH,
    title: `Sign ${role.role} v${String(proposal.version)}`,
    body: `Takes the place of #${String(pull.number)}.`,
  });
  await forge.comment(
    pull.number,
    `Its version was signed with other content, or the base has moved on; continued in #${String(next.number)}. Signatures given here stay valid for what they were given for.`,
  );
  await forge.closePull(pull.number);
}
