// SPDX-License-Identifier: Apache-2.0
import type { RepositorySource } from '../client/source.ts';
import { computeBase, type Base, type BaseCandidates, type Candidate, type Finding, type Source } from '../event/base.ts';
import { classifyPath, METADATA_BRANCH, PROPOSAL_PREFIX, PUBLISHED_BRANCH, rolePath, ROOT_PATH, rootHistoryPath } from '../event/layout.ts';
import { reviewBrought, type MergedEvent } from '../event/review-brought.ts';
import { reviewHead } from '../event/review-head.ts';
import { reviewOnline } from '../event/review-online.ts';
import type { BlobId, CommitSha, EndedPull, Forge, TreeEntry } from '../ports.ts';
import { CountersignError, outcomeOf, type ErrorCode, type Refusal } from '../tuf/errors.ts';
import { encodeRoleName, parseTargetsRoleName, parseVersion, type RoleName } from '../tuf/names.ts';
import { rootPath } from '../tuf/published-tree.ts';
import { readClientView, type ClientView } from './client-view.ts';
import type { Workplace } from './workplace.ts';

/** The last verified state and what was left out on the way to it. */
export interface State {
  readonly base: Base | null;
  readonly findings: readonly Finding[];
  readonly metadataHead: CommitSha | null;
  readonly publishedHead: CommitSha | null;
  readonly publishedTree: ReadonlyMap<string, TreeEntry>;
  /** What the published branch says, and what the site serves. */
  readonly published: ClientView;
  readonly live: ClientView;
  /** Why the site can't be read, where the caller goes on without; null when it answered. */
  readonly liveFailure: Refusal | null;
  /** Every file of each role that was found, whatever it is worth. */
  readonly known: ReadonlyMap<RoleName, readonly Uint8Array[]>;
}

/** How many versions of a role are tried on the published branch, should the newest not verify. */
const PUBLISHED_DEPTH = 2;
const HISTORY_DEPTH = 50;

/** A branch's files as a source. */
export function treeSource(forge: Forge, tree: ReadonlyMap<string, TreeEntry>): RepositorySource {
  const read = async (path: string, maxBytes: number): Promise<Uint8Array | null> => {
    const entry = tree.get(path);
    if (entry?.kind !== 'file') return null;
    if (entry.size > maxBytes)
      throw new CountersignError('too-large', path, `expected at most ${String(maxBytes)} bytes, got ${String(entry.size)}`);
    return (await forge.blobs([entry.id])).get(entry.id) ?? null;
  };
  return {
    metadata: read,
    target: async (path) => {
      const entry = tree.get(path);
      return entry?.kind === 'file' ? forge.stream(entry.id) : null;
    },
    list: async () => new Map([...tree].map(([path, { size }]) => [path, size])),
  };
}

const PUBLISHED_ROLE = /^metadata\/([1-9][0-9]*)\.([^/]+)\.json$/;

/** A role's file on the published branch. */
interface PublishedEntry {
  readonly role: RoleName;
  readonly path: string;
  readonly id: BlobId;
}

/** The newest few versions of each role on the published branch, whatever its timestamp says. */
function publishedEntries(tree: ReadonlyMap<string, TreeEntry>): readonly PublishedEntry[] {
  const versions = new Map<string, { readonly version: number; readonly path: string; readonly id: BlobId }[]>();
  for (const [path, { id, kind }] of tree) {
    if (kind !== 'file') continue;
    const [, version, name] = PUBLISHED_ROLE.exec(path) ?? [];
    if (name === undefined || name === 'root' || name === 'snapshot' || name === 'timestamp') continue;
    versions.set(name, [...(versions.get(name) ?? []), { version: Number(version), path, id }]);
  }
  return [...versions].flatMap(([name, files]) => {
    const role = outcomeOf(() => parseTargetsRoleName(decodeURIComponent(name), name));
    if (role.kind === 'refused' || encodeRoleName(role.value) !== name) return [];
    const newest = files.sort((a, b) => b.version - a.version).slice(0, PUBLISHED_DEPTH);
    return newest.map(({ path, id }) => ({ role: role.value, path, id }));
  });
}

class Candidates {
  readonly roots: Candidate[] = [];
  readonly roles = new Map<RoleName, Candidate[]>();

