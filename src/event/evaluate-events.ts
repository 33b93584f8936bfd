// SPDX-License-Identifier: Apache-2.0
// How do the open events stand? There is one answer, and every command that shows, signs or completes one gives it.
import type { Instant } from '../tuf/instant.ts';
import { payloadDigest } from '../tuf/metadata.ts';
import type { RoleName } from '../tuf/names.ts';
import type { Base } from './base.ts';
import { evaluateEvent, type SignedElsewhere } from './evaluate.ts';
import type { EventFacts, EventStatus } from './facts.ts';
import { readProposal } from './proposal.ts';
import { withQueue } from './queue.ts';

/** Everything that open events are judged by. */
export interface EventsFacts {
  readonly base: Base | null;
  /** The open events. */
  readonly events: readonly EventFacts[];
  /** What was signed, in the open events and in those that ended without completing. */
  readonly signed: SignedElsewhere;
  readonly now: Instant;
}

/** The statuses of all open events, in their order, each beside the others. */
export function evaluateEvents({ base, events, signed, now }: EventsFacts): readonly EventStatus[] {
  return withQueue(
    events.map((event) => evaluateEvent(event, base, signed, now)),
    events,
    base,
  );
}

/** The versions of a role that no new proposal takes: somebody has signed another content of them than an open event proposes now. */
export function signedVersions(
  role: RoleName,
  { base, events, signed }: Pick<EventsFacts, 'base' | 'events' | 'signed'>,
): ReadonlySet<number> {
  const current = new Map(
    events.map(({ pull, changes }) => {
      const file = readProposal(changes, base).roles.get(role);
      return [pull.number, file === undefined ? null : payloadDigest(file.payload)] as const;
    }),
  );
  const others = (signed.get(role) ?? []).filter(({ number, payload, state }) => state === 'ended' || current.get(number) !== payload);
  return new Set(others.map(({ version }) => version));
}
