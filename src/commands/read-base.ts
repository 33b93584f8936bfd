// SPDX-License-Identifier: Apache-2.0
import type { RepositorySource } from '../client/source.ts';
import { computeBase, type Base, type BaseCandidates, type Candidate, type Finding, type Source } from '../event/base.ts';
import { classifyPath, METADATA_BRANCH, PROPOSAL_PREFIX, PUBLISHED_BRANCH, rolePath, ROOT_PATH, rootHistoryPath } from '../event/layout.ts';
import { reviewHead } from '../event/review-head.ts';
import type { BlobId, CommitSha, Forge, TreeEntry } from '../ports.ts';
import { CountersignError, outcomeOf } from '../tuf/errors.ts';
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
    target: async (path, maxBytes) => {
      const bytes = await read(path, maxBytes);
      return bytes === null ? null : pieces(bytes);
    },
    list: async () => new Map([...tree].map(([path, { size }]) => [path, size])),
  };
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const PUBLISHED_ROLE = /^metadata\/([1-9][0-9]*)\.([^/]+)\.json$/;

/** The newest few versions of each role on the published branch, whatever its timestamp says. */
function publishedRoles(tree: ReadonlyMap<string, TreeEntry>): readonly (readonly [RoleName, BlobId])[] {
  const versions = new Map<string, { readonly version: number; readonly id: BlobId }[]>();
  for (const [path, { id, kind }] of tree) {
    if (kind !== 'file') continue;
    const [, version, name] = PUBLISHED_ROLE.exec(path) ?? [];
    if (name === undefined || name === 'root' || name === 'snapshot' || name === 'timestamp') continue;
    versions.set(name, [...(versions.get(name) ?? []), { version: Number(version), id }]);
  }
  return [...versions].flatMap(([name, files]) => {
    const role = outcomeOf(() => parseTargetsRoleName(decodeURIComponent(name), name));
    if (role.kind === 'refused' || encodeRoleName(role.value) !== name) return [];
    const newest = files.sort((a, b) => b.version - a.version).slice(0, PUBLISHED_DEPTH);
    return newest.map(({ id }) => [role.value, id] as const);
  });
}

class Candidates {
  readonly roots: Candidate[] = [];
  readonly roles = new Map<RoleName, Candidate[]>();

  addRole(role: RoleName, source: Source, bytes: Uint8Array): void {
    this.roles.set(role, [...(this.roles.get(role) ?? []), { source, bytes, path: rolePath(role) }]);
  }

  addView(view: ClientView, source: Source): void {
    this.roots.push(...view.roots.map((bytes, index) => ({ source, bytes, path: rootPath(parseVersion(index + 1, 'root')) })));
    for (const [role, bytes] of view.roles) this.addRole(role, source, bytes);
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

/** How many of the newest merged events are looked at. Older ones are published by now, and found there. */
const LAST_MERGED = 10;

/**
 * What was merged lately, whatever the metadata branch has of it now: somebody may have reset the branch before it was published, or taken it back by a commit
 * like any other, which leaves a head that verifies and is older.
 */
async function addMerged(forge: Forge, candidates: Candidates): Promise<void> {
  const pulls = await forge.endedPulls(PROPOSAL_PREFIX, METADATA_BRANCH);
  const merged = pulls.filter(({ state }) => state === 'merged').slice(0, LAST_MERGED);
  for (const tree of (await forge.trees(merged.map(({ headSha }) => headSha))).values()) {
    await addMetadataTree(forge, tree, 'history', candidates);
  }
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

/**
 * Finds the base: the highest version of every role that verifies among the live site, the published branch, and the metadata
 * branch with its history.
 * @param merged - whether events that were merged lately are looked at too, which needs the right to read pull requests
 * @throws `equivocation`, `io`, `git`
 */
export async function readState(
  place: Pick<Workplace, 'forge' | 'live' | 'anchor'>,
  merged: 'with-merged' | 'branches-only' = 'with-merged',
): Promise<State> {
  const { forge } = place;
  const heads = await forge.branches(METADATA_BRANCH);
  const metadataHead = heads.get(METADATA_BRANCH) ?? null;
  const publishedHead = heads.get(PUBLISHED_BRANCH) ?? null;
  const publishedTree = publishedHead === null ? new Map<string, TreeEntry>() : await forge.tree(publishedHead);
  const published = await readClientView(treeSource(forge, publishedTree));
  const live = await readClientView(place.live);
  const candidates = new Candidates();
  candidates.addView({ ...published, roles: new Map() }, 'published');
  await addBranchRoles(forge, publishedRoles(publishedTree), 'published', candidates);
  const metadataTree = metadataHead === null ? new Map<string, TreeEntry>() : await forge.tree(metadataHead);
  await addMetadataTree(forge, metadataTree, 'metadata-branch', candidates);
  if (merged === 'with-merged' && metadataHead !== null) await addMerged(forge, candidates);
  // Last: of two encodings of one payload the first is kept, and the host is trusted least.
  candidates.addView(live, 'live');
  let computed = computeBase(candidates.value(), place.anchor);
  if (metadataHead !== null && needsHistory(computed.findings, computed.base, metadataTree) && candidates.roles.size > 0) {
    const names = new Set([...candidates.roles.keys(), ...(computed.base === null ? [] : rolesIn(computed.base))]);
    await addHistory(forge, metadataHead, names, computed.base?.roots.length ?? 0, candidates);
    computed = computeBase(candidates.value(), place.anchor);
  }
  const { base } = computed;
  const ofKind = (wanted: TreeEntry['kind']): ReadonlySet<string> =>
    new Set([...metadataTree].flatMap(([path, { kind }]) => (kind === wanted ? [path] : [])));
  const findings =
    base === null || metadataHead === null
      ? computed.findings
      : [...computed.findings, ...reviewHead(ofKind('file'), ofKind('other'), base)];
  return { base, findings, metadataHead, publishedHead, publishedTree, published, live };
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
