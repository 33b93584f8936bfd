// SPDX-License-Identifier: Apache-2.0
import { requireCounts } from '../trust/counts-from.ts';
import { binName, type Delegations } from '../tuf/delegations.ts';
import { CountersignError, outcomeOf, unwrap, type Outcome } from '../tuf/errors.ts';
import type { MetaFile } from '../tuf/meta-file.ts';
import type { Metadata } from '../tuf/metadata.ts';
import { TARGETS, type RoleName, type TargetPath } from '../tuf/names.ts';
import type { Snapshot } from '../tuf/online.ts';
import { searchTarget, type RoleRequest, type SearchResult } from '../tuf/target-search.ts';
import type { Targets } from '../tuf/targets.ts';
import { requireFinalSnapshot, updateTargets, type TrustedSet } from '../tuf/trusted-set.ts';
import { inParallel } from './in-parallel.ts';
import type { ClientLimits } from './limits.ts';
import { metadataLocation } from './location.ts';
import type { RepositorySource } from './source.ts';
import { storeName, type ClientStore } from './store.ts';

/** What a client reads from and keeps its files in. */
export interface Connection {
  readonly source: RepositorySource;
  readonly store: ClientStore;
  readonly limits: ClientLimits;
}

/** A client after an update. Immutable: looking for targets loads further roles and gives a new one. */
export interface Session extends Connection {
  readonly set: TrustedSet;
  /** The delegators that each loaded role was verified for. Another delegator may ask for other keys. */
  readonly verifiedFor: ReadonlyMap<RoleName, ReadonlySet<RoleName | 'root'>>;
}

/** Reads metadata that must be there. @throws `not-found`, `too-large`, `io` */
export async function fetchMetadata(source: RepositorySource, path: string, maxBytes: number): Promise<Uint8Array> {
  const bytes = await source.metadata(path, maxBytes);
  if (bytes === null) throw new CountersignError('not-found', path, 'expected this file, got nothing');
  return bytes;
}

/**
 * As {@link fetchMetadata}, at most as long as listed, and as the limits say for its kind.
 * @throws `length-mismatch` for a longer one than listed, `too-large` for one that a client takes from nobody
 */
export async function fetchListed(client: Connection, path: string, listed: MetaFile, kind: 'snapshot' | 'targets'): Promise<Uint8Array> {
  const { maxSnapshotBytes, maxTargetsBytes, maxListedSnapshotBytes, maxListedBytes } = client.limits;
  const [maxUnlisted, maxListed] = kind === 'snapshot' ? [maxSnapshotBytes, maxListedSnapshotBytes] : [maxTargetsBytes, maxListedBytes];
  if (listed.length === null) return fetchMetadata(client.source, path, maxUnlisted);
  // Nothing is read of what would be thrown away.
  if (listed.length > maxListed)
    throw new CountersignError('too-large', path, `expected at most ${String(maxListed)} bytes, got ${String(listed.length)} listed`);
  try {
    return await fetchMetadata(client.source, path, listed.length);
  } catch (error) {
    if (!(error instanceof CountersignError && error.code === 'too-large')) throw error;
    // Not more than a client takes, only more than was promised: another file than the one that is meant.
    throw new CountersignError('length-mismatch', path, `expected ${String(listed.length)} bytes, got more`, { cause: error });
  }
}

/**
 * Verifies a role's file for one delegator.
 * @param delegatorFile - null when the root delegates
 * @returns the file, or why {@link updateTargets} refuses it; `rollback` for a version below the one from which the delegator lets it count; `equivocation` when `set` has this role with another content
 */
export function acceptRole(
  set: TrustedSet,
  { role, delegator }: RoleRequest,
  delegatorFile: Metadata<Targets<'client'>> | null,
  bytes: Uint8Array,
): Outcome<Metadata<Targets<'client'>>> {
  // With the delegator alone, so that the cost doesn't grow with the number of roles that are loaded.
  const targets = new Map<RoleName, Metadata<Targets<'client'>>>();
  if (delegator !== 'root' && delegatorFile !== null) targets.set(delegator, delegatorFile);
  return outcomeOf(() => {
    const file = unwrap(updateTargets({ ...set, targets }, role, delegator, bytes)).targets.get(role);
    if (file === undefined) throw new CountersignError('order', role, 'expected the role that was just accepted, got none');
    // Of a role that was taken out and is delegated again: what was published before must not come back with the name.
    requireCounts(delegatorFile?.signed ?? set.root.signed, role, file.signed.version);
    const loaded = set.targets.get(role);
    // A snapshot need not say which bytes: a host could show each delegator what its own keys signed, and one's would then count for the other.
    if (loaded !== undefined && Buffer.compare(loaded.payload, file.payload) !== 0) {
      const where = `${role}@${String(file.signed.version)}`;
      throw new CountersignError('equivocation', where, 'expected the content that another delegator was shown, got another');
    }
    return file;
  });
}

