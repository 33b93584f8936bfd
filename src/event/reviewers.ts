// SPDX-License-Identifier: Apache-2.0
import type { Account, AccountId } from '../trust/accounts.ts';
import type { EventFacts, EventStatus } from './facts.ts';

/** What is known when people are asked for a review. */
export interface AskFacts {
  readonly facts: Pick<EventFacts, 'pull' | 'reviews' | 'comments'>;
  readonly requested: readonly Account[];
  readonly viewer: AccountId;
  /** By this our own comment is found. */
  readonly marker: string;
}

/**
 * Whom to ask for a review of an event: those whose signature is missing, each at most once for a content. Our comment on the event names the payloads that
 * people were told of, so asking again every half hour is not needed, and nobody is told twice.
 */
export function reviewersToAsk(status: EventStatus, { facts, requested, viewer, marker }: AskFacts): readonly Account[] {
  if (status.state !== 'waiting') return [];
  const told = facts.comments.find(({ author, body }) => author.id === viewer && body.includes(marker))?.body ?? '';
  const known = new Set([facts.pull.author.id, ...requested.map(({ id }) => id)]);
  const asked = new Map<AccountId, Account>();
  for (const { payload, requirements } of status.roles) {
    if (told.includes(payload)) continue;
    for (const account of requirements.filter(({ reached }) => !reached).flatMap(({ awaited }) => awaited)) {
      if (!known.has(account.id)) asked.set(account.id, account);
    }
  }
  return [...asked.values()];
}
