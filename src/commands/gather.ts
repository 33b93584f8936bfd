// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../event/base.ts';
import { decideGather, type GatherEffect } from '../event/decide-gather.ts';
import type { EventStatus } from '../event/facts.ts';
import { METADATA_BRANCH, PROPOSAL_PREFIX } from '../event/layout.ts';
import { reviewersToAsk } from '../event/reviewers.ts';
import { custodyEnvironment } from '../event/workflow-names.ts';
import type { CommitSha, Budget } from '../ports.ts';
import { STICKY_MARKER } from '../render/event-markdown.ts';
import { CountersignError } from '../tuf/errors.ts';
import { completeEvent } from './complete-event.ts';
import { keepText } from './proposal-text.ts';
import { readState, type State } from './read-base.ts';
import { adoptOrphans, readEvents, readProposalPulls, retargetStrayed, type EventsView } from './read-events.ts';
import { rebuildEvent, reopenEvent, restoreEvent } from './rebuild-event.ts';
import { reportStatus, tell } from './report-status.ts';
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
  /** What is left of the host's requests, where so few are that gather stopped before it read any event; null where it has read all. */
  readonly stopped: Budget | null;
}

/** `dry-run` reads and decides, and writes nothing. */
export type GatherMode = 'apply' | 'dry-run';

/** What one round has read and decided. */
interface Round {
  readonly state: State;
  readonly view: EventsView;
  readonly effects: readonly GatherEffect[];
  readonly branches: ReadonlyMap<string, CommitSha>;
  readonly notes: Finding[];
}

type Done =
  | { readonly kind: 'again'; readonly completed: readonly number[]; readonly rebuilt: readonly number[] }
  | { readonly kind: 'settled'; readonly result: Omit<GatherResult, 'completed' | 'rebuilt'> };

const MAX_ROUNDS = 100;
/** Below this many requests gather stops: what is left is for publish, without which clients stop. */
const MIN_BUDGET = 300;

/**
 * Reconciles all open events with what was signed: completes those that have their signatures, builds those again under which the base
 * has moved, shows the status of the others, and publishes the releases that are signed. Running it twice, or two at once, changes nothing more.
 * @throws `equivocation`, `ref-conflict`, `io`, `git`, and the host's codes
 */
export async function gather(place: Workplace, mode: GatherMode = 'apply'): Promise<GatherResult> {
  const completed: number[] = [];
  const rebuilt: number[] = [];
  const notes: Finding[] = [];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const done = await untilSettled(() => gatherOnce(place, mode, notes));
    if (done.kind === 'settled') return { ...done.result, completed, rebuilt };
    completed.push(...done.completed);
    rebuilt.push(...done.rebuilt);
  }
  throw new CountersignError('ref-conflict', METADATA_BRANCH, 'expected events to settle, got changes without end; run gather again');
}

async function gatherOnce(place: Workplace, mode: GatherMode, notes: Finding[]): Promise<Done> {
  const { forge } = place;
  // What is left of the host's requests is for publish, without which clients stop.
  const budget = await forge.budget();
  if (budget !== null && budget.left < MIN_BUDGET)
    return { kind: 'settled', result: { events: [], custody: [], released: [], findings: notes, stopped: budget } };
  const branches = await forge.branches(PROPOSAL_PREFIX);
  let pulls = await readProposalPulls(forge);
  const state = await readState(place, pulls.ended);
  const { metadataHead } = state;
  if (metadataHead === null)
    return { kind: 'settled', result: { events: [], custody: [], released: [], findings: state.findings, stopped: null } };
  if (mode === 'apply') {
    const isAdopted = await adoptOrphans(forge, pulls);
    if ((await retargetStrayed(forge, metadataHead, pulls)) || isAdopted) pulls = await readProposalPulls(forge);
  }
  const view = await readEvents({ forge, base: state.base, metadataHead, now: place.now }, pulls);
  const custody = custodyOrders(view.statuses);
  const seen = { events: view.statuses, custody };
  if (mode === 'dry-run') return { kind: 'settled', result: { ...seen, released: [], findings: state.findings, stopped: null } };
  const { effects } = decideGather(view);
  const again = await perform(place, { state, view, effects, branches, notes });
  if (again !== null) return again;
  const { released, problems } = await settleReleases(place, state.base, view);
  const findings = [...state.findings, ...notes, ...problems.map((one): Finding => ({ ...one, source: 'release' }))];
  return { kind: 'settled', result: { ...seen, released, findings, stopped: null } };
}

/** Performs the effects. After one that changes what the others were decided by, all starts again from fresh facts. */
async function perform(place: Workplace, { state, view, effects, branches, notes }: Round): Promise<Done | null> {
  const { forge } = place;
  const { metadataHead } = view;
  for (const effect of effects) {
    const { number } = effect.status.pull;
    switch (effect.kind) {
      case 'complete':
        await completeEvent(place, state, metadataHead, effect.status);
        return { kind: 'again', completed: [number], rebuilt: [] };
      case 'rebuild':
        await rebuildEvent(forge, view, branches, effect);
        return { kind: 'again', completed: [], rebuilt: [number] };
      case 'restore':
        notes.push(...(await restoreEvent(forge, view, effect.status.pull, effect.to)));
        return { kind: 'again', completed: [], rebuilt: [] };
      case 'reopen':
        notes.push(...(await reopenEvent(forge, view, effect)));
        return { kind: 'again', completed: [], rebuilt: [] };
      case 'close':
        await tell(forge, number, `Closed: ${effect.reason}.`);
        await forge.closePull(number);
        return { kind: 'again', completed: [], rebuilt: [] };
      case 'report':
        await keepText(forge, view, effect.status);
        await askForReviews(place, view, effect.status);
        await reportStatus(place, effect.status);
        break;
      default:
        effect satisfies never;
    }
  }
  return null;
}

async function askForReviews({ forge }: Workplace, { pulls, events }: EventsView, status: EventStatus): Promise<void> {
  const pull = pulls.open.find(({ number }) => number === status.pull.number);
  const facts = events.find((one) => one.pull.number === status.pull.number);
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
