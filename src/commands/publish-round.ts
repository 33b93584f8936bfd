// SPDX-License-Identifier: Apache-2.0
import { mapSource } from '../client/source.ts';
import type { Base, Finding } from '../event/base.ts';
import type { ServedVersions } from '../event/decide-continuation.ts';
import { fastClockFindings, hostedIn, hostedTargets, type HostedTarget } from '../event/decide-publish.ts';
import { decideUploads } from '../event/decide-uploads.ts';
import { encodeFileList } from '../event/file-list.ts';
import { FILE_LIST_PATH, PUBLISHED_BRANCH } from '../event/layout.ts';
import type { PlanFacts, Publication } from '../event/plan-publication.ts';
import { unlistedFiles } from '../event/unlisted-files.ts';
import type { CommitSha, FileContent, TreeEntry } from '../ports.ts';
import { CountersignError, outcomeOf, type Refusal } from '../tuf/errors.ts';
import type { Instant } from '../tuf/instant.ts';
import type { RoleName, Version } from '../tuf/names.ts';
import { parseSnapshot, parseTimestamp } from '../tuf/online.ts';
import { metadataPath, rootPath, targetFilePaths, TIMESTAMP_PATH } from '../tuf/published-tree.ts';
import { sha256Hex } from '../tuf/sha256.ts';
import { parseTargets } from '../tuf/targets.ts';
import { blobIdOf } from './blob-id.ts';
import { requireReplay } from './client-replay.ts';
import { findHostedFiles, type HostedFiles } from './hosted-files.ts';
import { isKeyFailure } from './online-signing.ts';
import { decidePruning, NOTHING_PRUNED } from './prune-files.ts';
import { heldNow } from './publish-needs.ts';
import { requireOutsideReplay, type OutsideClients } from './outside-replay.ts';
import { heldBack, liveState, servedRoots, signOrKeep, type SignTimestamp } from './publish-state.ts';
import { afterChanges, listFiles, readKnownFiles, repairTree, wrongFiles, type KnownFiles } from './published-files.ts';
import { readState, requireBase, treeSource, type State } from './read-base.ts';
import type { Workplace } from './workplace.ts';

/** How a publication is made. */
export interface RoundOptions {
  /** Clients of other makes that must agree before the branch moves; null for our own alone. */
  readonly clients: OutsideClients | null;
  /** The versions that were last served, as a person says it; null otherwise. */
  readonly served: ServedVersions | null;
  /** What becomes of files of targets that are listed no more. */
  readonly unlisted: 'keep' | 'remove';
}

/** Which new hosted files a round leaves out. `none`: it takes all that there is room for. `all-but`: none besides these, by {@link hostedKey}. */
export type Uploading = { readonly kind: 'all' } | { readonly kind: 'all-but'; readonly keys: ReadonlySet<string> };

/** What one round has published. */
export interface Published {
  readonly kind: 'done';
  readonly outcome: 'published' | 'fresh';
  readonly reasons: readonly string[];
  readonly snapshot: Version;
  readonly timestamp: Version;
  /** When the first of the online files expires. */
  readonly expires: Instant;
  readonly commit: CommitSha | null;
  readonly findings: readonly Finding[];
  /** What is published, for the site. */
  readonly base: Base;
  readonly current: readonly string[];
  /** Whether clients are served another timestamp than the branch then has. */
  readonly isBehind: boolean;
  /** New hosted files that are to be brought in next, for which there was no room beside the metadata. */
  readonly next: readonly string[];
  /** Files of targets that are listed no more: those that are still served, and those that were taken away. */
  readonly unlisted: readonly string[];
  readonly pruned: readonly string[];
}

/** A round that could not write new hosted files. Nothing was published. */
export interface Unwritten {
  readonly kind: 'unwritten';
  readonly refusal: Refusal;
  readonly keys: readonly string[];
}

/** The targets whose bytes are looked for: of the base, and of the files that clients have, which may stay. */
function wantedTargets(base: Base, known: State['known'], listed: ReadonlyMap<RoleName, string | undefined>): readonly HostedTarget[] {
  const held = [...listed].flatMap(([role, sha256]) => {
    const newest = base.roles.get(role);
    if (newest !== undefined && sha256Hex(newest.bytes) === sha256) return [];
    const bytes = (known.get(role) ?? []).find((one) => sha256Hex(one) === sha256);
    const parsed = bytes === undefined ? null : outcomeOf(() => parseTargets(bytes));
    return parsed?.kind === 'accepted' ? hostedIn(parsed.value.signed) : [];
  });
  return [...hostedTargets(base), ...held];
}

function isUpload(files: ReadonlyMap<string, FileContent>): boolean {
  return [...files.values()].some(({ kind }) => kind === 'file');
}

/** What is brought in now, and what is not. */
interface Selection {
  readonly files: ReadonlyMap<string, FileContent>;
  readonly uploads: readonly string[];
  readonly missing: ReadonlyMap<string, Refusal>;
  readonly next: readonly string[];
}

