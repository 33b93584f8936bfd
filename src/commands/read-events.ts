// SPDX-License-Identifier: Apache-2.0
// Reads all signing events once, for every command alike. Events are found from this repository's own branches, so
// that nothing that outsiders open is ever looked at; of those that have ended, only what is above the signed state.
import type { Base } from '../event/base.ts';
import { evaluateEvents } from '../event/evaluate-events.ts';
import type { GatherFacts } from '../event/decide-gather.ts';
import type { SignedElsewhere } from '../event/evaluate.ts';
import type { EventFacts, EventStatus } from '../event/facts.ts';
import { METADATA_BRANCH, PROPOSAL_PREFIX } from '../event/layout.ts';
import { contentOf } from '../event/proposal.ts';
import { signedElsewhere } from '../event/signed-elsewhere.ts';
import type { CommitSha, EndedPull, Forge, Pull } from '../ports.ts';
import { CountersignError } from '../tuf/errors.ts';
import type { Instant } from '../tuf/instant.ts';
import { readEnded, readMergedPolicies } from './read-ended.ts';
import { readEvent, type EventContext } from './read-event.ts';

/** The pull requests of proposals. */
export interface ProposalPulls {
  /** Oldest first. */
  readonly open: readonly Pull[];
  /** Of proposal branches, but against another base: somebody has pointed them there. */
  readonly strayed: readonly Pull[];
  /** Newest first. */
  readonly ended: readonly EndedPull[];
}

/** Pull requests of this repository's own proposal branches. */
export async function readProposalPulls(forge: Pick<Forge, 'openPulls' | 'endedPulls'>): Promise<ProposalPulls> {
  const all = await forge.openPulls(PROPOSAL_PREFIX);
  const ended = await forge.endedPulls(PROPOSAL_PREFIX, METADATA_BRANCH);
  return {
    open: all.filter(({ base }) => base === METADATA_BRANCH),
    strayed: all.filter(({ base }) => base !== METADATA_BRANCH),
    ended,
  };
}

/** Open pull requests of proposals against the metadata branch, oldest first. */
export async function readOpenPulls(forge: Pick<Forge, 'openPulls'>): Promise<readonly Pull[]> {
  return (await forge.openPulls(PROPOSAL_PREFIX)).filter(({ base }) => base === METADATA_BRANCH);
}

/**
 * The open event of this number.
 * @throws `event-fork` for a pull request of a fork, `event-unknown` for one that is no open event
 */
export async function requireOpenPull(forge: Pick<Forge, 'openPulls' | 'pull'>, number: number): Promise<Pull> {
  const found = (await readOpenPulls(forge)).find((one) => one.number === number);
  if (found !== undefined) return found;
  const where = `#${String(number)}`;
  const other = await forge.pull(number);
  if (other?.from === 'fork') {
    const detail = 'this pull request comes from a fork, where outsiders can change it; propose it on a branch of this repository';
    throw new CountersignError('event-fork', where, detail);
  }
  throw new CountersignError('event-unknown', where, 'expected an open signing event; `countersign status` lists them');
}

/** What was read of all events, and how the open ones stand. */
export interface EventsView extends GatherFacts {
  readonly pulls: ProposalPulls;
  readonly metadataHead: CommitSha;
  /** Pull requests that are closed and not merged, in the order of `closed`. */
  readonly closedPulls: readonly EndedPull[];
  readonly signed: SignedElsewhere;
  /** In the order of `events`. */
  readonly statuses: readonly EventStatus[];
}

/** An open event with what was said on a closed one of the same content: that one could not be opened again, and its signatures are of these very bytes. */
function withEarlier(event: EventFacts, closed: readonly EventFacts[], base: Base | null): EventFacts {
  const content = contentOf(event.changes, base);
  const same = closed.filter((one) => content !== null && contentOf(one.changes, base) === content).reverse();
  if (same.length === 0) return event;
  const all = [...same, event];
  return {
    ...event,
    reviews: all.flatMap(({ reviews }) => reviews),
    comments: all.flatMap(({ comments }) => comments),
    writers: new Set(all.flatMap(({ writers }) => [...writers])),
    payloadsAt: new Map(all.flatMap(({ payloadsAt }) => [...payloadsAt])),
    earlierPayloads: new Map(all.flatMap(({ earlierPayloads }) => [...earlierPayloads])),
  };
}

