// SPDX-License-Identifier: Apache-2.0
import { stageTargets, type TargetsEdit } from '../tuf/edit-targets.ts';
import { outcomeOf } from '../tuf/errors.ts';
import type { Instant } from '../tuf/instant.ts';
import type { JsonValue } from '../tuf/json.ts';
import { payloadDigest, type Metadata } from '../tuf/metadata.ts';
import { TARGETS, type RoleName } from '../tuf/names.ts';
import type { Root } from '../tuf/root.ts';
import { parseTargets, type Targets } from '../tuf/targets.ts';
import type { Base } from './base.ts';
import { decidePropose, editBetween, freeVersion, type NewProposal } from './decide-propose.ts';
import { evaluateEvent } from './evaluate.ts';
import type { EventFacts, EventStatus } from './facts.ts';
import { proposalBranch } from './layout.ts';
import { sameButTargets } from './outdated.ts';
import { readProposal } from './proposal.ts';
import { proposedVersions, withQueue } from './queue.ts';
import { isSignedOtherwise, type SignedContents } from './signatures.ts';

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

/** What people have signed of a role in events that did not complete. */
export interface SignedBefore {
  /** The versions that no new proposal takes, of open and closed events alike. */
  readonly versions: ReadonlySet<number>;
  /** What was signed in events that are closed. */
  readonly closed: SignedContents;
}

/** What is known when gather decides. */
export interface GatherFacts {
  readonly base: Base | null;
  readonly events: readonly EventFacts[];
  /** By role. */
  readonly signedBefore: ReadonlyMap<string, SignedBefore>;
  readonly now: Instant;
}

/** All statuses, and what to do. */
export interface GatherDecision {
  readonly statuses: readonly EventStatus[];
  readonly effects: readonly GatherEffect[];
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
  return sameButTargets(before, file.signed) ? { role, before, after: file.signed } : null;
}

/** The versions of a role that may not be taken: signed by somebody, or proposed by another open event, whose branch is named for it. */
function takenVersions(role: RoleName, event: EventFacts, facts: GatherFacts): ReadonlySet<number> {
  const proposed = facts.events.filter((other) => other !== event).flatMap((other) => proposedVersions(other, facts.base).get(role) ?? []);
  return new Set([...(facts.signedBefore.get(role)?.versions ?? []), ...proposed]);
}

/** Whether a file of the role has all that an edit does. */
function holdsEdit(targets: Targets, edit: TargetsEdit): boolean {
  const remove = new Set([...edit.remove].filter((path) => targets.targets.has(path)));
  return stageTargets(targets, { ...edit, remove }).changes.length === 0;
}

/** Another open event that proposes all of an edit: a run that built the event again there was ended before it closed this one. */
function continuedIn(role: RoleName, edit: TargetsEdit, event: EventFacts, facts: GatherFacts): number | null {
  const other = facts.events.find((one) => {
    const proposed = one === event ? undefined : readProposal(one.changes, facts.base).roles.get(role);
    if (proposed === undefined || !holdsEdit(proposed.signed, edit)) return false;
    const { state } = evaluateEvent(one, facts.base, facts.now);
    return state === 'waiting' || state === 'complete';
  });
  return other?.pull.number ?? null;
}

function rebuild(event: EventFacts, status: EventStatus, base: Base, facts: GatherFacts): GatherEffect | null {
  const edit = targetsEdit(event, base);
  if (edit === null) return null;
  const { role, before, after } = edit;
  const taken = takenVersions(role, event, facts);
  const keeps = !status.signed && !taken.has(after.version) && after.version > (base.roles.get(role)?.file.signed.version ?? 0);
  const outcome = outcomeOf(() => {
    const change = editBetween(before, after);
    const listed = base.roles.get(role)?.file.signed.targets;
    // A removal that has happened meanwhile is done.
    const remove = new Set([...change.remove].filter((path) => listed?.has(path)));
    return decidePropose({ base, role, edit: { ...change, remove }, whenOpen: 'fail', open: [], signedVersions: taken, now: facts.now });
  });
  if (outcome.kind === 'refused') return null;
  if (outcome.value.kind !== 'open') return { kind: 'close', status, reason: 'everything that it changes is published already' };
  const successor = keeps ? null : continuedIn(role, editBetween(before, after), event, facts);
  if (successor !== null) return { kind: 'close', status, reason: `continued in #${String(successor)}` };
  const { proposal } = outcome.value;
  const version = keeps ? after.version : freeVersion(base, role, new Set([...taken, after.version]));
  const signed = new Map<string, JsonValue>(proposal.signed).set('version', version);
  const branch = keeps ? event.pull.branch : proposalBranch(role, version);
  return { kind: 'rebuild', status, proposal: { ...proposal, version, branch, signed } };
}