/**
 * Loads a role: what the store holds if it passes every check for this delegator, else what the repository has, which is then stored.
 * @throws `not-in-snapshot`, `not-found`, `too-large`, `equivocation`, the codes of {@link updateTargets}, `io`
 */
export async function loadRole(
  client: Connection,
  set: TrustedSet,
  request: RoleRequest,
  delegatorFile: Metadata<Targets<'client'>> | null,
): Promise<Metadata<Targets<'client'>>> {
  const { role } = request;
  const entry = requireFinalSnapshot(set).meta.get(role);
  if (entry === undefined) throw new CountersignError('not-in-snapshot', role, 'expected an entry in the snapshot, got none');
  const held = await client.store.read(storeName(role));
  if (held !== null) {
    const outcome = acceptRole(set, request, delegatorFile, held);
    if (outcome.kind === 'accepted') return outcome.value;
  }
  const path = metadataLocation(set.root.signed, role, entry.version);
  const bytes = await fetchListed(client, path, entry, 'targets');
  const file = unwrap(acceptRole(set, request, delegatorFile, bytes));
  await client.store.write(storeName(role), bytes);
  return file;
}

/** Loads roles into a session that others don't see until it is taken: what many searches load is copied once. */
class RoleLoader {
  #session: Session;
  #targets: Map<RoleName, Metadata<Targets<'client'>>> | null = null;
  #verifiedFor: Map<RoleName, ReadonlySet<RoleName | 'root'>> | null = null;
  /** What could not be verified, by role and delegator: one that many searches come to is asked for once. */
  readonly #failed = new Map<string, CountersignError>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** The session with all that was loaded so far; the one that it began with when nothing was. */
  take(): Session {
    const [targets, verifiedFor] = [this.#targets, this.#verifiedFor];
    if (targets === null || verifiedFor === null) return this.#session;
    this.#session = { ...this.#session, verifiedFor, set: { ...this.#session.set, targets } };
    // What comes later must not change what was given away.
    this.#targets = null;
    this.#verifiedFor = null;
    return this.#session;
  }

  /** As {@link ensureRole}. */
  async load(request: RoleRequest): Promise<Metadata<Targets<'client'>>> {
    const { role, delegator } = request;
    const targets = this.#targets ?? this.#session.set.targets;
    const delegators = (this.#verifiedFor ?? this.#session.verifiedFor).get(role);
    const loaded = targets.get(role);
    if (loaded !== undefined && delegators?.has(delegator) === true) return loaded;
    const delegatorFile = delegator === 'root' ? null : (targets.get(delegator) ?? null);
    const failed = this.#failed.get(JSON.stringify([role, delegator]));
    if (failed !== undefined) throw failed;
    const file = await this.#remembering(request, () => loadRole(this.#session, { ...this.#session.set, targets }, request, delegatorFile));
    this.#targets ??= new Map(targets);
    this.#verifiedFor ??= new Map(this.#session.verifiedFor);
    this.#targets.set(role, file);
    this.#verifiedFor.set(role, new Set(delegators ?? []).add(delegator));
    return file;
  }

  async #remembering<T>({ role, delegator }: RoleRequest, load: () => Promise<T>): Promise<T> {
    try {
      return await load();
    } catch (error) {
      if (error instanceof CountersignError) this.#failed.set(JSON.stringify([role, delegator]), error);
      throw error;
    }
  }

  /** As {@link findTarget}. */
  async find(path: TargetPath): Promise<SearchResult> {
    const search = searchTarget(path);
    let step = search.next();
    while (step.done !== true) step = search.next((await this.load(step.value)).signed);
    return step.value;
  }
}

/** Loads a role unless it is loaded and verified for this delegator already. @throws as {@link loadRole} */
export async function ensureRole(
  session: Session,
  request: RoleRequest,
): Promise<{ readonly session: Session; readonly file: Metadata<Targets<'client'>> }> {
  const loader = new RoleLoader(session);
  const file = await loader.load(request);
  return { session: loader.take(), file };
}

/**
 * Looks for a target as TUF §5.6.7 says, loading the roles that it comes to.
 * @returns the result (`found` with the role and the file, or why not) and the session with what was loaded
 * @throws as {@link loadRole}: a role on the way that can't be verified ends the search
 */
export async function findTarget(
  session: Session,
  path: TargetPath,
): Promise<{ readonly session: Session; readonly result: SearchResult }> {
  const loader = new RoleLoader(session);
  const result = await loader.find(path);
  return { session: loader.take(), result };
}

/**
 * Looks for many targets, each as {@link findTarget} does; in time that grows with their number and that of the roles, not with its square.
 * @param leavesOut - asked about each path whose search comes to a role that can't be verified; true goes on with the others. None is left out unless told
 * @returns the results by path, in the order of `paths`, and why the others were left out
 * @throws as {@link loadRole}
 */
export async function findTargets(
  session: Session,
  paths: Iterable<TargetPath>,
  leavesOut: (path: TargetPath, error: CountersignError) => boolean = () => false,
): Promise<{
  readonly session: Session;
  readonly results: ReadonlyMap<TargetPath, SearchResult>;
  readonly undecided: ReadonlyMap<TargetPath, CountersignError>;
}> {
  const loader = new RoleLoader(session);
  const results = new Map<TargetPath, SearchResult>();
  const undecided = new Map<TargetPath, CountersignError>();
  for (const path of paths) {
    try {
      results.set(path, await loader.find(path));
    } catch (error) {
      if (!(error instanceof CountersignError) || !leavesOut(path, error)) throw error;
      undecided.set(path, error);
    }
  }
  return { session: loader.take(), results, undecided };
}

/** The names of all roles that are delegated to; bins in order. Lazy: 32 bits of bins are four billion names. */
export function* delegatedNames(delegations: Delegations<'client'> | null): Generator<RoleName, void, void> {
  if (delegations === null) return;
  if (delegations.kind === 'roles') {
    for (const { name } of delegations.roles) yield name;
    return;
  }
  for (let bin = 0; bin < 2 ** delegations.succinct.bitLength; bin++) yield binName(delegations.succinct, bin);
}

/**
 * As {@link delegatedNames}, up to the first that a snapshot lacks where there are more bins than it has entries: one that is missing says as much as four
 * billion.
 */
export function* namesToLoad(delegations: Delegations<'client'> | null, { meta }: Snapshot): Generator<RoleName, void, void> {
  const tooMany = delegations?.kind === 'succinct' && 2 ** delegations.succinct.bitLength > meta.size;
  for (const role of delegatedNames(delegations)) {
    yield role;
    if (tooMany && !meta.has(role)) return;
  }
}

/** Over a network most of the time is waiting. As many as browsers ask one host for. */
const PARALLEL_ROLES = 6;

/**
 * Loads roles of one delegator, several at once.
 * @returns them in the order of `names`
 * @throws as {@link loadRole} for one that can't be verified and isn't left out; no further one is begun then
 */
async function loadDelegated(
  session: Session,
  delegator: RoleName,
  names: Iterable<RoleName>,
  leavesOut: (error: CountersignError) => boolean,
): Promise<ReadonlyMap<RoleName, Metadata<Targets<'client'>>>> {
  const delegatorFile = session.set.targets.get(delegator) ?? null;
  const loaded = await inParallel(names, PARALLEL_ROLES, async (role): Promise<[RoleName, Metadata<Targets<'client'>>] | null> => {
    try {
      return [role, await loadRole(session, session.set, { role, delegator }, delegatorFile)];
    } catch (error) {
      if (error instanceof CountersignError && leavesOut(error)) return null;
      throw error;
    }
  });
  return new Map(loaded.filter((one) => one !== null));
}

/**
 * Loads every role that is delegated to, for each of its delegators.
 * @param leavesOut - asked about each that can't be verified; true goes on without it and what it alone delegates to. None is left out unless told
 * @throws as {@link loadRole} for the first that can't be verified and isn't left out
 */
export async function loadAllRoles(session: Session, leavesOut: (error: CountersignError) => boolean = () => false): Promise<Session> {
  const targets = new Map(session.set.targets);
  const verifiedFor = new Map([...session.verifiedFor].map(([role, delegators]) => [role, new Set(delegators)]));
  const current: Session = { ...session, verifiedFor, set: { ...session.set, targets } };
  const snapshot = requireFinalSnapshot(session.set);
  // A Set visits what is added during the loop.
  const delegators = new Set([TARGETS]);
  for (const delegator of delegators) {
    function* needed(): Generator<RoleName, void, void> {
      for (const role of namesToLoad(targets.get(delegator)?.signed.delegations ?? null, snapshot)) {
        delegators.add(role);
        if (verifiedFor.get(role)?.has(delegator) !== true) yield role;
      }
    }
    for (const [role, file] of await loadDelegated(current, delegator, needed(), leavesOut)) {
      targets.set(role, file);
      const known = verifiedFor.get(role) ?? new Set<RoleName | 'root'>();
      verifiedFor.set(role, known.add(delegator));
    }
  }
  return current;
}
