// SPDX-License-Identifier: Apache-2.0
import { decideContinuation, type LiveState, type ServedVersions } from '../event/decide-continuation.ts';
import {
  decideSnapshot,
  decideTimestamp,
  onlinePeriod,
  type HeldOnline,
  type OnlinePlan,
  type TimestampChange,
} from '../event/decide-publish.ts';
import { heldPublication, planPublication, type PlanFacts, type Publication } from '../event/plan-publication.ts';
import type { Base, Finding } from '../event/base.ts';
import { vouchedFor } from '../event/vouched.ts';
import { CountersignError } from '../tuf/errors.ts';
import { parseTimestamp } from '../tuf/online.ts';
import type { Root } from '../tuf/root.ts';
import { genuineRoots, heldRoots } from './client-replay.ts';
import { isKeyFailure, onlineFile } from './online-signing.ts';
import type { State } from './read-base.ts';
import { UNKNOWN_SITE, type Workplace } from './workplace.ts';

/** What clients are served, as far as it can be found out. */
export function liveState({ live }: Pick<Workplace, 'live'>, state: State): LiveState {
  if (live === UNKNOWN_SITE) return 'unknown';
  if (state.liveFailure !== null) return 'unreachable';
  const { timestamp } = state.live;
  const { base } = state;
  if (timestamp === null || base === null) return 'absent';
  const roots = base.roots.map(({ file }) => file.signed);
  return vouchedFor(base.repository, 'timestamp', [timestamp], roots, parseTimestamp).files.length > 0 ? 'served' : 'absent';
}

/** How many roots clients have come to, so that none of them is taken back. */
export function servedRoots(state: State, live: LiveState): number {
  if (state.base === null) return 0;
  return genuineRoots(live === 'served' ? state.live : state.published, state.base).at(-1)?.file.signed.version ?? 0;
}

/** Whether nothing but the first signed state is known. */
function isFirst({ base, publishedHead }: State, held: HeldOnline): boolean {
  if (base === null || publishedHead !== null || held.timestamp !== null || held.snapshot !== null) return false;
  return [base.root, ...[...base.roles.values()].map(({ file }) => file)].every(({ signed }) => signed.version === 1);
}

/** The versions that new online files go above, and what is to be told of them. */
export interface MayGoOn {
  readonly above: { readonly timestamp: number; readonly snapshot: number };
  readonly findings: readonly Finding[];
}

/** Says whether online files may be signed. @throws `served-unknown` */
export function requireMayGoOn(
  place: Pick<Workplace, 'live' | 'now'>,
  state: State,
  held: HeldOnline,
  served: ServedVersions | null,
): MayGoOn {
  const { base } = state;
  if (base === null) throw new CountersignError('base-missing', 'root', 'expected a signed root, got none');
  const roots = base.roots.map(({ file }) => file.signed);
  const { timestamp } = state.published;
  const branch = vouchedFor(base.repository, 'timestamp', timestamp === null ? [] : [timestamp], roots, parseTimestamp).files[0];
  const decided = decideContinuation({
    live: liveState(place, state),
    branch: branch === undefined ? null : { version: branch.file.signed.version, expires: branch.file.signed.expires },
    isFirst: isFirst(state, held),
    period: onlinePeriod(base, 'timestamp'),
    served,
    now: place.now,
  });
  if (decided.kind === 'refuse') throw new CountersignError(decided.refusal.code, decided.refusal.where, decided.refusal.detail);
  const { above, told } = decided;
  return { above, findings: told === null ? [] : [{ source: 'live', code: 'served-unknown', where: 'timestamp', detail: told }] };
}

/** Both online files, and why any was signed. */
export interface OnlineFiles {
  readonly snapshot: Uint8Array;
  readonly timestamp: Uint8Array;
  readonly reasons: readonly string[];
  readonly findings: readonly Finding[];
}

const NOTHING_ABOVE: MayGoOn = { above: { timestamp: 0, snapshot: 0 }, findings: [] };

function reasonOf(role: string, plan: OnlinePlan): readonly string[] {
  return plan.kind === 'sign' ? [`${role}: ${plan.why}`] : [];
}

/** The timestamp for a snapshot, given all other files. */
export type SignTimestamp = (files: string) => Promise<OnlineFiles>;

/**
 * Signs the snapshot if it has to be, and gives what signs the timestamp once all files are known.
 * @throws `served-unknown` when something is to be signed and nobody knows what was served; what {@link onlineFile} throws
 */