async function selectFiles(place: Workplace, { found, missing }: HostedFiles, uploading: Uploading): Promise<Selection> {
  const fresh = [...found].flatMap(([key, files]) => (isUpload(files) ? [key] : []));
  const budget = uploading.kind === 'all' && fresh.length > 0 ? await place.forge.budget() : null;
  const count = fresh.reduce((sum, key) => sum + (found.get(key)?.size ?? 0), 0);
  const room = uploading.kind === 'all' ? decideUploads(count, budget?.left ?? null) : { now: 0, next: 0 };
  const takes = (key: string): boolean => (uploading.kind === 'all' ? room.now >= count : uploading.keys.has(key));
  const files = new Map<string, FileContent>();
  const lacking = new Map(missing);
  for (const [key, some] of found) {
    if (!isUpload(some) || takes(key)) for (const [path, content] of some) files.set(path, content);
    else {
      const where = key.slice(key.indexOf(' ') + 1);
      lacking.set(key, {
        code: 'staged-missing',
        where,
        detail: 'expected its bytes to be brought in, got no room for them yet; the next runs go on',
      });
    }
  }
  return { files, uploads: fresh.filter(takes), missing: lacking, next: fresh.filter((key) => !takes(key)).slice(0, room.next) };
}

/** All metadata of a publication but the timestamp, by path. */
function metadataOf({ base }: Publication, snapshot: Uint8Array): Map<string, Uint8Array> {
  const metadata = new Map<string, Uint8Array>();
  for (const { file, bytes } of base.roots) metadata.set(rootPath(file.signed.version), bytes);
  for (const [role, { file, bytes }] of base.roles) metadata.set(metadataPath(role, file.signed.version), bytes);
  return metadata.set(metadataPath('snapshot', parseSnapshot(snapshot).signed.version), snapshot);
}

/** Puts the files of targets into a commit that no ref points at yet: what git calls them is signed with the timestamp. */
async function writeTargets(
  { forge }: Workplace,
  { publishedHead, publishedTree }: State,
  changes: ReadonlyMap<string, FileContent | null>,
  after: ReadonlyMap<string, TreeEntry>,
): Promise<{
  readonly base: CommitSha | null;
  readonly tree: ReadonlyMap<string, TreeEntry>;
  readonly left: ReadonlyMap<string, FileContent | null>;
}> {
  if (![...changes.values()].some((content) => content?.kind === 'file')) return { base: publishedHead, tree: after, left: changes };
  const parents = publishedHead === null ? [] : [publishedHead];
  const effective = new Map([...changes].filter(([path, content]) => content !== null || publishedTree.has(path)));
  const commit = await forge.writeCommit({ base: publishedHead, parents, changes: effective, message: 'Bring in hosted files\n' });
  return { base: commit, tree: await forge.tree(commit), left: new Map() };
}

function asRefusal({ code, where, detail }: CountersignError): Refusal {
  return { code, where, detail };
}

/** All that is known and planned before anything is written. */
interface Prepared {
  readonly state: State;
  readonly plan: Publication;
  readonly known: KnownFiles;
  readonly selection: Selection;
  readonly snapshot: Uint8Array;
  readonly signTimestamp: SignTimestamp;
  /** Why the snapshot is the one that clients have, although a new one was due; null where none was, or it is signed. */
  readonly unsigned: CountersignError | null;
  /** Changes of the branch beside its metadata. */
  readonly changes: ReadonlyMap<string, FileContent | null>;
  /** Files of targets that are listed no more: those that stay, and those that are taken away. */
  readonly unlisted: readonly string[];
  readonly pruned: readonly string[];
  /** What is told of the branch and its files; not of the plan. */
  readonly findings: readonly Finding[];
}

/** The files that go out: with a snapshot that stays only those that it leads to. */
function filesFor(base: Base, { files }: Selection, unsigned: CountersignError | null): ReadonlyMap<string, FileContent> {
  if (unsigned === null) return files;
  const wanted = new Set(hostedTargets(base).flatMap(({ path, sha256 }) => targetFilePaths(path, sha256)));
  return new Map([...files].filter(([path]) => wanted.has(path)));
}

