// SPDX-License-Identifier: Apache-2.0
import { EVENT_PATH, METADATA_BRANCH } from '../event/layout.ts';
import { collectCountersignatures } from '../event/signatures.ts';
import type { CommitSha, Forge, Pull } from '../ports.ts';
import { CountersignError } from '../tuf/errors.ts';
import { readState } from './read-base.ts';
import { openAmong, openPulls, proposalPulls, readEvent } from './read-events.ts';
import { settleReleases } from './settle-releases.ts';
import { untilSettled, type Workplace } from './workplace.ts';

/** A signature that stays valid for what it was given for. */
export interface LiveSignature {
  readonly by: string;
  readonly role: string;
  readonly version: number;
  readonly payload: string;
}

/** What was abandoned. */
export interface AbandonResult {
  readonly number: number;
  readonly url: string;
  /** Signatures can't be taken back: whoever holds enough of them could still complete that payload, until a later version is published. */
  readonly live: readonly LiveSignature[];
}

/**
 * Whether a gather has put the signed files on the event's branch already, so that all it has left to do is to move the metadata branch there. A proposal
 * that it has not come to has its notes still; whoever makes one by hand and writes none only has one more commit made.
 */
async function isSealed(forge: Forge, headSha: CommitSha, metadataHead: CommitSha): Promise<boolean> {
  return (await forge.mergeBase(metadataHead, headSha)) === metadataHead && !(await forge.tree(headSha)).has(EVENT_PATH);
}

async function addCommit(forge: Forge, branch: string, head: CommitSha): Promise<CommitSha> {
  const next = await forge.writeCommit({ base: head, parents: [head], changes: new Map(), message: 'Abandon\n' });
  await forge.moveBranch(branch, head, next, 'fast-forward');
  return next;
}

/** Has a gather whose last move is left start again. @throws `ref-conflict` */
async function stopMerge(forge: Forge, metadataHead: CommitSha): Promise<void> {
  try {
    await addCommit(forge, METADATA_BRANCH, metadataHead);
  } catch (error) {
    // There the host merges, and refuses a pull request that is closed or whose head has moved.
    if (!(error instanceof CountersignError && error.code === 'ref-protected')) throw error;
  }
}

async function metadataHeadOf(forge: Forge): Promise<CommitSha | null> {
  return (await forge.branches(METADATA_BRANCH)).get(METADATA_BRANCH) ?? null;
}

/**
 * A gather that has read the event before must not complete it after. Both of its moves are compare-and-swap, so one more commit stops each: on the metadata
 * branch if only that move is left, and then on the event's. If the gather is faster, all starts again, and there is no open event any more.
 * @returns where the event's branch is left
 * @throws `ref-conflict`
 */
async function moveOn(forge: Forge, { head, headSha }: Pull): Promise<CommitSha> {
  const metadataHead = await metadataHeadOf(forge);
  if (metadataHead !== null && (await isSealed(forge, headSha, metadataHead))) await stopMerge(forge, metadataHead);
  return addCommit(forge, head, headSha);
}

/**
 * A gather that has read the event in between, moved on and not closed yet, may have built upon that: it looks once more whether the event is open before its last
 * move, and may have done so already. Its commit is taken off the branch again, or gather would open an event for it.
 * @param left - where the branch was left
 * @throws `event-unknown` when it has completed the event; `ref-conflict`
 */
async function takeOff(forge: Forge, { number, head }: Pull, left: CommitSha): Promise<void> {
  const there = (await forge.branches(head)).get(head);
  const metadataHead = await metadataHeadOf(forge);
  if (there === undefined || there === left || metadataHead === null) return;
  if ((await forge.mergeBase(metadataHead, there)) === there)
    throw new CountersignError(
      'event-unknown',
      `#${String(number)}`,
      'expected an open signing event, got one that has just been completed',
    );
  if (!(await isSealed(forge, there, metadataHead))) return;
  await stopMerge(forge, metadataHead);
  await forge.moveBranch(head, there, left, 'replace');
}

/** The draft release of the event goes with it. */
async function dropDraft(place: Workplace, number: number): Promise<void> {
  const { forge, releases } = place;
  const { base, metadataHead } = await readState(place);
  if (releases === null || metadataHead === null) return;
  const pulls = await proposalPulls(forge);
  const events = [];
  for (const pull of openAmong(pulls)) if (pull.number !== number) events.push(await readEvent(forge, pull, metadataHead, base));
  await settleReleases(place, base, { events, pulls, metadataHead });
}

/**
 * Closes a signing event without completing it, and lists the signatures that were given in it. Its versions are never used for other bytes
 * once anyone has signed them; a root's version can't be skipped, so the next root then carries the same number and new bytes.
 * @throws `event-unknown`
 */
export async function abandon(place: Workplace, number: number): Promise<AbandonResult> {
  return untilSettled(() => abandonOnce(place, number));
}

async function requireOpen(forge: Forge, number: number): Promise<Pull> {
  const pull = (await openPulls(forge)).find((one) => one.number === number);
  if (pull !== undefined) return pull;
  throw new CountersignError('event-unknown', `#${String(number)}`, 'expected an open signing event; `countersign status` lists them');
}

/**
 * Somebody may have closed the event meanwhile, or the host merged it, which needs neither of the branches where they were. Then its branch goes back: gather would
 * take one that went on for a new proposal.
 */
async function requireOpenAfter(forge: Forge, { number, head, headSha }: Pull, left: CommitSha): Promise<void> {
  try {
    await requireOpen(forge, number);
  } catch (error) {
    await forge.moveBranch(head, left, headSha, 'replace');
    throw error;
  }
}

async function abandonOnce(place: Workplace, number: number): Promise<AbandonResult> {
  const { forge } = place;
  const pull = await requireOpen(forge, number);
  const { posted } = collectCountersignatures({ reviews: await forge.reviews(number), comments: await forge.comments(number) });
  const live = posted.map(({ line, author }) => ({ by: author.login, role: line.role, version: line.version, payload: line.payload }));
  const left = pull.from === 'repository' ? await moveOn(forge, pull) : null;
  if (left !== null) await requireOpenAfter(forge, pull, left);
  await forge.comment(
    number,
    `Abandoned. ${String(live.length)} signatures were given here; they stay valid for what they were given for until a later version is published.`,
  );
  await forge.closePull(number);
  if (left !== null) await untilSettled(() => takeOff(forge, pull, left));
  await dropDraft(place, number);
  return { number, url: pull.url, live };
}
