// SPDX-License-Identifier: Apache-2.0
import { binName, type Delegations } from '../tuf/delegations.ts';
import { CountersignError, unwrap, type Outcome } from '../tuf/errors.ts';
import type { MetaFile } from '../tuf/meta-file.ts';
import type { Metadata } from '../tuf/metadata.ts';
import { TARGETS, type RoleName, type TargetPath } from '../tuf/names.ts';
import { searchTarget, type RoleRequest, type SearchResult } from '../tuf/target-search.ts';
import type { Targets } from '../tuf/targets.ts';
import { requireFinalSnapshot, updateTargets, type TrustedSet } from '../tuf/trusted-set.ts';
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

/** As {@link fetchMetadata}, at most as long as listed; `maxUnlisted` bytes where no length is. */
export function fetchListed(client: Connection, path: string, listed: MetaFile, maxUnlisted: number): Promise<Uint8Array> {
  const maxBytes = listed.length === null ? maxUnlisted : Math.min(listed.length, client.limits.maxListedBytes);
  return fetchMetadata(client.source, path, maxBytes);
}

/**
 * Verifies a role's file for one delegator.
 * @param delegatorFile - null when the root delegates
 * @returns the file, or why {@link updateTargets} refuses it
 */
export function acceptRole(
  set: TrustedSet,
  { role, delegator }: RoleRequest,
  delegatorFile: Metadata<Targets> | null,
  bytes: Uint8Array,
): Outcome<Metadata<Targets>> {
  // With the delegator alone, so that the cost doesn't grow with the number of roles that are loaded.
  const targets = new Map<RoleName, Metadata<Targets>>();
  if (delegator !== 'root' && delegatorFile !== null) targets.set(delegator, delegatorFile);
  const outcome = updateTargets({ ...set, targets }, role, delegator, bytes);
  if (outcome.kind === 'refused') return outcome;
  const file = outcome.value.targets.get(role);
  if (file === undefined) throw new CountersignError('order', role, 'expected the role that was just accepted, got none');
  return { kind: 'accepted', value: file };
}

/**
 * Loads a role: what the store holds if it passes every check for this delegator, else what the repository has, which is then stored.
 * @throws `not-in-snapshot`, `not-found`, `too-large`, the codes of {@link updateTargets}, `io`
 */
export async function loadRole(
  client: Connection,
  set: TrustedSet,
  request: RoleRequest,
  delegatorFile: Metadata<Targets> | null,
): Promise<Metadata<Targets>> {
  const { role } = request;
  const entry = requireFinalSnapshot(set).meta.get(role);
  if (entry === undefined) throw new CountersignError('not-in-snapshot', role, 'expected an entry in the snapshot, got none');
  const held = await client.store.read(storeName(role));
  if (held !== null) {
    const outcome = acceptRole(set, request, delegatorFile, held);
    if (outcome.kind === 'accepted') return outcome.value;
  }
  const path = metadataLocation(set.root.signed, role, entry.version);
  const bytes = await fetchListed(client, path, entry, client.limits.maxTargetsBytes);
  const file = unwrap(acceptRole(set, request, delegatorFile, bytes));
  await client.store.write(storeName(role), bytes);
  return file;
}

function delegatorFileOf(session: Session, { delegator }: RoleRequest): Metadata<Targets> | null {
  return delegator === 'root' ? null : (session.set.targets.get(delegator) ?? null);
}

/** Loads a role unless it is loaded and verified for this delegator already. @throws as {@link loadRole} */
export async function ensureRole(
  session: Session,
  request: RoleRequest,
): Promise<{ readonly session: Session; readonly file: Metadata<Targets> }> {
  const { role, delegator } = request;
  const delegators = session.verifiedFor.get(role) ?? new Set<RoleName | 'root'>();
  const loaded = session.set.targets.get(role);
  if (loaded !== undefined && delegators.has(delegator)) return { session, file: loaded };
  const file = await loadRole(session, session.set, request, delegatorFileOf(session, request));
  const verifiedFor = new Map(session.verifiedFor).set(role, new Set(delegators).add(delegator));
  const targets = new Map(session.set.targets).set(role, file);
  return { session: { ...session, verifiedFor, set: { ...session.set, targets } }, file };
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
  const search = searchTarget(path);
  let current = session;
  let step = search.next();
  while (step.done !== true) {
    const loaded = await ensureRole(current, step.value);
    current = loaded.session;
    step = search.next(loaded.file.signed);
  }
  return { session: current, result: step.value };
}

/** The names of all roles that are delegated to; bins in order. Lazy: 32 bits of bins are four billion names. */
export function* delegatedNames(delegations: Delegations | null): Generator<RoleName, void, void> {
  if (delegations === null) return;
  if (delegations.kind === 'roles') {
    for (const { name } of delegations.roles) yield name;
    return;
  }
  for (let bin = 0; bin < 2 ** delegations.succinct.bitLength; bin++) yield binName(delegations.succinct, bin);
}

/**
 * Loads every role that is delegated to, for each of its delegators.
 * @throws as {@link loadRole} for the first that can't be verified
 */
export async function loadAllRoles(session: Session): Promise<Session> {
  const targets = new Map(session.set.targets);
  const verifiedFor = new Map([...session.verifiedFor].map(([role, delegators]) => [role, new Set(delegators)]));
  // A Set visits what is added during the loop.
  const delegators = new Set([TARGETS]);
  for (const delegator of delegators) {
    const delegatorFile = targets.get(delegator) ?? null;
    for (const role of delegatedNames(delegatorFile?.signed.delegations ?? null)) {
      delegators.add(role);
      const known = verifiedFor.get(role) ?? new Set<RoleName | 'root'>();
      if (known.has(delegator)) continue;
      targets.set(role, await loadRole(session, session.set, { role, delegator }, delegatorFile));
      verifiedFor.set(role, known.add(delegator));
    }
  }
  return { ...session, verifiedFor, set: { ...session.set, targets } };
}
