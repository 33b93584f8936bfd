// SPDX-License-Identifier: Apache-2.0
import { CountersignError } from './errors.ts';
import type { Instant } from './instant.ts';
import type { JsonObject } from './json.ts';
import type { MetaFile } from './meta-file.ts';
import type { Metadata, SignedHeader } from './metadata.ts';
import { parseVersion, type RoleName, type Version } from './names.ts';
import type { Snapshot, Timestamp } from './online.ts';
import type { Root } from './root.ts';
import { sha256Hex } from './sha256.ts';
import { jsonObject } from './signed-part.ts';
import { countSignatures } from './threshold.ts';

/** A file as the one above it lists it. */
export interface ListedFile {
  readonly version: Version;
  /** In bytes. */
  readonly length: number;
  readonly sha256: string;
}

/** How a file of these bytes is listed. */
export function listFile(version: Version, bytes: Uint8Array): ListedFile {
  return { version, length: bytes.length, sha256: sha256Hex(bytes) };
}

function metaObject(file: ListedFile): JsonObject {
  return jsonObject({ version: file.version, length: file.length, hashes: jsonObject({ sha256: file.sha256 }) });
}

/** The version after `current`; 1 when there is none. @throws `version-exhausted` at the largest safe integer */
export function nextVersion(current: Version | null): Version {
  // @check version-exhausted
  if (current === Number.MAX_SAFE_INTEGER) {
    throw new CountersignError('version-exhausted', 'version', 'expected a version that can grow; rotate the key to recover (TUF §5.3.11)');
  }
  return parseVersion((current ?? 0) + 1, 'version');
}

/**
 * Whether clients that hold `old` will discard it under `root`: its signatures no longer reach the role's threshold. Only then may what
 * it says be taken back (TUF §5.3.11). Adding a key is not enough; enough of the old ones must go, since python-tuf, tuf-js and
 * go-tuf discard a stored file only when it no longer verifies.
 */
export function isDiscardedUnder(root: Root, role: 'timestamp' | 'snapshot', old: Metadata<SignedHeader>): boolean {
  const count = countSignatures({ payload: old.payload, signatures: old.signatures, keys: root.keys, role: root.roles[role] });
  return !count.reached;
}

function requireNoRollback(role: RoleName, was: MetaFile, now: ListedFile | undefined): void {
  // @check planned-entry-vanished
  if (now === undefined) {
    throw new CountersignError(
      'rollback',
      role,
      'expected this role in the snapshot: entries never vanish unless the snapshot key is rotated',
    );
  }
  // @check planned-entry-rollback
  if (now.version < was.version) {
    throw new CountersignError('rollback', role, `expected at least version ${String(was.version)}, got ${String(now.version)}`);
  }
  const listed = was.hashes?.get('sha256');
  // @check planned-equivocation
  if (now.version === was.version && listed !== undefined && listed !== now.sha256) {
    throw new CountersignError('equivocation', role, `expected the published bytes of version ${String(was.version)}, got others`);
  }
}

/** What the next snapshot lists: `null` when the published one says the same already. */
export interface SnapshotPlan {
  readonly version: Version;
  readonly meta: JsonObject;
}

/**
 * Plans the snapshot's content. Entries never vanish and versions never drop (TUF §5.5.5), and one version never has two contents, unless
 * every client discards the old snapshot.
 * @param previous - the snapshot that clients hold now, and the root that they will hold
 * @throws `rollback`, `equivocation`
 */
export function planSnapshot(previous: Metadata<Snapshot> | null, root: Root, files: ReadonlyMap<RoleName, ListedFile>): SnapshotPlan {
  const recovering = previous !== null && isDiscardedUnder(root, 'snapshot', previous);
  const meta = new Map<string, JsonObject>();
  const all = new Map(files);
  for (const [role, was] of previous?.signed.meta ?? []) {
    if (recovering) continue;
    const listed = was.hashes?.get('sha256');
    // A role that is no longer delegated keeps its entry for ever.
    if (!all.has(role) && was.length !== null && listed !== undefined) {
      all.set(role, { version: was.version, length: was.length, sha256: listed });
    }
    requireNoRollback(role, was, all.get(role));
  }
  for (const role of [...all.keys()].sort()) {
    const file = all.get(role);
    if (file !== undefined) meta.set(`${role}.json`, metaObject(file));
  }
  return { version: nextVersion(previous?.signed.version ?? null), meta };
}

/** Whether the entries of a snapshot are those planned. */
export function sameMeta(snapshot: Snapshot, plan: SnapshotPlan): boolean {
  if (snapshot.meta.size !== plan.meta.size) return false;
  for (const [role, entry] of snapshot.meta) {
    const planned = plan.meta.get(`${role}.json`);
    if (!(planned instanceof Map)) return false;
    const hashes: unknown = planned.get('hashes');
    const sha256: unknown = hashes instanceof Map ? hashes.get('sha256') : undefined;
    if (planned.get('version') !== entry.version || entry.hashes?.get('sha256') !== sha256) return false;
  }
  return true;
}

/** Plans the timestamp's content for a snapshot of these bytes. @throws `rollback` when clients hold a later snapshot version */
export function planTimestamp(
  previous: Metadata<Timestamp> | null,
  root: Root,
  snapshot: ListedFile,
): { readonly version: Version; readonly snapshot: JsonObject } {
  // @check planned-timestamp-rollback
  if (previous !== null && snapshot.version < previous.signed.snapshot.version && !isDiscardedUnder(root, 'timestamp', previous)) {
    throw new CountersignError(
      'rollback',
      'snapshot',
      `expected at least version ${String(previous.signed.snapshot.version)}, got ${String(snapshot.version)}; rotate the timestamp key to recover`,
    );
  }
  return { version: nextVersion(previous?.signed.version ?? null), snapshot: metaObject(snapshot) };
}

/** Whether a file is due: it expires within `renewSeconds` of `now`, or has. */
export function isDue(expires: Instant, now: Instant, renewSeconds: number): boolean {
  return expires - now <= renewSeconds;
}