  readonly snapshots: Uint8Array[] = [];

  addRole(role: RoleName, source: Source, bytes: Uint8Array, path: string = rolePath(role)): void {
    this.roles.set(role, [...(this.roles.get(role) ?? []), { source, bytes, path }]);
  }

  /** What was added from the same place already is not added again. */
  addView(view: ClientView, source: Source): void {
    this.roots.push(...view.roots.map((bytes, index) => ({ source, bytes, path: rootPath(parseVersion(index + 1, 'root')) })));
    if (view.snapshot !== null) this.snapshots.push(view.snapshot);
    for (const [role, bytes] of view.roles) {
      const there = (this.roles.get(role) ?? []).some((one) => one.source === source && Buffer.compare(one.bytes, bytes) === 0);
      if (!there) this.addRole(role, source, bytes);
    }
  }

  value(): BaseCandidates {
    return this;
  }
}

async function addBranchRoles(
  forge: Forge,
  entries: readonly (readonly [RoleName, BlobId])[],
  source: Source,
  candidates: Candidates,
): Promise<void> {
  const blobs = await forge.blobs(entries.map(([, id]) => id));
  for (const [role, id] of entries) {
    const bytes = blobs.get(id);
    if (bytes !== undefined) candidates.addRole(role, source, bytes);
  }
}

async function addMetadataTree(forge: Forge, tree: ReadonlyMap<string, TreeEntry>, source: Source, candidates: Candidates): Promise<void> {
  const roots: BlobId[] = [];
  const roles: [RoleName, BlobId][] = [];
  for (const [path, { id, kind }] of tree) {
    if (kind !== 'file') continue;
    const what = classifyPath(path);
    if (what.kind === 'root' || what.kind === 'root-history') roots.push(id);
    else if (what.kind === 'role') roles.push([what.role, id]);
  }
  const blobs = await forge.blobs([...new Set(roots)]);
  candidates.roots.push(...[...blobs.values()].map((bytes): Candidate => ({ source, bytes, path: ROOT_PATH })));
  await addBranchRoles(forge, roles, source, candidates);
}

/** What the branch had before, for when its head does not verify. */
async function addHistory(
  forge: Forge,
  head: CommitSha,
  roles: Iterable<RoleName>,
  lastRoot: number,
  candidates: Candidates,
): Promise<void> {
  for (const role of roles) {
    const ids = await forge.history(head, rolePath(role), HISTORY_DEPTH);
    await addBranchRoles(
      forge,
      ids.map((id) => [role, id] as const),
      'history',
      candidates,
    );
  }
  const paths = [ROOT_PATH, ...Array.from({ length: lastRoot + 1 }, (_, index) => rootHistoryPath(parseVersion(index + 1, 'root')))];
  for (const path of paths) {
    const ids = await forge.history(head, path, HISTORY_DEPTH);
    const blobs = await forge.blobs(ids);
    candidates.roots.push(...[...blobs.values()].map((bytes): Candidate => ({ source: 'history', bytes })));
  }
}

async function addPublished(forge: Forge, tree: ReadonlyMap<string, TreeEntry>, view: ClientView, candidates: Candidates): Promise<void> {
  const entries = publishedEntries(tree);
  const blobs = await forge.blobs([...new Set(entries.map(({ id }) => id))]);
  for (const { role, path, id } of entries) {
    const bytes = blobs.get(id);
    if (bytes !== undefined) candidates.addRole(role, 'published', bytes, path);
  }
  // What its snapshot lists too: junk of higher versions must not hide it.
  candidates.addView(view, 'published');
}

/** How many of the newest merged events are looked at. Older ones are published by now, and found there. */
const LAST_MERGED = 10;

/** What was merged lately, and the head of each event that is at the metadata branch's head now. */
interface MergedLately {
  readonly events: readonly MergedEvent[];
  /** Whether the metadata branch is just where an event left it. The host may not have marked that one as merged yet. */
  readonly endsWithEvent: boolean;
}

/**
 * What was merged lately, whatever the metadata branch has of it now: somebody may have reset the branch before it was published, or taken it back by a commit
 * like any other, which leaves a head that verifies and is older.
 */
