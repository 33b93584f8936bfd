// SPDX-License-Identifier: Apache-2.0
import { parsePeriods, type Period } from '../trust/periods.ts';
import { asString, objectField } from '../tuf/fields.ts';
import { CountersignError } from '../tuf/errors.ts';
import { addSeconds, encodeInstant, type Instant } from '../tuf/instant.ts';
import type { JsonObject } from '../tuf/json.ts';
import { parseKeyId, type KeyId } from '../tuf/key.ts';
import type { Metadata } from '../tuf/metadata.ts';
import type { RoleName, Sha256Hex, TargetPath } from '../tuf/names.ts';
import { parseSha256 } from '../tuf/names.ts';
import { parseSnapshot, parseTimestamp, type Snapshot, type Timestamp } from '../tuf/online.ts';
import { isDiscardedUnder, isDue, listFile, planSnapshot, planTimestamp, sameMeta, type ListedFile } from '../tuf/plan-online.ts';
import type { Root } from '../tuf/root.ts';
import { newSnapshotSigned, newTimestampSigned } from '../tuf/signed-part.ts';
import type { Base } from './base.ts';
import { bindingOf } from './proposal.ts';
import { hostingOf } from './release-files.ts';
import { latestOf, vouchedFor, type Held } from './vouched.ts';

/** What clients hold now: the latest online files that verify. */
export interface HeldOnline {
  readonly snapshot: Held<Snapshot> | null;
  readonly timestamp: Held<Timestamp> | null;
}

/** The latest snapshot and timestamp among what the published branch and the live site have. */
export function heldOnline(
  base: Base,
  files: { readonly snapshots: readonly Uint8Array[]; readonly timestamps: readonly Uint8Array[] },
): HeldOnline {
  const roots = base.roots.map(({ file }) => file.signed);
  return {
    snapshot: latestOf(vouchedFor(base.repository, 'snapshot', files.snapshots, roots, parseSnapshot).files),
    timestamp: latestOf(vouchedFor(base.repository, 'timestamp', files.timestamps, roots, parseTimestamp).files),
  };
}

/** An online file: the one that is published still serves, or a new one must be signed. */
export type OnlinePlan =
  { readonly kind: 'keep'; readonly bytes: Uint8Array } | { readonly kind: 'sign'; readonly signed: JsonObject; readonly why: string };

/** The period that the root has signed for an online role. @throws `policy-invalid` */
export function onlinePeriod(base: Base, role: 'snapshot' | 'timestamp'): Period {
  const period = parsePeriods(bindingOf(base.root.signed, 'root'), 'root').get(role);
  if (period === undefined) throw new CountersignError('policy-invalid', role, 'expected the root to say how long it lasts, got no period');
  return period;
}

/** Beyond this a version was chosen by whoever had a stolen key, so that none could follow it. */
const LAST_PLAUSIBLE_VERSION = 2 ** 52;

/** The file that a new one follows. Where clients discard it anyway and its version leaves no room, versions begin again (TUF §5.3.11). */
function predecessor<T extends Snapshot | Timestamp>(base: Base, role: 'snapshot' | 'timestamp', held: Held<T> | null): Metadata<T> | null {
  if (held === null) return null;
  const { file } = held;
  return file.signed.version > LAST_PLAUSIBLE_VERSION && isDiscardedUnder(base.root.signed, role, file) ? null : file;
}

/** How the snapshot lists the roles of the base. */
export function listedRoles(base: Base): ReadonlyMap<RoleName, ListedFile> {
  return new Map([...base.roles].map(([role, { file, bytes }]) => [role, listFile(file.signed.version, bytes)]));
}

/**
 * The roles as clients hold them now, for when something that a newer one speaks of can't be served yet: the rest must stay fresh all the same.
 * @returns null before the first publication
 */
export function heldRoles({ snapshot }: HeldOnline): ReadonlyMap<RoleName, ListedFile> | null {
  if (snapshot === null) return null;
  const files = new Map<RoleName, ListedFile>();
  for (const [role, { version, length, hashes }] of snapshot.file.signed.meta) {
    const sha256 = hashes?.get('sha256');
    if (length !== null && sha256 !== undefined) files.set(role, { version, length, sha256 });
  }
  return files;
}

