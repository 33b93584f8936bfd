// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../event/base.ts';
import { decideGather, type GatherDecision } from '../event/decide-gather.ts';
import type { EventFacts, EventStatus } from '../event/facts.ts';
import { METADATA_BRANCH, PROPOSAL_PREFIX } from '../event/layout.ts';
import { reviewersToAsk } from '../event/reviewers.ts';
import { custodyEnvironment } from '../event/workflow-names.ts';
import type { CommitSha, Forge, Pull } from '../ports.ts';
import { STICKY_MARKER } from '../render/event-markdown.ts';
import { CountersignError } from '../tuf/errors.ts';
import { completeEvent } from './complete-event.ts';
import { keepText } from './proposal-text.ts';
import { readState, type State } from './read-base.ts';
import { adoptOrphans, openAmong, proposalPulls, readEvent } from './read-events.ts';
import { readSignedBeforeOf } from './read-signed-before.ts';
import { rebuildEvent } from './rebuild-event.ts';
import { reportStatus } from './report-status.ts';
import { settleReleases, type PublishedRelease } from './settle-releases.ts';
import { untilSettled, type Workplace } from './workplace.ts';

/** A custody signer who has approved, whose key is to sign now. */
export interface CustodyOrder {
  readonly person: string;
  /** The environment that holds the key. */
  readonly environment: string;
}

/** What gather did and found. */
export interface GatherResult {
  readonly events: readonly EventStatus[];
  /** Numbers of the pull requests that this run completed. */
  readonly completed: readonly number[];
  /** Numbers of those that it built again on a newer base. */
  readonly rebuilt: readonly number[];
  /** Whose custody keys may sign now; each person once. */
  readonly custody: readonly CustodyOrder[];
  /** The releases that this run published. */
  readonly released: readonly PublishedRelease[];
  /** What was left out of the base or must not be published, and why. */
  readonly findings: readonly Finding[];
}

/** `dry-run` reads and decides, and writes nothing. */
export type GatherMode = 'apply' | 'dry-run';

/** What one round has read and decided. */
interface Round {
  readonly state: State;
  readonly metadataHead: CommitSha;
  /** All of them, closed and merged ones too. */
  readonly pulls: readonly Pull[];
  readonly open: readonly Pull[];
  readonly events: readonly EventFacts[];
  readonly decision: GatherDecision;
  readonly branches: ReadonlyMap<string, CommitSha>;
}

type Done =
  | { readonly kind: 'again'; readonly completed: readonly number[]; readonly rebuilt: readonly number[] }
  | { readonly kind: 'settled'; readonly result: Omit<GatherResult, 'completed' | 'rebuilt'> };

const MAX_ROUNDS = 100;

/**
 * Reconciles all open events with what was signed: completes those that have their signatures, builds those again under which the base
 * has moved, shows the status of the others, and publishes the releases that are signed. Running it twice, or two at once, changes nothing more.
 * @throws `equivocation`, `ref-conflict`, `io`, `git`, and the host's codes
 */
export async function gather(place: Workplace, mode: GatherMode = 'apply'): Promise<GatherResult> {
  const completed: number[] = [];
  const rebuilt: number[] = [];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const done = await untilSettled(() => gatherOnce(place, mode));
    if (done.kind === 'settled') return { ...done.result, completed, rebuilt };
    completed.push(...done.completed);
    rebuilt.push(...done.rebuilt);
  }
  throw new CountersignError('ref-conflict', METADATA_BRANCH, 'expected events to settle, got changes without end; run gather again');
}

async function readRound(place: Workplace, state: State, branches: Round['branches']): Promise<Round | null> {
  const { forge } = place;
  const { metadataHead } = state;
  if (metadataHead === null) return null;
  const pulls = await proposalPulls(forge);
  const open = openAmong(pulls);
  const events = [];
  for (const pull of open) events.push(await readEvent(forge, pull, metadataHead, state.base));
  const signedBefore = await readSignedBeforeOf(forge, state.base, events);
  const decision = decideGather({ base: state.base, events, signedBefore, now: place.now });
  return { state, metadataHead, pulls, open, events, decision, branches };
}

async function gatherOnce(place: Workplace, mode: GatherMode): Promise<Done> {
  const { forge } = place;
  const branches = await forge.branches(PROPOSAL_PREFIX);
  if (mode === 'apply') await adoptOrphans(forge);
  const state = await readState(place);
  const round = await readRound(place, state, branches);
  if (round === null) return { kind: 'settled', result: { events: [], custody: [], released: [], findings: state.findings } };
  const events = round.decision.statuses;
  const custody = custodyOrders(events);
  if (mode === 'dry-run') return { kind: 'settled', result: { events, custody, released: [], findings: state.findings } };
  const again = await perform(place, round);
  if (again !== null) return again;
  const { released, problems } = await settleReleases(place, state.base, round);
  const findings = [...state.findings, ...problems.map((one): Finding => ({ ...one, source: 'release' }))];
  return { kind: 'settled', result: { events, custody, released, findings } };
}

/** Performs the effects. After one that changes what the others were decided by, all starts again from fresh facts. */
async function perform(place: Workplace, round: Round): Promise<Done | null> {
  const { forge } = place;
  for (const effect of round.decision.effects) {
    const { number } = effect.status.pull;
    switch (effect.kind) {
      case 'complete':
        await completeEvent(place, round.state, round.metadataHead, effect.status);
        return { kind: 'again', completed: [number], rebuilt: [] };
      case 'rebuild':
        await rebuildEvent(forge, round.metadataHead, round.branches, effect);
        return { kind: 'again', completed: [], rebuilt: [number] };
      case 'close':
        await forge.comment(number, `Closed: ${effect.reason}.`);
        await forge.closePull(number);
        return { kind: 'again', completed: [], rebuilt: [] };
      case 'report':
        await keepText(forge, round.state.base, { pulls: round.open, events: round.events }, effect.status);
        await askForReviews(forge, round, effect.status);
        await reportStatus(place, effect.status);
        break;
      default:
        effect satisfies never;
    }
  }
  return null;
}

async function askForReviews(forge: Forge, { open, events }: Round, status: EventStatus): Promise<void> {
  const index = open.findIndex(({ number }) => number === status.pull.number);
  const [pull, facts] = [open[index], events[index]];
  if (pull === undefined || facts === undefined) return;
  const viewer = (await forge.viewer()).id;
  const people = reviewersToAsk(status, { facts, requested: pull.requested, viewer, marker: STICKY_MARKER });
  // One at a time: the host refuses the whole list for one who has no access. They see the comment all the same.
  for (const { login } of people) await forge.requestReview(pull.number, login);
}

/** Whose custody keys may sign: each person has an environment of their own. */
function custodyOrders(events: readonly EventStatus[]): readonly CustodyOrder[] {
  const people = new Set<string>();
  for (const { state, roles } of events) {
    if (state !== 'waiting') continue;
    for (const { requirements } of roles) {
      for (const { reached, approved } of requirements) if (!reached) for (const { person } of approved) people.add(person);
    }
  }
  return [...people].sort().map((person) => ({ person, environment: custodyEnvironment(person) }));
}