async function signSnapshot(
  place: Workplace,
  state: State,
  held: HeldOnline,
  { base, list }: Publication,
  served: ServedVersions | null,
): Promise<{ readonly snapshot: Uint8Array; readonly signTimestamp: SignTimestamp }> {
  let mayGoOn: MayGoOn | null = null;
  const goOn = (plan: OnlinePlan): MayGoOn => {
    if (plan.kind === 'keep') return mayGoOn ?? NOTHING_ABOVE;
    return (mayGoOn ??= requireMayGoOn(place, state, held, served));
  };
  const roots = heldRoots(state, base);
  const first = decideSnapshot(base, held, place.now, list);
  // Where the timestamp alone is due, what it must go above is what the snapshot must, too.
  const { above } = goOn(first.kind === 'keep' ? decideTimestamp(base, held, first.bytes, place.now) : first);
  const snapshotPlan = decideSnapshot(base, held, place.now, list, above.snapshot);
  const snapshot = await onlineFile(place, base, roots, 'snapshot', snapshotPlan);
  const reasons = reasonOf('snapshot', snapshotPlan);
  return { snapshot, signTimestamp: timestampSigner(place, base, held, roots, { snapshot, reasons, goOn }) };
}

/** The published snapshot, where no new one can be signed, and what signs the timestamp for it. */
function keepSnapshot(
  place: Workplace,
  state: State,
  held: HeldOnline,
  { base }: Publication,
  served: ServedVersions | null,
): { readonly snapshot: Uint8Array; readonly signTimestamp: SignTimestamp } {
  const { snapshot } = held;
  if (snapshot === null) throw new CountersignError('base-missing', 'snapshot', 'expected one that is published, got none');
  const goOn = (plan: OnlinePlan): MayGoOn => (plan.kind === 'keep' ? NOTHING_ABOVE : requireMayGoOn(place, state, held, served));
  const roots = heldRoots(state, base);
  return {
    snapshot: snapshot.bytes,
    signTimestamp: timestampSigner(place, base, held, roots, { snapshot: snapshot.bytes, reasons: [], goOn }),
  };
}

/** What the online keys at hand allow. */
export interface Signing {
  readonly plan: Publication;
  readonly snapshot: Uint8Array;
  readonly signTimestamp: SignTimestamp;
  /** Why the snapshot is the one that clients have, although a new one was due; null where none was, or it is signed. */
  readonly unsigned: CountersignError | null;
}

/**
 * Plans, and signs the snapshot if it has to be. Where its keys do not suffice, what clients have stays, and only the timestamp is signed for it.
 * @throws what {@link signSnapshot} throws, where nothing stays either
 */
export async function signOrKeep(
  place: Workplace,
  state: State,
  held: HeldOnline,
  facts: PlanFacts,
  served: ServedVersions | null,
): Promise<Signing> {
  const plan = planPublication(facts);
  try {
    return { plan, ...(await signSnapshot(place, state, held, plan, served)), unsigned: null };
  } catch (error) {
    const kept = isKeyFailure(error) ? heldPublication(facts) : null;
    if (!isKeyFailure(error) || kept === null) throw error;
    return { plan: kept, ...keepSnapshot(place, state, held, kept, served), unsigned: error };
  }
}

/** What is told beside the key that is at fault, where clients get a new timestamp and no more. */
export function heldBack(unsigned: CountersignError | null): readonly Finding[] {
  if (unsigned === null) return [];
  const detail = 'expected a new one to be signed, but its key can not be used; clients get a new timestamp for the one that they have';
  return [{ source: 'published', code: unsigned.code, where: 'snapshot', detail }];
}

/** What the timestamp follows. */
interface Followed {
  readonly snapshot: Uint8Array;
  /** Why the snapshot was signed. */
  readonly reasons: readonly string[];
  readonly goOn: (plan: OnlinePlan) => MayGoOn;
}

function timestampSigner(
  place: Workplace,
  base: Base,
  held: HeldOnline,
  roots: readonly Root[],
  { snapshot, reasons, goOn }: Followed,
): SignTimestamp {
  return async (files) => {
    const change = (went: MayGoOn): TimestampChange => ({ files, above: went.above.timestamp });
    const went = goOn(decideTimestamp(base, held, snapshot, place.now, { files }));
    const plan = decideTimestamp(base, held, snapshot, place.now, change(went));
    const timestamp = await onlineFile(place, base, roots, 'timestamp', plan);
    return { snapshot, timestamp, reasons: [...reasons, ...reasonOf('timestamp', plan)], findings: went.findings };
  };
}