/**
 * Decides the snapshot: a new one when the roles changed, when it is due, or when the root's keys no longer verify it.
 * @param files - the roles that it is to list
 */
export function decideSnapshot(
  base: Base,
  held: HeldOnline,
  now: Instant,
  files: ReadonlyMap<RoleName, ListedFile> = listedRoles(base),
): OnlinePlan {
  const plan = planSnapshot(predecessor(base, 'snapshot', held.snapshot), base.root.signed, files);
  const period = onlinePeriod(base, 'snapshot');
  const why = snapshotReason(base, held, now, period, plan);
  if (why === null && held.snapshot !== null) return { kind: 'keep', bytes: held.snapshot.bytes };
  const header = { version: plan.version, expires: addSeconds(now, period.expiresSeconds) };
  return { kind: 'sign', signed: newSnapshotSigned(header, base.repository, plan.meta), why: why ?? 'first publication' };
}

function snapshotReason(base: Base, held: HeldOnline, now: Instant, period: Period, plan: ReturnType<typeof planSnapshot>): string | null {
  if (held.snapshot === null) return 'first publication';
  const { file } = held.snapshot;
  if (!sameMeta(file.signed, plan)) return 'roles changed';
  if (isDiscardedUnder(base.root.signed, 'snapshot', file)) return 'the snapshot key changed';
  return isDue(file.signed.expires, now, period.renewSeconds) ? `it expires ${encodeInstant(file.signed.expires)}` : null;
}

/** Decides the timestamp for a snapshot of these bytes. */
export function decideTimestamp(base: Base, held: HeldOnline, snapshotBytes: Uint8Array, now: Instant): OnlinePlan {
  const listed = listFile(parseSnapshot(snapshotBytes).signed.version, snapshotBytes);
  const plan = planTimestamp(predecessor(base, 'timestamp', held.timestamp), base.root.signed, listed);
  const period = onlinePeriod(base, 'timestamp');
  const why = timestampReason(base, held, now, period, listed);
  if (why === null && held.timestamp !== null) return { kind: 'keep', bytes: held.timestamp.bytes };
  const header = { version: plan.version, expires: addSeconds(now, period.expiresSeconds) };
  return { kind: 'sign', signed: newTimestampSigned(header, base.repository, plan.snapshot), why: why ?? 'first publication' };
}

function timestampReason(base: Base, held: HeldOnline, now: Instant, period: Period, listed: ListedFile): string | null {
  if (held.timestamp === null) return 'first publication';
  const { file } = held.timestamp;
  const { snapshot } = file.signed;
  if (snapshot.version !== listed.version || snapshot.hashes?.get('sha256') !== listed.sha256) return 'the snapshot changed';
  if (isDiscardedUnder(base.root.signed, 'timestamp', file)) return 'the timestamp key changed';
  return isDue(file.signed.expires, now, period.renewSeconds) ? `it expires ${encodeInstant(file.signed.expires)}` : null;
}

/** The signer URIs that the root names for its online keys, by keyid. Names such as `env:NAME`, never secrets. */
export function onlineUris(root: Root): ReadonlyMap<KeyId, string> {
  const uris = new Map<KeyId, string>();
  const { raw } = bindingOf(root, 'root');
  if (!raw.has('online')) return uris;
  for (const [id, uri] of objectField(raw, 'online', 'root x-countersign')) uris.set(parseKeyId(id, 'online'), asString(uri, 'online'));
  return uris;
}

/** A target whose bytes the site must hold. */
export interface HostedTarget {
  readonly path: TargetPath;
  readonly length: number;
  readonly sha256: Sha256Hex;
}

/** The targets that say in their signed `custom` that the site hosts them. */
export function hostedTargets(base: Base): readonly HostedTarget[] {
  const hosted: HostedTarget[] = [];
  for (const { file } of base.roles.values()) {
    for (const [path, target] of file.signed.targets) {
      if (hostingOf(target) !== 'site') continue;
      const sha256 = target.hashes.get('sha256');
      // Without it the file has no name that clients ask for. One such entry must not stop the publishing of all others.
      if (sha256 !== undefined) hosted.push({ path, length: target.length, sha256: parseSha256(sha256, path) });
    }
  }
  return hosted;
}
