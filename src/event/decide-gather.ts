// SPDX-License-Identifier: Apache-2.0
import { stageTargets, type TargetsEdit } from '../tuf/edit-targets.ts';
import { outcomeOf } from '../tuf/errors.ts';
import type { JsonValue } from '../tuf/json.ts';
import { payloadDigest, type Metadata } from '../tuf/metadata.ts';
import type { RoleName } from '../tuf/names.ts';
import type { Root } from '../tuf/root.ts';
import { parseTargets, type Targets } from '../tuf/targets.ts';
import type { Base } from './base.ts';
import { decidePropose, editBetween, freeVersion, type NewProposal } from './decide-propose.ts';
import { evaluateEvent } from './evaluate.ts';
import { evaluateEvents, signedVersions, type EventsFacts } from './evaluate-events.ts';
import type { EventFacts, EventStatus } from './facts.ts';
import { proposalBranch } from './layout.ts';
import { sameButTargets } from './outdated.ts';
import { contentOf, readProposal } from './proposal.ts';
import { nextToComplete, proposedVersions, votersOf } from './queue.ts';
import { restorationOf, type Restoration } from './restore.ts';

/** What gather does, as data. One interpreter performs it, each write by compare-and-swap. */
export type GatherEffect =
  /** Shows the status on the pull request. */
  | { readonly kind: 'report'; readonly status: EventStatus }
  /** Puts the signed files on the proposal's branch and moves the metadata branch there. At most one in a decision: the next needs fresh facts. */
  | { readonly kind: 'complete'; readonly status: EventStatus }
  /** Builds the event again on the base that is there now; under the same version (same branch) or the next free one. */
  | { readonly kind: 'rebuild'; readonly status: EventStatus; readonly proposal: NewProposal }
  /** Puts back what people have signed, over what somebody has pushed since or beside it. */
  | { readonly kind: 'restore'; readonly status: EventStatus; readonly to: Restoration }
  /** Opens a signed event again that somebody has closed who is none of its signers. */
  | { readonly kind: 'reopen'; readonly status: EventStatus }
  /** Closes an event that has nothing left to change. */
  | { readonly kind: 'close'; readonly status: EventStatus; readonly reason: string };

/** What is known when gather decides. */
export interface GatherFacts extends EventsFacts {
  /** Events that were closed, not merged, and propose something above the signed state. */
  readonly closed: readonly EventFacts[];
}

/** All statuses of open events, and what to do. */
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
  return new Set([...signedVersions(role, facts), ...proposed]);
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
    const { state } = evaluateEvent(one, facts.base, facts.signed, facts.now);
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
    return decidePropose({
      base,
      role,
      edit: { ...change, remove },
      whenOpen: 'fail',
      nextVersion: false,
      open: [],
      signedVersions: taken,
      now: facts.now,
    });
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
    policy === null &&
    event.changes.size === files &&
    (root === null || same(root, base.root)) &&
    [...roles].every(([role, file]) => same(file, base.roles.get(role)?.file))
  );
}

/** What is done about an outdated event; null for one that people must propose again. */
function renewalOf(event: EventFacts, status: EventStatus, facts: GatherFacts): GatherEffect | null {
  return status.state === 'outdated' && facts.base !== null ? rebuild(event, status, facts.base, facts) : null;
}

function effectOf(event: EventFacts, status: EventStatus, completing: EventStatus | null, facts: GatherFacts): GatherEffect {
  const { base } = facts;
  if (status === completing) return { kind: 'complete', status };
  const to = status.state === 'complete' ? null : restorationOf(event, base);
  const stuck = status.state === 'invalid' || status.state === 'outdated';
  // An event that changes nothing has landed, or somebody has taken away what people signed.
  if (stuck && base !== null && (event.changes.size > 0 || to === null) && hasLanded(event, base))
    return { kind: 'close', status, reason: 'all that it changes is signed already' };
  if (to !== null) return { kind: 'restore', status, to };
  return renewalOf(event, status, facts) ?? { kind: 'report', status };
}

/**
 * Closed events that are opened again: people have signed them, and nobody of them has taken the last signature back. Who abandons a signed event is a signer of
 * it; anyone else who closes one stops nothing.
 */
function reopened({ base, events, closed, signed, now }: GatherFacts): readonly GatherEffect[] {
  return closed.flatMap((event): GatherEffect[] => {
    const status = evaluateEvent(event, base, signed, now);
    if ((status.state !== 'waiting' && status.state !== 'complete') || votersOf(status).length === 0) return [];
    // The same content is open elsewhere, where these signatures count too.
    const content = contentOf(event.changes, base);
    if (events.some((open) => contentOf(open.changes, base) === content)) return [];
    return [{ kind: 'reopen', status }];
  });
}

/**
 * Decides what gather does with all open events, and with closed ones that people have signed. It is a reconcile: the same facts give the same decision, and
 * performing it twice changes nothing more.
 */
export function decideGather(facts: GatherFacts): GatherDecision {
  const { base, events } = facts;
  const statuses = evaluateEvents(facts);
  const completing = nextToComplete(statuses, events, base);
  const effects = statuses.flatMap((status, index): GatherEffect[] => {
    const event = events[index];
    return event === undefined ? [] : [effectOf(event, status, completing, facts)];
  });
  return { statuses, effects: [...reopened(facts), ...effects] };
}
