// SPDX-License-Identifier: Apache-2.0
import { parsePeriods, type Period } from '../trust/periods.ts';
import { BINDING_FIELD } from '../tuf/binding.ts';
import { asString, objectField } from '../tuf/fields.ts';
import { CountersignError } from '../tuf/errors.ts';
import { addSeconds, encodeInstant, type Instant } from '../tuf/instant.ts';
import type { JsonObject, JsonValue } from '../tuf/json.ts';
import { parseKeyId, type KeyId } from '../tuf/key.ts';
import type { Metadata } from '../tuf/metadata.ts';
import { parseSha256, parseVersion, type RoleName, type Sha256Hex, type TargetPath, type Version } from '../tuf/names.ts';
import { parseSnapshot, parseTimestamp, type Snapshot, type Timestamp } from '../tuf/online.ts';
import {
  isDiscardedUnder,
  isDue,
  listFile,
  nextVersion,
  planSnapshot,
  planTimestamp,
  sameMeta,
  type ListedFile,
} from '../tuf/plan-online.ts';
import type { Root } from '../tuf/root.ts';
import { newSnapshotSigned, newTimestampSigned } from '../tuf/signed-part.ts';
import type { Targets } from '../tuf/targets.ts';
import type { Base } from './base.ts';
import { bindingOf } from './proposal.ts';
import { hostingOf } from './release-files.ts';
import { latestOf, vouchedFor, type Held } from './vouched.ts';
import type { Finding } from './weigh-candidates.ts';

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
 * Decides the snapshot: a new one when the roles changed, when it is due, or when the root's keys no longer verify it.
 * @param files - the roles that it is to list
 * @param above - a version that clients may hold although no file of it can be had: a new one goes above it
 */
export function decideSnapshot(
  base: Base,
  held: HeldOnline,
  now: Instant,
  files: ReadonlyMap<RoleName, ListedFile> = listedRoles(base),
  above = 0,
): OnlinePlan {
  const plan = planSnapshot(predecessor(base, 'snapshot', held.snapshot), base.root.signed, files);
  const period = onlinePeriod(base, 'snapshot');
  const named = namedSnapshot(base, held);
  const why = snapshotReason(base, held, now, period, plan) ?? lostReason(held, named) ?? behindReason(held.snapshot, above);
  if (why === null && held.snapshot !== null) return { kind: 'keep', bytes: held.snapshot.bytes };
  const header = { version: later(plan.version, Math.max(above, named)), expires: addSeconds(now, period.expiresSeconds) };
  return { kind: 'sign', signed: newSnapshotSigned(header, base.repository, plan.meta), why: why ?? 'first publication' };
}

/** The version of the snapshot that clients were told of by the timestamp that they hold, be it there or not; 0 for none. */
function namedSnapshot(base: Base, { timestamp }: HeldOnline): number {
  if (timestamp === null || isDiscardedUnder(base.root.signed, 'timestamp', timestamp.file)) return 0;
  return timestamp.file.signed.snapshot.version;
}

/** Somebody has written over a snapshot, and none as late can be had from elsewhere. */
function lostReason({ snapshot }: HeldOnline, named: number): string | null {
  if (snapshot === null || snapshot.file.signed.version >= named) return null;
  return `snapshot v${String(named)}, which the timestamp names, can not be had`;
}

function behindReason(held: Held<Snapshot | Timestamp> | null, above: number): string | null {
  if (held === null || held.file.signed.version >= above) return null;
  return `clients may hold a later one than v${String(held.file.signed.version)}`;
}

function snapshotReason(base: Base, held: HeldOnline, now: Instant, period: Period, plan: ReturnType<typeof planSnapshot>): string | null {
  if (held.snapshot === null) return 'first publication';
  const { file } = held.snapshot;
  if (!sameMeta(file.signed, plan)) return 'roles changed';
  if (isDiscardedUnder(base.root.signed, 'snapshot', file)) return 'the snapshot key changed';
  return dueReason(file.signed.expires, now, period);
}

/** Of two runs at once, the one that began later may be done first: what it signed is later by so many seconds at most, and no clock was wrong. */
const RUNS_AT_ONCE_SECONDS = 600;

/** Whether only a clock that was ahead can have signed a file that expires then, with this period in seconds. */
function isFastClock(expires: Instant, now: Instant, period: number): boolean {
  return expires > addSeconds(now, period + RUNS_AT_ONCE_SECONDS);
}

/** Why a file that expires then is due; null when it is not. No clock that is right makes a file that lasts longer than its period. */
function dueReason(expires: Instant, now: Instant, { expiresSeconds, renewSeconds }: Period): string | null {
  if (isDue(expires, now, renewSeconds)) return `it expires ${encodeInstant(expires)}`;
  return isFastClock(expires, now, expiresSeconds) ? `it expires only ${encodeInstant(expires)}, later than its period allows` : null;
}

