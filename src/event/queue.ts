// SPDX-License-Identifier: Apache-2.0
// Which of several open events goes first. A complete event waits for nothing, and nobody is kept from signing one
// because another is open: an event that anybody can open must never hold back a revocation.
import type { Base } from './base.ts';
import type { EventFacts, EventStatus } from './facts.ts';
import { replacedBy } from './known-payload.ts';
import { bindingOf, readProposal } from './proposal.ts';
import { payloadDigest, type PayloadDigest } from '../tuf/metadata.ts';

/** An open event, and what decides whether it goes first. */
interface Entry {
  readonly status: EventStatus;
  readonly roles: ReadonlySet<string>;
  /** Distinct people whose signature counts for any of its files. */
  readonly votes: number;
  readonly root: PayloadDigest | null;
  /** Payloads that its root takes the place of. */
  readonly replaces: ReadonlySet<PayloadDigest>;
}

/** The versions that an event proposes, by role; `root` among them. */
export function proposedVersions(facts: EventFacts, base: Base | null): ReadonlyMap<string, number> {
  const proposal = readProposal(facts.changes, base);
  const versions = new Map<string, number>([...proposal.roles].map(([role, file]) => [role, file.signed.version]));
  if (proposal.root !== null) versions.set('root', proposal.root.signed.version);
  return versions;
}

/** People whose signature counts for any file of an event, by name, each once. */
export function votersOf({ roles }: Pick<EventStatus, 'roles'>): readonly string[] {
  return [...new Set(roles.flatMap(({ requirements }) => requirements.flatMap(({ votes }) => votes.map(({ person }) => person))))];
}

function entryOf(status: EventStatus, event: EventFacts, base: Base | null): Entry {
  const proposal = readProposal(event.changes, base);
  const roles = new Set<string>([...proposal.roles.keys(), ...(proposal.root === null ? [] : ['root'])]);
  const { root } = proposal;
  return {
    status,
    roles,
    votes: votersOf(status).length,
    root: root === null ? null : payloadDigest(root.payload),
    replaces: root === null ? new Set() : replacedBy(bindingOf(root.signed, 'root').raw, 'root'),
  };
}

/**
 * Whether `a` goes before `b`, a total order: a complete root before the one that is to take its place, then what is complete, then more votes, then a root,
 * then the older.
 */
function compare(a: Entry, b: Entry): number {
  const isReplaced = (one: Entry, by: Entry): boolean => one.status.state === 'complete' && one.root !== null && by.replaces.has(one.root);
  return (
    Number(isReplaced(b, a)) - Number(isReplaced(a, b)) ||
    Number(b.status.state === 'complete') - Number(a.status.state === 'complete') ||
    b.votes - a.votes ||
    Number(b.root !== null) - Number(a.root !== null) ||
    a.status.pull.number - b.status.pull.number
  );
}

/**
 * Orders open events and tells of each which one goes first of those that share a role with it. That one may turn out never to complete: it stops nothing.
 * @returns the statuses in the order that they came in
 */
export function withQueue(statuses: readonly EventStatus[], events: readonly EventFacts[], base: Base | null): readonly EventStatus[] {
  const entries = statuses.flatMap((status, index): Entry[] => {
    const event = events[index];
    return event === undefined || status.state === 'invalid' || status.state === 'outdated' ? [] : [entryOf(status, event, base)];
  });
  entries.sort(compare);
  const behind = new Map<EventStatus, number>();
  entries.forEach(({ status, roles }, place) => {
    const first = entries.slice(0, place).find((other) => [...roles].some((role) => other.roles.has(role)));
    if (first !== undefined) behind.set(status, first.status.pull.number);
  });
  return statuses.map((status) => ({ ...status, behind: behind.get(status) ?? null }));
}

/** The event that completes now: of the complete ones the first; null when there is none. */
export function nextToComplete(statuses: readonly EventStatus[], events: readonly EventFacts[], base: Base | null): EventStatus | null {
  const complete = statuses.flatMap((status, index): Entry[] => {
    const event = events[index];
    return event === undefined || status.state !== 'complete' ? [] : [entryOf(status, event, base)];
  });
  return complete.sort(compare)[0]?.status ?? null;
}
