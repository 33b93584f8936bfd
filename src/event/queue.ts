// SPDX-License-Identifier: Apache-2.0
import type { Base } from './base.ts';
import type { EventFacts, EventStatus } from './facts.ts';
import { readProposal } from './proposal.ts';

/** An event that stands in the queue, and the versions it proposes by role. */
interface Entry {
  readonly status: EventStatus;
  readonly versions: ReadonlyMap<string, number>;
  /** How far the furthest of its versions is ahead of the base. */
  readonly ahead: number;
}

/** The versions that an event proposes, by role; `root` among them. */
export function proposedVersions(facts: EventFacts, base: Base | null): ReadonlyMap<string, number> {
  const proposal = readProposal(facts.changes, base);
  const versions = new Map<string, number>([...proposal.roles].map(([role, file]) => [role, file.signed.version]));
  if (proposal.root !== null) versions.set('root', proposal.root.signed.version);
  return versions;
}

function baseVersions(base: Base | null): ReadonlyMap<string, number> {
  const versions = new Map<string, number>([...(base?.roles ?? [])].map(([role, { file }]) => [role, file.signed.version]));
  if (base !== null) versions.set('root', base.root.signed.version);
  return versions;
}

/**
 * Of events that share any role only the first may complete; the others wait for it. First is what is nearest to the base, then the oldest: an order
 * of all events, so that two that share one role and two that share another can't wait for each other.
 * @param holds - whether an event that is not invalid keeps its place; one that can never complete must not hold up the others
 */
export function withQueue(
  statuses: readonly EventStatus[],
  events: readonly EventFacts[],
  base: Base | null,
  holds: (status: EventStatus, event: EventFacts) => boolean,
): readonly EventStatus[] {
  const current = baseVersions(base);
  const entries = statuses.flatMap((status, index): Entry[] => {
    const event = events[index];
    if (event === undefined || status.state === 'invalid' || !holds(status, event)) return [];
    const versions = proposedVersions(event, base);
    return [{ status, versions, ahead: Math.max(...[...versions].map(([role, version]) => version - (current.get(role) ?? 0))) }];
  });
  entries.sort((a, b) => a.ahead - b.ahead || a.status.pull.number - b.status.pull.number);
  const behind = new Map<EventStatus, number>();
  entries.forEach(({ status, versions }, place) => {
    const first = entries.slice(0, place).find((other) => [...versions.keys()].some((role) => other.versions.has(role)));
    if (first !== undefined) behind.set(status, first.status.pull.number);
  });
  return statuses.map((status) => {
    const number = behind.get(status);
    return number === undefined ? status : { ...status, state: 'queued', behind: number, files: new Map() };
  });
}