async function addMerged(
  forge: Forge,
  metadataHead: CommitSha,
  candidates: Candidates,
  known: readonly EndedPull[] | null,
): Promise<MergedLately> {
  const pulls = known ?? (await forge.endedPulls(PROPOSAL_PREFIX, METADATA_BRANCH));
  // Oldest first: of two files of one payload the first is kept.
  const merged = pulls
    .filter(({ state }) => state === 'merged')
    .slice(0, LAST_MERGED)
    .reverse();
  const trees = await forge.trees(merged.map(({ headSha }) => headSha));
  const events: MergedEvent[] = [];
  for (const { number, headSha } of merged) {
    const tree = trees.get(headSha);
    if (tree === undefined) continue;
    await addMetadataTree(forge, tree, 'history', candidates);
    events.push({ number, headSha, tree });
  }
  const isEvent = ({ headSha }: { readonly headSha: CommitSha }): boolean => headSha === metadataHead;
  const endsWithEvent =
    pulls.some(isEvent) || (await forge.openPulls(PROPOSAL_PREFIX)).some(isEvent) || (await isPassed(forge, metadataHead, pulls));
  return { events, endsWithEvent };
}

/**
 * Whether an event was closed after the metadata branch had come to what its branch was at before: of two runs that completed it at once, one has put one more
 * commit there.
 */
async function isPassed(forge: Forge, metadataHead: CommitSha, ended: readonly EndedPull[]): Promise<boolean> {
  for (const { headSha } of ended.filter(({ state }) => state === 'closed').slice(0, LAST_MERGED)) {
    if ((await forge.mergeBase(headSha, metadataHead)) === metadataHead) return true;
  }
  return false;
}

/** The last of the merged events that the metadata branch still has; null when it has none of them. */
async function lastKept(forge: Forge, metadataHead: CommitSha, events: readonly MergedEvent[]): Promise<MergedEvent | null> {
  for (const event of [...events].reverse()) {
    if ((await forge.mergeBase(event.headSha, metadataHead)) === event.headSha) return event;
  }
  return null;
}

/** All roles that the base has or delegates to by name. */
function rolesIn(base: Base): ReadonlySet<RoleName> {
  const names = new Set(base.roles.keys());
  for (const { file } of base.roles.values()) {
    const { delegations } = file.signed;
    if (delegations?.kind === 'roles') for (const { name } of delegations.roles) names.add(name);
  }
  return names;
}

/**
 * Whether the metadata branch's head alone does not explain the base, so that its history is worth reading: what is there does not verify, or something is
 * not there, which somebody may have deleted before it was published.
 */
function needsHistory(findings: readonly Finding[], base: Base | null, tree: ReadonlyMap<string, TreeEntry>): boolean {
  if (base === null || findings.some(({ source }) => source === 'metadata-branch')) return true;
  return !tree.has(ROOT_PATH) || [...rolesIn(base)].some((role) => !tree.has(rolePath(role)));
}

/** Nothing, as of a site that can't be read. */
const NO_VIEW: ClientView = { roots: [], timestamp: null, snapshot: null, roles: new Map() };

/** What a host that can't be reached, or does not serve, is told by. */
const HOST_FAILURES: readonly ErrorCode[] = ['io', 'redirect-refused', 'stalled', 'timed-out'];

/** What the site serves; `optional` goes on without when it can't be reached. */
async function readLive(
  live: RepositorySource,
  need: LiveReading,
): Promise<{ readonly view: ClientView; readonly failure: Refusal | null }> {
  try {
    return { view: await readClientView(live), failure: null };
  } catch (error) {
    if (need === 'required' || !(error instanceof CountersignError && HOST_FAILURES.includes(error.code))) throw error;
    const { code, where, detail } = error;
    return { view: NO_VIEW, failure: { code, where, detail } };
  }
}

/** Whether events that were merged lately are looked at, which needs the right to read pull requests; or those that have ended, where they have just been read. */
export type MergedReading = 'with-merged' | 'branches-only' | readonly EndedPull[];
/** `optional` where something is left to do when the site can't be reached. */
export type LiveReading = 'required' | 'optional';

