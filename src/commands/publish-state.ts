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
import type { Publication } from '../event/plan-publication.ts';
import type { Finding } from '../event/base.ts';
import { vouchedFor } from '../event/vouched.ts';
import { CountersignError } from '../tuf/errors.ts';
import { parseTimestamp } from '../tuf/online.ts';
import { genuineRoots, heldRoots } from './client-replay.ts';
import { onlineFile } from './online-signing.ts';
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
export async function signSnapshot(
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
  const signTimestamp = async (files: string): Promise<OnlineFiles> => {
    const change = (went: MayGoOn): TimestampChange => ({ files, above: went.above.timestamp });
    const went = goOn(decideTimestamp(base, held, snapshot, place.now, { files }));
    const timestampPlan = decideTimestamp(base, held, snapshot, place.now, change(went));
    const timestamp = await onlineFile(place, base, roots, 'timestamp', timestampPlan);
    const reasons = [...reasonOf('snapshot', snapshotPlan), ...reasonOf('timestamp', timestampPlan)];
    return { snapshot, timestamp, reasons, findings: went.findings };
  };
  return { snapshot, signTimestamp };
}
