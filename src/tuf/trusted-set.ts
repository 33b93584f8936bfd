// SPDX-License-Identifier: Apache-2.0
// The client's rules of TUF 1.0.34 §5.3 to §5.6, without I/O. The order is part of the rules: roots one by one, then the root
// is final and must not have expired; then timestamp, snapshot, targets, each verified by what stands before it. Files are
// verified before they are stored and never afterwards changed; `time` is fixed once (§5.1), so that all checks of one update agree.
import { requireBinding } from './binding.ts';
import { delegatedKeys } from './delegations.ts';
import { CountersignError, outcomeOf, quote, type Outcome } from './errors.ts';
import { encodeInstant, type Instant } from './instant.ts';
import type { KeyReader } from './key.ts';
import { requireLengthAndHashes } from './meta-file.ts';
import type { Metadata, SignedHeader } from './metadata.ts';
import { TARGETS, type RoleName, type TopLevelRole } from './names.ts';
import { parseSnapshot, parseTimestamp, type Snapshot, type Timestamp } from './online.ts';
import { parseRootAs, type Root } from './root.ts';
import { parseTargetsAs, type Targets } from './targets.ts';
import { requireThreshold } from './threshold.ts';

/** What a client trusts, as far as an update has come. Immutable: each step gives a new one. */
export interface TrustedSet {
  readonly time: Instant;
  readonly root: Metadata<Root<'client'>>;
  /** True once there is no newer root: only then may the others be loaded. */
  readonly rootIsFinal: boolean;
  readonly timestamp: Metadata<Timestamp> | null;
  readonly snapshot: Metadata<Snapshot> | null;
  readonly targets: ReadonlyMap<RoleName, Metadata<Targets<'client'>>>;
}

/** Where a file comes from: the client's own store (already verified once) or the repository. */
export type Origin = 'local' | 'remote';

function nameAt(role: string, metadata: Metadata<SignedHeader>): string {
  return `${role}@${String(metadata.signed.version)}`;
}

function requireTopLevel(root: Root<KeyReader>, role: TopLevelRole, file: Metadata<SignedHeader>): void {
  requireThreshold({ payload: file.payload, signatures: file.signatures, keys: root.keys, role: root.roles[role] }, nameAt(role, file));
}

function requireUnexpired(role: string, file: Metadata<SignedHeader>, time: Instant, code: 'expired' | 'freeze'): void {
  if (file.signed.expires <= time) {
    throw new CountersignError(
      code,
      nameAt(role, file),
      `expected an expiry after ${encodeInstant(time)}, got ${encodeInstant(file.signed.expires)}`,
    );
  }
}

/**
 * Starts from the root that a client ships with (TUF §5.2). It must be signed by its own threshold, which says that it is whole;
 * that it is the right one can't be verified.
 * Refused: `threshold` and the codes of the parsers.
 */
export function trustInitialRoot(bytes: Uint8Array, time: Instant): Outcome<TrustedSet> {
  return outcomeOf(() => {
    const root = parseRootAs('client', bytes);
    // @check initial-root-signed
    requireTopLevel(root.signed, 'root', root);
    // @check initial-root-binding
    requireRootBinding(root.signed, root);
    return { time, root, rootIsFinal: false, timestamp: null, snapshot: null, targets: new Map() };
  });
}

function requireRootBinding(anchor: Root<KeyReader>, root: Metadata<Root<KeyReader>>): void {
  requireBinding(anchor.binding, root.signed.binding, 'root', nameAt('root', root));
}

/**
 * Requires that `next` may follow `current` as root: the next version exactly, signed by the thresholds of both, and for the same
 * repository (TUF §5.3.4, §5.3.5). Each threshold is counted with the keys of its own root: an id may name another key in the other.
 * @throws `order`, `rollback`, `threshold`, `binding-mismatch`
 */
export function requireRootTransition<R extends KeyReader>(current: Metadata<Root<R>>, next: Metadata<Root<R>>): void {
  // @check root-signed-by-old
  requireTopLevel(current.signed, 'root', next);
  // @check root-version-next
  if (next.signed.version !== current.signed.version + 1) {
    throw new CountersignError('rollback', nameAt('root', next), `expected version ${String(current.signed.version + 1)}`);
  }
  // @check root-signed-by-new
  requireTopLevel(next.signed, 'root', next);
  // @check root-binding
  requireRootBinding(current.signed, next);
}

/**
 * Takes the next root (TUF §5.3.2 to §5.3.8). An expired one is fine as long as another follows (§5.3.6).
 * Refused: `order` once the root is final, `rollback` when it is not the very next version, `threshold` when old or new keys are too few,
 * `binding-mismatch`, and the codes of the parsers.
 */