async function readOnce(
  { forge, live: liveSource, anchor }: Pick<Workplace, 'forge' | 'live' | 'anchor'>,
  heads: ReadonlyMap<string, CommitSha>,
  mergedReading: MergedReading,
  liveReading: LiveReading,
): Promise<State> {
  const metadataHead = heads.get(METADATA_BRANCH) ?? null;
  const publishedHead = heads.get(PUBLISHED_BRANCH) ?? null;
  const publishedTree = publishedHead === null ? new Map<string, TreeEntry>() : await forge.tree(publishedHead);
  const published = await readClientView(treeSource(forge, publishedTree));
  const { view: live, failure: liveFailure } = await readLive(liveSource, liveReading);
  const candidates = new Candidates();
  await addPublished(forge, publishedTree, published, candidates);
  const metadataTree = metadataHead === null ? new Map<string, TreeEntry>() : await forge.tree(metadataHead);
  await addMetadataTree(forge, metadataTree, 'metadata-branch', candidates);
  const merged =
    mergedReading !== 'branches-only' && metadataHead !== null
      ? await addMerged(forge, metadataHead, candidates, mergedReading === 'with-merged' ? null : mergedReading)
      : null;
  // Last: of two encodings of one payload the first is kept, and the host is trusted least.
  candidates.addView(live, 'live');
  let computed = computeBase(candidates.value(), anchor);
  if (metadataHead !== null && needsHistory(computed.findings, computed.base, metadataTree) && candidates.roles.size > 0) {
    const names = new Set([...candidates.roles.keys(), ...(computed.base === null ? [] : rolesIn(computed.base))]);
    await addHistory(forge, metadataHead, names, computed.base?.roots.length ?? 0, candidates);
    computed = computeBase(candidates.value(), anchor);
  }
  const { base } = computed;
  const findings = [...computed.findings];
  if (base !== null) {
    const ofKind = (wanted: TreeEntry['kind']): ReadonlySet<string> =>
      new Set([...metadataTree].flatMap(([path, { kind }]) => (kind === wanted ? [path] : [])));
    if (metadataHead !== null) findings.push(...reviewHead(ofKind('file'), ofKind('other'), base));
    findings.push(...reviewOnline(base, published, live));
    if (merged !== null && metadataHead !== null && !merged.endsWithEvent) {
      const kept = await lastKept(forge, metadataHead, merged.events);
      findings.push(...reviewBrought(base, metadataTree, merged.events, kept, published.roots.length));
    }
  }
  const known = new Map([...candidates.roles].map(([role, files]) => [role, files.map(({ bytes }) => bytes)]));
  return { base, findings, metadataHead, publishedHead, publishedTree, published, live, liveFailure, known };
}

/** How often all is read again when the branches move meanwhile: whoever comes after sees to what is left. */
const MAX_READS = 3;

/**
 * Finds the base: the highest version of every role that verifies among the live site, the published branch, and the metadata
 * branch with its history. Both branches are read in one moment; what else is read may be newer, and then looks as if they had been reset. So nothing is told before
 * it is known that they are where they were.
 * @throws `equivocation` of a root that is not published, `io`, `git`
 */
export async function readState(
  place: Pick<Workplace, 'forge' | 'live' | 'anchor'>,
  merged: MergedReading = 'with-merged',
  live: LiveReading = 'required',
): Promise<State> {
  let heads = await place.forge.branches(METADATA_BRANCH);
  for (let reads = 1; ; reads++) {
    const state = await readOnce(place, heads, merged, live);
    if (state.findings.length === 0 || reads === MAX_READS) return state;
    const now = await place.forge.branches(METADATA_BRANCH);
    if ([METADATA_BRANCH, PUBLISHED_BRANCH].every((branch) => now.get(branch) === heads.get(branch))) return state;
    heads = now;
  }
}

/** The base, required. @throws `base-missing`, `anchor-mismatch` where there is a root and it is not the one that is pinned */
export function requireBase(state: State): Base {
  if (state.base !== null) return state.base;
  const other = state.findings.find(({ code }) => code === 'anchor-mismatch');
  if (other !== undefined) throw new CountersignError(other.code, other.where, other.detail);
  const why = state.findings[0];
  throw new CountersignError(
    'base-missing',
    METADATA_BRANCH,
    why === undefined
      ? 'expected a signed root, got none yet; finish the first signing event'
      : `expected a root that verifies: ${why.where}: ${why.detail}`,
  );
}