async function prepare(place: Workplace, options: RoundOptions, uploading: Uploading): Promise<Prepared> {
  const { forge, now } = place;
  const state = await readState(place, 'with-merged', 'optional');
  const base = requireBase(state);
  const held = heldNow(state, base);
  const known = await readKnownFiles(forge, state, held);
  const listed = new Map([...(held.snapshot?.file.signed.meta ?? [])].map(([role, { hashes }]) => [role, hashes?.get('sha256')]));
  const targets = wantedTargets(base, state.known, listed);
  const selection = await selectFiles(place, await findHostedFiles(place, state, known.list, targets), uploading);
  const live = liveState(place, state);
  const facts: PlanFacts = {
    base,
    held,
    known: state.known,
    servedRoots: servedRoots(state, live),
    isServedKnown: state.live.timestamp !== null || held.timestamp === null,
    missing: selection.missing,
  };
  const { plan, snapshot, signTimestamp, unsigned } = await signOrKeep(place, state, held, facts, options.served);
  const repair = await repairTree(forge, state, known, plan.base, parseSnapshot(snapshot).signed.version, targets);
  const changes = new Map<string, FileContent | null>([...repair.changes, ...filesFor(plan.base, selection, unsigned)]);
  const there = [...state.publishedTree.keys()].filter((path) => !changes.has(path));
  const unlisted = unlistedFiles(there, [...hostedTargets(base), ...hostedTargets(plan.base)]);
  // Whoever has the snapshot that is published now may ask for what it lists: of that nothing is taken away yet.
  const pruning =
    options.unlisted === 'keep' || unsigned !== null
      ? NOTHING_PRUNED
      : decidePruning(liveState(place, state), state, listed, unlistedFiles(unlisted, targets));
  for (const path of pruning.files) changes.set(path, null);
  // What can't be had in the right bytes is not served in others.
  for (const path of wrongFiles(state, known.list, targets, selection.missing)) changes.set(path, null);
  const findings = [
    ...state.findings,
    ...(state.liveFailure === null ? [] : [{ ...state.liveFailure, source: 'live' as const }]),
    ...fastClockFindings(base, held, now),
    ...known.findings,
    ...repair.findings,
    ...pruning.findings,
  ];
  const pruned = pruning.files;
  const left = unlisted.filter((path) => !pruned.includes(path));
  return { state, plan, known, selection, snapshot, signTimestamp, unsigned, changes, findings, pruned, unlisted: left };
}

/**
 * Publishes what clients can verify of the last verified state, from fresh facts.
 * @throws as `publish` does; `ref-conflict` when somebody else was faster
 */
export async function publishOnce(place: Workplace, options: RoundOptions, uploading: Uploading): Promise<Published | Unwritten> {
  const { forge } = place;
  const prepared = await prepare(place, options, uploading);
  const { state, plan, known, selection, snapshot, signTimestamp, unsigned, changes } = prepared;
  let written: Awaited<ReturnType<typeof writeTargets>>;
  try {
    written = await writeTargets(place, state, changes, afterChanges(state.publishedTree, changes, known.list));
  } catch (error) {
    if (!(error instanceof CountersignError) || error.code === 'ref-conflict' || selection.uploads.length === 0) throw error;
    return { kind: 'unwritten', refusal: asRefusal(error), keys: selection.uploads };
  }
  const metadata = metadataOf(plan, snapshot);
  const list = listFiles(written.tree, metadata);
  const encoded = encodeFileList(list);
  const online = await signTimestamp(sha256Hex(encoded)).catch((error: unknown) => {
    // Of two files that can't be signed the first is told.
    throw isKeyFailure(error) ? (unsigned ?? error) : error;
  });
  metadata.set(TIMESTAMP_PATH, online.timestamp);
  const last = new Map<string, FileContent | null>(written.left);
  for (const [path, bytes] of [...metadata, [FILE_LIST_PATH, encoded] as const]) {
    const there = written.tree.get(path);
    if (there?.kind !== 'file' || there.id !== blobIdOf(bytes)) last.set(path, { kind: 'bytes', bytes });
  }
  const source = mapSource(metadata, treeSource(forge, written.tree));
  const told = await requireReplay(place, state, plan.base, source).catch((error: unknown) => {
    throw unsigned ?? error;
  });
  const timestamp = parseTimestamp(online.timestamp).signed;
  const snapshotExpires = parseSnapshot(snapshot).signed.expires;
  const [revocations, others] = [plan.findings.filter(isRevocation), plan.findings.filter((one) => !isRevocation(one))];
  const findings = [...revocations, ...prepared.findings, ...told, ...others, ...online.findings];
  const served = state.live.timestamp;
  const result = {
    kind: 'done' as const,
    reasons: online.reasons,
    snapshot: parseSnapshot(snapshot).signed.version,
    timestamp: timestamp.version,
    expires: timestamp.expires < snapshotExpires ? timestamp.expires : snapshotExpires,
    findings,
    base: plan.base,
    current: [...metadata.keys()],
    isBehind: served === null || Buffer.compare(served, online.timestamp) !== 0,
    next: unsigned === null ? selection.next : [],
    unlisted: prepared.unlisted,
    pruned: prepared.pruned,
  };
  const head = state.publishedHead;
  if (last.size === 0 && written.base === head) return { ...result, outcome: 'fresh', commit: head };
  const { clients } = options;
  if (clients !== null)
    await requireOutsideReplay(place, clients, plan.base, source, { metadata, targets: selection.files, kept: written.tree });
  last.set('.nojekyll', { kind: 'bytes', bytes: new Uint8Array() });
  const message = `Publish timestamp ${String(timestamp.version)}\n\n${online.reasons.join('\n')}\n`;
  const commit = await forge.writeCommit({ base: written.base, parents: head === null ? [] : [head], changes: last, message });
  await forge.moveBranch(PUBLISHED_BRANCH, head, commit, 'fast-forward');
  return { ...result, findings: [...findings, ...heldBack(unsigned)], outcome: 'published', commit };
}

function isRevocation({ code }: Finding): boolean {
  return code === 'revocation-unpublished';
}