export function updateRoot(set: TrustedSet, bytes: Uint8Array): Outcome<TrustedSet> {
  return outcomeOf(() => {
    // @check order-root
    if (set.rootIsFinal) throw new CountersignError('order', 'root', 'expected roots before all other files');
    const root = parseRootAs('client', bytes);
    requireRootTransition(set.root, root);
    return { ...set, root };
  });
}

/** Ends the search for roots: the last one must not have expired (TUF §5.3.10). Refused: `expired`. */
export function finishRoot(set: TrustedSet): Outcome<TrustedSet> {
  return outcomeOf(() => {
    // @check root-not-expired
    requireUnexpired('root', set.root, set.time, 'expired');
    return { ...set, rootIsFinal: true };
  });
}

/** The result of offering a timestamp. `unchanged`: the trusted one has the same version and was kept (TUF §5.4.3.1). */
export interface TimestampUpdate {
  readonly set: TrustedSet;
  readonly unchanged: boolean;
}

/**
 * Takes a timestamp (TUF §5.4). It is kept even if it has expired, so that a later one can be compared with it; expiry is required by
 * {@link finishTimestamp}. A local one that the current root's keys no longer verify is refused with `threshold`: leaving it out is
 * the fast-forward recovery of §5.3.11.
 * Refused: `order`, `threshold`, `rollback` (of itself or of its snapshot), and the codes of the parsers.
 */
export function updateTimestamp(set: TrustedSet, bytes: Uint8Array): Outcome<TimestampUpdate> {
  return outcomeOf(() => {
    // @check order-timestamp-after-root
    if (!set.rootIsFinal) throw new CountersignError('order', 'timestamp', 'expected the final root first');
    // @check order-timestamp-before-snapshot
    if (set.snapshot !== null) throw new CountersignError('order', 'timestamp', 'expected the timestamp before the snapshot');
    const timestamp = parseTimestamp(bytes);
    // @check timestamp-signed
    requireTopLevel(set.root.signed, 'timestamp', timestamp);
    // @check timestamp-binding
    requireBinding(set.root.signed.binding, timestamp.signed.binding, 'timestamp', nameAt('timestamp', timestamp));
    const old = set.timestamp?.signed;
    if (old !== undefined) {
      const where = nameAt('timestamp', timestamp);
      // @check timestamp-version-rollback
      if (timestamp.signed.version < old.version)
        throw new CountersignError('rollback', where, `expected at least version ${String(old.version)}`);
      // @check timestamp-same-version
      if (timestamp.signed.version === old.version) return { set, unchanged: true };
      // @check timestamp-snapshot-rollback
      if (timestamp.signed.snapshot.version < old.snapshot.version) {
        throw new CountersignError(
          'rollback',
          where,
          `expected at least snapshot version ${String(old.snapshot.version)}, got ${String(timestamp.signed.snapshot.version)}`,
        );
      }
    }
    return { set: { ...set, timestamp }, unchanged: false };
  });
}

/** Requires a timestamp that has not expired (TUF §5.4.4). Refused: `order`, `freeze`. */
export function finishTimestamp(set: TrustedSet): Outcome<TrustedSet> {
  return outcomeOf(() => {
    requireFreshTimestamp(set);
    return set;
  });
}

function requireFreshTimestamp(set: TrustedSet): Metadata<Timestamp> {
  // @check order-snapshot-after-timestamp
  if (set.timestamp === null) throw new CountersignError('order', 'snapshot', 'expected a timestamp first');
  // @check timestamp-not-expired
  requireUnexpired('timestamp', set.timestamp, set.time, 'freeze');
  return set.timestamp;
}

function requireNoEntryRollback(old: Snapshot, snapshot: Metadata<Snapshot>): void {
  const where = nameAt('snapshot', snapshot);
  for (const [role, entry] of old.meta) {
    const now = snapshot.signed.meta.get(role);
    // @check snapshot-entry-vanished
    if (now === undefined) throw new CountersignError('rollback', where, `expected an entry for ${quote(role)}, got none`);
    // @check snapshot-entry-rollback
    if (now.version < entry.version) {
      throw new CountersignError(
        'rollback',
        where,
        `expected ${quote(role)} at version ${String(entry.version)} or later, got ${String(now.version)}`,
      );
    }
  }
}

/**
 * Takes a snapshot (TUF §5.5). A local one may be older than the timestamp says: it is then only what the next one is compared
 * with. {@link requireFinalSnapshot} decides whether it may be used.
 * Refused: `order`, `freeze`, `length-mismatch`, `hash-mismatch`, `threshold`, `rollback`, and the codes of the parsers.
 */
