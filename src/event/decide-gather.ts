// SPDX-License-Identifier: Apache-2.0
import { encodeCanonicalJson } from '../tuf/canonical.ts';
import { outcomeOf } from '../tuf/errors.ts';
import type { Instant } from '../tuf/instant.ts';
import type { JsonObject, JsonValue } from '../tuf/json.ts';
import { TARGETS, type RoleName, type Version } from '../tuf/names.ts';
import { parseTargets, type Targets } from '../tuf/targets.ts';
import type { Base } from './base.ts';
import { decidePropose, editBetween, freeVersion, type NewProposal } from './decide-propose.ts';
import { evaluateEvent } from './evaluate.ts';
import type { EventFacts, EventStatus } from './facts.ts';
import { readProposal } from './proposal.ts';

/** What gather does, as data. One interpreter performs it, each write by compare-and-swap. */
export type GatherEffect =
  /** Shows the status on the pull request. */
  | { readonly kind: 'report'; readonly status: EventStatus }
  /** Puts the signed files on the proposal's branch and moves the metadata branch there. At most one in a decision: the next needs fresh facts. */
  | { readonly kind: 'complete'; readonly status: EventStatus }
  /** Builds the event again on the base that is there now; under the same version (same branch) or the next free one. */
  | { readonly kind: 'rebuild'; readonly status: EventStatus; readonly proposal: NewProposal }
  /** Closes an event that has nothing left to change. */
  | { readonly kind: 'close'; readonly status: EventStatus; readonly reason: string };

/** What is known when gather decides. */
export interface GatherFacts {
  readonly base: Base | null;
  readonly events: readonly EventFacts[];
  /** Versions of a role that somebody has signed, in open and abandoned events alike. */
  readonly signedVersions: ReadonlyMap<RoleName, ReadonlySet<number>>;
  readonly now: Instant;
}

/** All statuses, and what to do. */
export interface GatherDecision {
  readonly statuses: readonly EventStatus[];
  readonly effects: readonly GatherEffect[];
}

function firstRole(facts: EventFacts, base: Base | null): { readonly role: string; readonly version: Version } | null {
  const proposal = readProposal(facts.changes, base);
  if (proposal.root !== null) return { role: 'root', version: proposal.root.signed.version };
  const [first] = proposal.roles;
  return first === undefined ? null : { role: first[0], version: first[1].signed.version };
}

/** Of several events of one role only the lowest version may complete; the others wait for it. */
function withQueue(statuses: readonly EventStatus[], facts: GatherFacts): readonly EventStatus[] {
  const active = new Map<string, { readonly number: number; readonly version: Version }>();
  const entries = statuses.map((status, index) => {
    const event = facts.events[index];
    return { status, first: event === undefined || status.state === 'invalid' ? null : firstRole(event, facts.base) };
  });
  for (const { status, first } of entries) {
    if (first === null) continue;
    const best = active.get(first.role);
    if (best === undefined || first.version < best.version) active.set(first.role, { number: status.pull.number, version: first.version });
  }
  return entries.map(({ status, first }) => {
    const behind = first === null ? undefined : active.get(first.role)?.number;
    if (behind === undefined || behind === status.pull.number) return status;
    return { ...status, state: 'queued', behind, files: new Map() };
  });
}

function withoutTargets(signed: JsonObject): Uint8Array {
  const rest = new Map<string, JsonValue>(signed);
  for (const key of ['targets', 'version', 'expires']) rest.delete(key);
  return encodeCanonicalJson(rest);
}

/** The one role of an event that only edits targets, before and after; null for every other event, which people must propose again. */
function targetsEdit(facts: EventFacts, base: Base): { readonly role: RoleName; readonly before: Targets; readonly after: Targets } | null {
  const proposal = readProposal(facts.changes, base);
  const [only, ...more] = proposal.roles;
  if (only === undefined || more.length > 0 || proposal.root !== null || proposal.problems.length > 0) return null;
  const [role, file] = only;
  const bytes = facts.forkedFrom.get(role);
  const fork = bytes === undefined ? null : outcomeOf(() => parseTargets(bytes));
  const before = fork?.kind === 'accepted' ? fork.value.signed : base.roles.get(role)?.file.signed;
  if (before === undefined) return null;
  const sameRest = Buffer.compare(withoutTargets(before.raw), withoutTargets(file.signed.raw)) === 0;
  return sameRest ? { role, before, after: file.signed } : null;
}

function rebuild(event: EventFacts, status: EventStatus, base: Base, facts: GatherFacts): GatherEffect | null {
  const edit = targetsEdit(event, base);
  if (edit === null) return null;
  const { role, before, after } = edit;
  const used = facts.signedVersions.get(role) ?? new Set<number>();
  const keeps = !status.signed && !used.has(after.version) && after.version > (base.roles.get(role)?.file.signed.version ?? 0);
  const outcome = outcomeOf(() => {
    const change = editBetween(before, after);
    const listed = base.roles.get(role)?.file.signed.targets;
    // A removal that has happened meanwhile is done.
    const remove = new Set([...change.remove].filter((path) => listed?.has(path)));
    return decidePropose({ base, role, edit: { ...change, remove }, whenOpen: 'fail', open: [], signedVersions: used, now: facts.now });
  });
  if (outcome.kind === 'refused') return null;
  if (outcome.value.kind !== 'open') return { kind: 'close', status, reason: 'everything that it changes is published already' };
  const { proposal } = outcome.value;
  const version = keeps ? after.version : freeVersion(base, role, new Set([...used, after.version]));
  const signed = new Map<string, JsonValue>(proposal.signed).set('version', version);
  return { kind: 'rebuild', status, proposal: { ...proposal, version, branch: `sign/${role}-v${String(version)}`, signed } };
}

/**
 * Decides what gather does with all open events. It is a reconcile: the same facts give the same decision, and performing it twice changes
 * nothing more.
 */
export function decideGather(facts: GatherFacts): GatherDecision {
  const evaluated = facts.events.map((event) => evaluateEvent(event, facts.base, facts.now));
  const statuses = withQueue(evaluated, facts);
  const effects: GatherEffect[] = [];
  let completing = false;
  statuses.forEach((status, index) => {
    const event = facts.events[index];
    if (event === undefined) return;
    if (status.state === 'complete' && !completing) {
      completing = true;
      effects.push({ kind: 'complete', status });
      return;
    }
    const effect = status.state === 'outdated' && facts.base !== null ? rebuild(event, status, facts.base, facts) : null;
    effects.push(effect ?? { kind: 'report', status });
  });
  return { statuses, effects };
}

/** The role that is asked about most: the first one of an event that is no top-level role. */
export function mainRole(status: EventStatus): string {
  return status.roles.find(({ role }) => role !== 'root' && role !== TARGETS)?.role ?? status.roles[0]?.role ?? 'unknown';
}
