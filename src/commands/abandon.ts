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

async function addCommit(forge: Forge, branch: string, head: CommitSha): Promise<void> {
  const next = await forge.writeCommit({ base: head, parents: [head], changes: new Map(), message: 'Abandon\n' });
  await forge.moveBranch(branch, head, next, 'fast-forward');
}

/**
 * A gather that has read the event before must not complete it after. Both of its moves are compare-and-swap, so one more commit stops each: on the metadata
 * branch if only that move is left, and then on the event's. If the gather is faster, all starts again, and there is no open event any more.
 * @throws `ref-conflict`
 */
async function moveOn(forge: Forge, { head, headSha }: Pull): Promise<void> {
  const metadataHead = (await forge.branches(METADATA_BRANCH)).get(METADATA_BRANCH);
  if (metadataHead !== undefined && (await isSealed(forge, headSha, metadataHead))) {
    try {
      await addCommit(forge, METADATA_BRANCH, metadataHead);
    } catch (error) {
      // There the host merges, and refuses a pull request whose head has moved.
      if (!(error instanceof CountersignError && error.code === 'ref-protected')) throw error;
    }
  }
  await addCommit(forge, head, headSha);
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

async function abandonOnce(place: Workplace, number: number): Promise<AbandonResult> {
  const { forge } = place;
  const pull = await requireOpen(forge, number);
  const { posted } = collectCountersignatures({ reviews: await forge.reviews(number), comments: await forge.comments(number) });
  const live = posted.map(({ line, author }) => ({ by: author.login, role: line.role, version: line.version, payload: line.payload }));
  if (pull.from === 'repository') {
    await moveOn(forge, pull);
    // A merge by the host needs neither of the branches where they were.
    await requireOpen(forge, number);
  }
  await forge.comment(
    number,
    `Abandoned. ${String(live.length)} signatures were given here; they stay valid for what they were given for until a later version is published.`,
  );
  await forge.closePull(number);
  await dropDraft(place, number);
  return { number, url: pull.url, live };
}
