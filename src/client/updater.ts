// SPDX-License-Identifier: Apache-2.0
// The client workflow of TUF 1.0.34 §5.3 to §5.6 over I/O. Every verdict is the trusted set's; this decides what is read and in
// which order verified files are kept, so that a crash between any two writes leaves a store that the next update starts from.
import { requireBinding } from '../tuf/binding.ts';
import { CountersignError, outcomeOf, unwrap, type Outcome } from '../tuf/errors.ts';
import type { Instant } from '../tuf/instant.ts';
import { parseVersion, TARGETS } from '../tuf/names.ts';
import { rootPath, TIMESTAMP_PATH } from '../tuf/published-tree.ts';
import {
  finishRoot,
  finishTimestamp,
  requireFinalSnapshot,
  trustInitialRoot,
  updateRoot,
  updateSnapshot,
  updateTimestamp,
  type TrustedSet,
} from '../tuf/trusted-set.ts';
import { DEFAULT_LIMITS, type ClientLimits } from './limits.ts';
import { metadataLocation } from './location.ts';
import { ensureRole, fetchListed, fetchMetadata, type Connection, type Session } from './roles.ts';
import type { RepositorySource } from './source.ts';
import { storeName, type ClientStore } from './store.ts';

/** How many new roots one update takes (python-tuf, tuf-js and go-tuf: 256). */
export const MAX_ROOT_ROTATIONS = 256;

/** How an update is done. */
export interface RefreshOptions {
  /** What expiry is compared with, throughout. */
  readonly time: Instant;
  readonly maxRootRotations?: number;
  readonly limits?: ClientLimits;
}

/**
 * Gives a store the root that its client ships with (TUF §5.2). Where the store has one already:
 *
 * - An older one is replaced, so that the update begins at the given one, as in python-tuf since 6.0. The reason for a newer root may be that keys of the
 *   older one were stolen: whoever has them could lead on from there. The other files stay, and what the given root's keys verify of them is what the next
 *   update must not fall behind.
 * - A newer one is kept: it was verified from an earlier one, and to begin before it would let a host hold back the roots since. The roots between are not
 *   held (python-tuf keeps them and goes through them again), so that it follows from the given one is not verified. Where a client may have been led astray
 *   with stolen keys before it was given a new root, give it a new store as well.
 * - One of the same version and another payload is refused: one of the two is not the repository's, and nothing here says which.
 * @param rootBytes - a root file, trusted by other means
 * @returns `created` in a store without a root, `renewed` when an older one was replaced
 * @throws `anchor-mismatch` when the store's root has the same version and another payload, `binding-mismatch` when it is of another
 * repository, `threshold` and the codes of the parsers, `io`
 */
export async function bootstrap(store: ClientStore, rootBytes: Uint8Array, time: Instant): Promise<'created' | 'kept' | 'renewed'> {
  const { root } = unwrap(trustInitialRoot(rootBytes, time));
  const held = await store.read(storeName('root'));
  if (held === null) {
    await store.write(storeName('root'), rootBytes);
    return 'created';
  }
  if (Buffer.compare(held, rootBytes) === 0) return 'kept';
  const trusted = unwrap(trustInitialRoot(held, time)).root;
  const where = `root@${String(root.signed.version)}`;
  requireBinding(trusted.signed.binding, root.signed.binding, 'root', where);
  if (trusted.signed.version === root.signed.version && Buffer.compare(trusted.payload, root.payload) !== 0) {
    throw new CountersignError('anchor-mismatch', where, 'expected the root that the store holds, got another of the same version');
  }
  if (trusted.signed.version >= root.signed.version) return 'kept';
  await store.write(storeName('root'), rootBytes);
  return 'renewed';
}

/**
 * Updates a client: roots one by one, timestamp, snapshot, top-level targets (TUF §5.3 to §5.6). Each file is stored once it is
 * verified and never before. Files that are held already are not fetched again, except the timestamp.
 * @throws `not-found` for a store without root or a file that the repository lacks, `root-limit`, `too-large`, the codes of the
 * trusted set, `io`
 */
export async function refresh(source: RepositorySource, store: ClientStore, options: RefreshOptions): Promise<Session> {
  const client: Connection = { source, store, limits: options.limits ?? DEFAULT_LIMITS };
  const held = await store.read(storeName('root'));
  if (held === null) throw new CountersignError('not-found', 'root.json', 'expected a root to start from, got an empty store');
  const first = unwrap(trustInitialRoot(held, options.time));
  const rooted = unwrap(finishRoot(await refreshRoot(client, first, options.maxRootRotations ?? MAX_ROOT_ROTATIONS)));
  const stamped = await refreshTimestamp(client, rooted);
  const set = await refreshSnapshot(client, stamped);
  const { session } = await ensureRole({ ...client, set, verifiedFor: new Map() }, { role: TARGETS, delegator: 'root' });
  return session;
}

async function refreshRoot(client: Connection, first: TrustedSet, maxRotations: number): Promise<TrustedSet> {
  let set = first;
  for (let rotations = 0; ; rotations++) {
    const path = rootPath(parseVersion(set.root.signed.version + 1, 'root'));
    const bytes = await client.source.metadata(path, client.limits.maxRootBytes);
    if (bytes === null) return set;
    // What was taken so far is stored, so a client that is this far behind gets there by further updates.
    if (rotations >= maxRotations)
      throw new CountersignError('root-limit', path, `expected at most ${String(maxRotations)} new roots, got more`);
    set = unwrap(updateRoot(set, bytes));
    await client.store.write(storeName('root'), bytes);
  }
}

/** What is held, if it still verifies. If not it is removed: recovery from a fast-forward attack (TUF §5.3.11). */
async function acceptHeld<T>(store: ClientStore, name: string, accept: (bytes: Uint8Array) => Outcome<T>): Promise<T | null> {
  const bytes = await store.read(name);
  if (bytes === null) return null;
  const outcome = accept(bytes);
  if (outcome.kind === 'accepted') return outcome.value;
  await store.remove(name);
  return null;
}

async function refreshTimestamp(client: Connection, rooted: TrustedSet): Promise<TrustedSet> {
  const name = storeName('timestamp');
  const held = await acceptHeld(client.store, name, (bytes) => updateTimestamp(rooted, bytes));
  const bytes = await fetchMetadata(client.source, TIMESTAMP_PATH, client.limits.maxTimestampBytes);
  const { set, unchanged } = unwrap(updateTimestamp(held?.set ?? rooted, bytes));
  const stamped = unwrap(finishTimestamp(set));
  if (!unchanged) await client.store.write(name, bytes);
  return stamped;
}

async function refreshSnapshot(client: Connection, stamped: TrustedSet): Promise<TrustedSet> {
  if (stamped.timestamp === null) throw new CountersignError('order', 'snapshot', 'expected a timestamp first');
  const name = storeName('snapshot');
  const held = await acceptHeld(client.store, name, (bytes) => updateSnapshot(stamped, bytes, 'local'));
  if (held !== null && outcomeOf(() => requireFinalSnapshot(held)).kind === 'accepted') return held;
  const listed = stamped.timestamp.signed.snapshot;
  const path = metadataLocation(stamped.root.signed, 'snapshot', listed.version);
  const bytes = await fetchListed(client, path, listed, 'snapshot');
  // The held one, though old, is what the new one must not fall behind.
  const set = unwrap(updateSnapshot(held ?? stamped, bytes, 'remote'));
  await client.store.write(name, bytes);
  return set;
}
