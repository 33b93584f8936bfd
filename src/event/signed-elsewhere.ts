// SPDX-License-Identifier: Apache-2.0
import type { Base } from './base.ts';
import { proposedFiles, type SignedElsewhere, type SignedElsewhereContent } from './evaluate.ts';
import type { EventFacts } from './facts.ts';
import { listenTo, rolesAmong } from './listen.ts';
import { readProposal, signersOf } from './proposal.ts';
import { signedContents } from './signed-content.ts';
import { collectCountersignatures } from './signatures.ts';

/** An event whose signatures are looked for, and whether it is still open. */
export interface HeardEvent {
  readonly facts: EventFacts;
  readonly state: 'open' | 'ended';
}

/** The roles that an event's files are of, now or when somebody signed it. */
function rolesOf({ changes, payloadsAt }: EventFacts): ReadonlySet<string> {
  const roles = new Set(rolesAmong(changes.keys()));
  for (const digests of payloadsAt.values()) for (const role of digests.keys()) roles.add(role);
  return roles;
}

/**
 * What people have signed in events, by role: people whom the signed state names. What an unsigned head says of its signers counts inside that event alone, and
 * burns no version elsewhere.
 */
export function signedElsewhere(events: readonly HeardEvent[], base: Base | null): SignedElsewhere {
  const all = new Map<string, SignedElsewhereContent[]>();
  if (base === null) return all;
  for (const { facts, state } of events) {
    const proposal = readProposal(facts.changes, base);
    const listening = listenTo(facts.changes.keys(), proposal, base);
    const { posted } = collectCountersignatures(facts, listening, proposedFiles(proposal));
    const lines = posted.map(({ line }) => line);
    for (const role of rolesOf(facts)) {
      const signers = signersOf(base, role);
      if (signers === null) continue;
      const contents = signedContents({ role, repository: base.repository, signers: [signers], lines, payloads: facts.earlierPayloads });
      const found = contents.map((one) => ({ ...one, number: facts.pull.number, state }));
      all.set(role, [...(all.get(role) ?? []), ...found]);
    }
  }
  return all;
}