export function updateSnapshot(set: TrustedSet, bytes: Uint8Array, origin: Origin): Outcome<TrustedSet> {
  return outcomeOf(() => {
    const timestamp = requireFreshTimestamp(set);
    // @check order-snapshot-before-targets
    if (set.targets.size > 0) throw new CountersignError('order', 'snapshot', 'expected the snapshot before targets');
    // A local file was verified when it was fetched, and may be older than what the timestamp lists.
    // @check snapshot-length-and-hashes
    if (origin === 'remote') requireLengthAndHashes(bytes, timestamp.signed.snapshot, 'snapshot');
    const snapshot = parseSnapshot(bytes);
    // @check snapshot-signed
    requireTopLevel(set.root.signed, 'snapshot', snapshot);
    // @check snapshot-binding
    requireBinding(set.root.signed.binding, snapshot.signed.binding, 'snapshot', nameAt('snapshot', snapshot));
    if (set.snapshot !== null) requireNoEntryRollback(set.snapshot.signed, snapshot);
    const next = { ...set, snapshot };
    if (origin === 'remote') requireFinalSnapshot(next);
    return next;
  });
}

/** Requires the snapshot to be the one that the timestamp names, and fresh (TUF §5.5.4, §5.5.6). @throws `order`, `mix-and-match`, `freeze` */
export function requireFinalSnapshot(set: TrustedSet): Snapshot {
  const timestamp = requireFreshTimestamp(set);
  // @check order-targets-after-snapshot
  if (set.snapshot === null) throw new CountersignError('order', 'targets', 'expected a snapshot first');
  // @check snapshot-version-listed
  if (set.snapshot.signed.version !== timestamp.signed.snapshot.version) {
    throw new CountersignError(
      'mix-and-match',
      nameAt('snapshot', set.snapshot),
      `expected version ${String(timestamp.signed.snapshot.version)}`,
    );
  }
  // @check snapshot-not-expired
  requireUnexpired('snapshot', set.snapshot, set.time, 'freeze');
  return set.snapshot.signed;
}

/**
 * Takes the file of a targets role as `delegator` delegates it (TUF §5.6). For the top-level role the delegator is the root. A local
 * file passes exactly the same checks, so a cached role is verified against its current delegator.
 * Refused: `order`, `not-in-snapshot`, `length-mismatch`, `hash-mismatch`, `role-unknown`, `threshold`, `mix-and-match`, `binding-mismatch`,
 * `expired`, and the codes of the parsers.
 */
export function updateTargets(set: TrustedSet, role: RoleName, delegator: RoleName | 'root', bytes: Uint8Array): Outcome<TrustedSet> {
  return outcomeOf(() => {
    const entry = requireFinalSnapshot(set).meta.get(role);
    // @check role-in-snapshot
    if (entry === undefined) throw new CountersignError('not-in-snapshot', role, 'expected an entry in the snapshot, got none');
    // @check targets-length-and-hashes
    requireLengthAndHashes(bytes, entry, role);
    const file = parseTargetsAs('client', bytes);
    const where = nameAt(role, file);
    // @check targets-signed
    requireThreshold({ payload: file.payload, signatures: file.signatures, ...keysFor(set, role, delegator) }, where);
    // @check targets-version-listed
    if (file.signed.version !== entry.version) {
      throw new CountersignError('mix-and-match', where, `expected version ${String(entry.version)}, as the snapshot says`);
    }
    // @check targets-binding
    requireBinding(set.root.signed.binding, file.signed.binding, role, where);
    // @check targets-not-expired
    requireUnexpired(role, file, set.time, 'expired');
    return { ...set, targets: new Map(set.targets).set(role, file) };
  });
}

function keysFor(set: TrustedSet, role: RoleName, delegator: RoleName | 'root') {
  if (delegator === 'root') {
    // @check root-delegates-targets-only
    if (role !== TARGETS) throw new CountersignError('role-unknown', role, 'expected a delegator, got the root');
    return { keys: set.root.signed.keys, role: set.root.signed.roles.targets };
  }
  const delegations = set.targets.get(delegator)?.signed.delegations ?? null;
  const role_ = delegations === null ? null : delegatedKeys(delegations, role);
  // @check role-delegated
  if (delegations === null || role_ === null) {
    throw new CountersignError('role-unknown', role, `expected ${quote(delegator)} to delegate this role, got no such delegation`);
  }
  return { keys: delegations.keys, role: role_ };
}
