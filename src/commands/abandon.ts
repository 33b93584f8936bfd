// SPDX-License-Identifier: Apache-2.0
import type { Forge, Pull } from '../ports.ts';
import { collectCountersignatures } from '../event/signatures.ts';
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

/** A gather that has read the event before must not complete it after: its compare-and-swap fails on one more commit. */
async function moveOn(forge: Forge, { head, headSha }: Pull): Promise<void> {
  const next = await forge.writeCommit({ base: headSha, parents: [headSha], changes: new Map(), message: 'Abandon\n' });
  await forge.moveBranch(head, headSha, next, 'fast-forward');
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

async function abandonOnce(place: Workplace, number: number): Promise<AbandonResult> {
  const { forge } = place;
  const pull = (await openPulls(forge)).find((one) => one.number === number);
  if (pull === undefined)
    throw new CountersignError('event-unknown', `#${String(number)}`, 'expected an open signing event; `countersign status` lists them');
  const { posted } = collectCountersignatures({ reviews: await forge.reviews(number), comments: await forge.comments(number) });
  const live = posted.map(({ line, author }) => ({ by: author.login, role: line.role, version: line.version, payload: line.payload }));
  await forge.comment(
    number,
    `Abandoned. ${String(live.length)} signatures were given here; they stay valid for what they were given for until a later version is published.`,
  );
  if (pull.from === 'repository') await moveOn(forge, pull);
  await forge.closePull(number);
  await dropDraft(place, number);
  return { number, url: pull.url, live };
}