/** Whether the base has every file of an event already: two runs completed it at once, and the branch was left with the one that came too late. */
function hasLanded(event: EventFacts, base: Base): boolean {
  const { root, roles, policy } = readProposal(event.changes, base);
  const same = (a: Metadata<Root | Targets>, b: Metadata<Root | Targets> | undefined): boolean =>
    b !== undefined && payloadDigest(a.payload) === payloadDigest(b.payload);
  const files = (root === null ? 0 : 2) + roles.size;
  return (
    // Of a fork's nothing is read, so that it seems to change nothing.
    event.pull.from === 'repository' &&
    policy === null &&
    event.changes.size === files &&
    (root === null || same(root, base.root)) &&
    [...roles].every(([role, file]) => same(file, base.roles.get(role)?.file))
  );
}

/** What is done about an outdated event; null for one that people must propose again. */
function renewalOf(event: EventFacts, status: EventStatus | undefined, facts: GatherFacts): GatherEffect | null {
  return status?.state === 'outdated' && facts.base !== null ? rebuild(event, status, facts.base, facts) : null;
}

/**
 * The status of an event beside what was signed in events that are closed. Signatures can't be taken back: another content of a version that somebody has signed
 * there must not complete, or either could be shown as that version. A root's version can't be skipped, so there people decide.
 */
export function besideClosed(status: EventStatus, signedBefore: GatherFacts['signedBefore']): EventStatus {
  if (status.state !== 'waiting' && status.state !== 'complete') return status;
  const isUsed = status.roles.some(({ role, version, payload }) => {
    const before = role === 'root' ? undefined : signedBefore.get(role);
    return before !== undefined && isSignedOtherwise(before.closed, version, payload);
  });
  return isUsed ? { ...status, state: 'outdated', files: new Map() } : status;
}

/**
 * Decides what gather does with all open events. It is a reconcile: the same facts give the same decision, and performing it twice changes
 * nothing more.
 */
export function decideGather(facts: GatherFacts): GatherDecision {
  const { base, events, signedBefore, now } = facts;
  const evaluated = events.map((event) => besideClosed(evaluateEvent(event, base, now), signedBefore));
  const renewals = new Map(events.map((event, index) => [event, renewalOf(event, evaluated[index], facts)]));
  const holds = (status: EventStatus, event: EventFacts): boolean => status.state !== 'outdated' || (renewals.get(event) ?? null) !== null;
  const statuses = withQueue(evaluated, events, base, holds);
  const effects: GatherEffect[] = [];
  let completing = false;
  statuses.forEach((status, index) => {
    const event = events[index];
    if (event === undefined) return;
    if (status.state === 'complete' && !completing) {
      completing = true;
      effects.push({ kind: 'complete', status });
      return;
    }
    const stuck = status.state === 'invalid' || status.state === 'outdated';
    if (stuck && base !== null && hasLanded(event, base)) {
      effects.push({ kind: 'close', status, reason: 'all that it changes is signed already' });
      return;
    }
    const effect = status.state === 'outdated' ? renewals.get(event) : null;
    effects.push(effect ?? { kind: 'report', status });
  });
  return { statuses, effects };
}

/** The role that is asked about most: the first one of an event that is no top-level role. */
export function mainRole(status: EventStatus): string {
  return status.roles.find(({ role }) => role !== 'root' && role !== TARGETS)?.role ?? status.roles[0]?.role ?? 'unknown';
}
