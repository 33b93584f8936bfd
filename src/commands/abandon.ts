// SPDX-License-Identifier: Apache-2.0
import { collectCountersignatures } from '../event/signatures.ts';
import { CountersignError } from '../tuf/errors.ts';
import { openPulls } from './read-events.ts';
import type { Workplace } from './workplace.ts';

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
 * Closes a signing event without completing it, and lists the signatures that were given in it. Its versions are never used for other bytes
 * once anyone has signed them; a root's version can't be skipped, so the next root then carries the same number and new bytes.
 * @throws `event-unknown`
 */
export async function abandon(place: Workplace, number: number): Promise<AbandonResult> {
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
  await forge.closePull(number);
  return { number, url: pull.url, live };
}