/**
 * Says which of the held online files last longer than any root has ever allowed: a clock that was ahead made them. Where only the period has become shorter
 * since, they are due as well, and nobody has to act.
 */
export function fastClockFindings(base: Base, held: HeldOnline, now: Instant): readonly Finding[] {
  return (['timestamp', 'snapshot'] as const).flatMap((role): Finding[] => {
    const file = held[role]?.file.signed;
    if (file === undefined) return [];
    const periods = base.roots.flatMap(({ file: root }) => parsePeriods(bindingOf(root.signed, 'root'), 'root').get(role) ?? []);
    const longest = Math.max(...periods.map(({ expiresSeconds }) => expiresSeconds));
    if (!isFastClock(file.expires, now, longest)) return [];
    const detail = `expected an expiry by ${encodeInstant(addSeconds(now, longest))}, got ${encodeInstant(file.expires)}, as a clock that was ahead made it; it is signed anew`;
    return [{ source: 'published', code: 'expires-invalid', where: `${role}@${String(file.version)}`, detail }];
  });
}

function later(version: Version, above: number): Version {
  return version > above ? version : nextVersion(parseVersion(above, 'version'));
}

/** The member of a timestamp's `x-countersign` that names the list of all published files. */
const FILES = 'files';

/** The sha256 of the list of all published files, as a timestamp of ours has signed it; null where it says nothing of one. */
export function signedFileList({ binding }: Timestamp): string | null {
  const digest = binding?.raw.get(FILES);
  return typeof digest === 'string' ? digest : null;
}

/** What a new timestamp is to say. */
export interface TimestampChange {
  /** As for {@link decideSnapshot}. */
  readonly above?: number;
  /** The sha256 of the list of all published files. */
  readonly files?: string;
}

/** Decides the timestamp for a snapshot of these bytes. */
export function decideTimestamp(
  base: Base,
  held: HeldOnline,
  snapshotBytes: Uint8Array,
  now: Instant,
  { above = 0, files }: TimestampChange = {},
): OnlinePlan {
  const listed = listFile(parseSnapshot(snapshotBytes).signed.version, snapshotBytes);
  const plan = planTimestamp(predecessor(base, 'timestamp', held.timestamp), base.root.signed, listed);
  const period = onlinePeriod(base, 'timestamp');
  const why = timestampReason(base, held, now, period, listed) ?? filesReason(held, files) ?? behindReason(held.timestamp, above);
  if (why === null && held.timestamp !== null) return { kind: 'keep', bytes: held.timestamp.bytes };
  const header = { version: later(plan.version, above), expires: addSeconds(now, period.expiresSeconds) };
  const signed = newTimestampSigned(header, base.repository, plan.snapshot);
  return { kind: 'sign', signed: files === undefined ? signed : withFileList(signed, files), why: why ?? 'first publication' };
}

function filesReason({ timestamp }: HeldOnline, files: string | undefined): string | null {
  if (timestamp === null || files === undefined) return null;
  return signedFileList(timestamp.file.signed) === files ? null : 'the published files changed';
}

function withFileList(signed: JsonObject, files: string): JsonObject {
  const ours = objectField(signed, BINDING_FIELD, 'timestamp');
  return new Map<string, JsonValue>(signed).set(BINDING_FIELD, new Map<string, JsonValue>(ours).set(FILES, files));
}

function timestampReason(base: Base, held: HeldOnline, now: Instant, period: Period, listed: ListedFile): string | null {
  if (held.timestamp === null) return 'first publication';
  const { file } = held.timestamp;
  const { snapshot } = file.signed;
  if (snapshot.version !== listed.version || snapshot.hashes?.get('sha256') !== listed.sha256) return 'the snapshot changed';
  if (isDiscardedUnder(base.root.signed, 'timestamp', file)) return 'the timestamp key changed';
  return dueReason(file.signed.expires, now, period);
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

/** The targets of a file that say in their signed `custom` that the site hosts them. */
export function hostedIn({ targets }: Targets): readonly HostedTarget[] {
  const hosted: HostedTarget[] = [];
  for (const [path, target] of targets) {
    if (hostingOf(target) !== 'site') continue;
    const sha256 = target.hashes.get('sha256');
    // Without it the file has no name that clients ask for. One such entry must not stop the publishing of all others.
    if (sha256 !== undefined) hosted.push({ path, length: target.length, sha256: parseSha256(sha256, path) });
  }
  return hosted;
}

/** The targets of all roles that the site is to host. */
export function hostedTargets(base: Base): readonly HostedTarget[] {
  return [...base.roles.values()].flatMap(({ file }) => hostedIn(file.signed));
}