/** Branches that belong to an event that is open, or that people have signed: no new event is put there. */
export function busyBranches({ pulls, closed, signed }: Pick<EventsView, 'pulls' | 'closed' | 'signed'>): ReadonlySet<string> {
  const numbers = new Set([...signed.values()].flat().map(({ number }) => number));
  return new Set([
    ...[...pulls.open, ...pulls.strayed].map(({ head }) => head),
    ...closed.flatMap(({ pull }) => (numbers.has(pull.number) ? [pull.branch] : [])),
  ]);
}

/** What events are read with. */
export interface EventsInput {
  readonly forge: Forge;
  readonly base: Base | null;
  readonly metadataHead: CommitSha;
  readonly now: Instant;
}

/**
 * Reads every open event and what bears on it, and judges all of them. For one event all are read: what was signed in another decides with.
 * @param pulls - as {@link readProposalPulls} has just read them
 * @throws `io`, `git`, `rate-limited`, `permission-missing`
 */
export async function readEvents({ forge, base, metadataHead, now }: EventsInput, pulls: ProposalPulls): Promise<EventsView> {
  const isQuiet = pulls.open.length === 0 && pulls.ended.length === 0;
  const automation = isQuiet ? [] : await forge.automation();
  const context: EventContext = { forge, metadataHead, base, automation, mergedPolicies: await readMergedPolicies(forge, pulls.ended) };
  const read: EventFacts[] = [];
  for (const pull of pulls.open) read.push(await readEvent(context, pull));
  const contents = new Set(read.flatMap(({ changes }) => contentOf(changes, base) ?? []));
  const ended = await readEnded(context, pulls.ended, { now, contents });
  const gone = ended.map(({ facts }) => facts);
  const notMerged = ended.filter(({ pull }) => pull.state === 'closed');
  const closed = notMerged.map(({ facts }) => facts);
  const events = read.map((event) => withEarlier(event, closed, base));
  // What was signed on one that somebody has pointed elsewhere is as good as on one that has ended, until gather points it back.
  for (const pull of pulls.strayed) gone.push(await readEvent(context, pull));
  const signed = signedElsewhere(
    [...events.map((facts) => ({ facts, state: 'open' as const })), ...gone.map((facts) => ({ facts, state: 'ended' as const }))],
    base,
  );
  const statuses = evaluateEvents({ base, events, signed, now });
  return { pulls, metadataHead, base, events, closed, closedPulls: notMerged.map(({ pull }) => pull), signed, statuses, now };
}

/**
 * Opens the pull request of every proposal branch that has none: a propose was ended after it had moved the branch. A branch at which an
 * event has ended is left alone.
 * @returns whether any was opened
 */
export async function adoptOrphans(forge: Forge, { open, strayed, ended }: ProposalPulls): Promise<boolean> {
  let adopted = false;
  for (const [branch, head] of await forge.branches(PROPOSAL_PREFIX)) {
    const isKnown =
      [...open, ...strayed].some((pull) => pull.head === branch) ||
      ended.some((pull) => pull.head === branch && (pull.state === 'merged' || pull.headSha === head));
    if (isKnown) continue;
    // Whoever abandoned its event in between has moved it first.
    if ((await forge.branches(branch)).get(branch) !== head) continue;
    try {
      await forge.openPull({ head: branch, base: METADATA_BRANCH, title: `Sign ${branch.slice(PROPOSAL_PREFIX.length)}`, body: '' });
      adopted = true;
    } catch (error) {
      // Anyone who may push can leave a branch of which the host makes no pull request; that must not stop the others.
      if (!(error instanceof CountersignError && error.code === 'event-invalid')) throw error;
    }
  }
  return adopted;
}

/**
 * Points strayed proposals at the metadata branch again. Whoever may write can point one elsewhere, and it would be no event any more.
 * @returns whether any was
 */
export async function retargetStrayed(forge: Forge, metadataHead: CommitSha, { strayed }: ProposalPulls): Promise<boolean> {
  let moved = false;
  for (const { number, headSha } of strayed) {
    // A branch that shares nothing with the metadata is somebody's own, whatever it is called.
    if ((await forge.mergeBase(metadataHead, headSha)) === null) continue;
    try {
      await forge.retargetPull(number, METADATA_BRANCH);
      moved = true;
    } catch (error) {
      if (!(error instanceof CountersignError && error.code === 'event-invalid')) throw error;
    }
  }
  return moved;
}
