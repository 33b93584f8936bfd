// SPDX-License-Identifier: Apache-2.0
import type { Period } from '../trust/periods.ts';
import { reviewTargetPath } from '../tuf/compatibility.ts';
import { encodeCanonicalJson } from '../tuf/canonical.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { editTargets, stageTargets, type NewTarget, type TargetChange, type TargetsEdit } from '../tuf/edit-targets.ts';
import { addSeconds, type Instant } from '../tuf/instant.ts';
import { isJsonObject, type JsonObject } from '../tuf/json.ts';
import { parseSha256, parseVersion, type RoleName, type TargetPath, type Version } from '../tuf/names.ts';
import { reachOf, rolesFor } from '../tuf/target-search.ts';
import { encodeMetadata } from '../tuf/metadata.ts';
import { parseTargets, type Targets } from '../tuf/targets.ts';
import type { Base } from './base.ts';
import type { EventStatus } from './facts.ts';
import { firstFreeVersion } from './floors.ts';
import { proposalBranch } from './layout.ts';
import { periodIn } from './proposal.ts';

/** What to do when an open event of the role has signatures: wait for it, take over its content under the next version, or stop. */
export type WhenOpen = 'queue' | 'add' | 'fail';

/** An open event of one role and the file it proposes. */
export interface RoleEvent {
  readonly status: EventStatus;
  readonly proposed: Targets;
  /** Whether our automation, or who proposes now, has opened it. Nothing is ever added to what somebody else has opened by hand. */
  readonly isOurs: boolean;
}

/** All that a propose is decided by. */
export interface ProposeFacts {
  readonly base: Base;
  readonly role: RoleName;
  readonly edit: TargetsEdit;
  readonly whenOpen: WhenOpen;
  /** Open events of the role, lowest version first. */
  readonly open: readonly RoleEvent[];
  /** Versions that somebody has signed, in open and abandoned events alike. */
  readonly signedVersions: ReadonlySet<number>;
  /** Take the next version though nobody is known to have signed the open one: somebody has, where nothing shows it (`sign --print`). */
  readonly nextVersion: boolean;
  readonly now: Instant;
}

/** A file to be proposed. */
export interface NewProposal {
  readonly branch: string;
  readonly version: Version;
  readonly signed: JsonObject;
  readonly changes: readonly TargetChange[];
}

/** What a propose does. */
export type ProposeDecision =
  | { readonly kind: 'nothing-new'; readonly number: number | null }
  /** A new event; `behind` is the event that goes first, `replaces` one that nobody is known to have signed and that is closed for it. */
  | { readonly kind: 'open'; readonly proposal: NewProposal; readonly behind: number | null; readonly replaces: number | null }
  /** More content for an event that nobody has signed yet. */
  | { readonly kind: 'add'; readonly proposal: NewProposal; readonly number: number };

/** The period that the delegator of a role has signed for it. @throws `policy-invalid` when it gives none */
export function periodOf(base: Base, role: RoleName): Period {
  const verified = base.roles.get(role);
  const signed = verified?.delegator === 'root' ? base.root.signed : base.roles.get(verified?.delegator ?? role)?.file.signed;
  const period = signed === undefined ? null : periodIn(signed, role);
  if (period === null) throw new CountersignError('policy-invalid', role, 'expected its delegator to say how long it lasts, got no period');
  return period;
}

/** The smallest version after the base that nobody has signed and no open event uses. */
export function freeVersion(base: Base, role: RoleName, used: ReadonlySet<number>): Version {
  const spent = (base.leftOut.get(role) ?? []).map(({ signed }) => signed.version);
  let version = Math.max((base.roles.get(role)?.file.signed.version ?? 0) + 1, firstFreeVersion(base.floors, role, spent));
  while (used.has(version)) version++;
  return parseVersion(version, role);
}

function requireRole(base: Base, role: RoleName): Targets {
  const verified = base.roles.get(role);
  if (verified === undefined) {
    throw new CountersignError('role-unknown', role, `expected one of ${[...base.roles.keys()].map((name) => quote(name)).join(', ')}`);
  }
  return verified.file.signed;
}

/** Requires every added path to be one that clients read, and would look for in this role. @throws `unwritable`, `target-unreachable` */
function requireProposable(facts: ProposeFacts): void {
  const roles = new Map([...facts.base.roles].map(([name, { file }]) => [name, file.signed]));
  for (const path of facts.edit.add.keys()) {
    const refused = reviewTargetPath(path).find((finding) => finding.severity === 'refused');
    if (refused !== undefined)
      throw new CountersignError(
        'unwritable',
        path,
        `expected a path that every client reads, got ${refused.detail} (${refused.clients.join(', ')})`,
      );
    const reach = reachOf(path, facts.role, roles);
    if (reach.kind === 'reached') continue;
    const why = reach.kind === 'shadowed' ? `${quote(reach.by)} is searched first and lists it` : 'no delegation leads there for this path';
    const others = rolesFor(path, roles).filter((name) => name !== facts.role);
    throw new CountersignError(
      'target-unreachable',
      path,
      `expected a path that clients look for in ${quote(facts.role)}, but ${why}; roles for it: ${others.map((name) => quote(name)).join(', ')}`,
    );
  }
}

function build(facts: ProposeFacts, on: Targets, version: Version): NewProposal | null {
  const staged = stageTargets(on, facts.edit);
  if (staged.changes.length === 0) return null;
  const expires = addSeconds(facts.now, periodOf(facts.base, facts.role).expiresSeconds);
  const signed = editTargets(on, staged.targets, { version, expires });
  return { branch: proposalBranch(facts.role, version), version, signed, changes: staged.changes };
}

/** All that an open event proposes and more, or the same again, under another version. */
function again(facts: ProposeFacts, on: Targets, version: Version): NewProposal {
  const before = requireRole(facts.base, facts.role);
  const { targets } = stageTargets(on, facts.edit);
  const expires = addSeconds(facts.now, periodOf(facts.base, facts.role).expiresSeconds);
  const signed = editTargets(on, targets, { version, expires });
  const { changes } = stageTargets(before, editBetween(before, parseTargets(encodeMetadata(signed, [])).signed));
  return { branch: proposalBranch(facts.role, version), version, signed, changes };
}

/** A queued event goes after those that are open, so it replaces what they list: that must have been asked for as with anything listed. @throws `target-exists` */
function requireNoRival({ edit }: ProposeFacts, open: readonly RoleEvent[]): void {
  if (edit.existing === 'replace') return;
  for (const { status, proposed } of open) {
    for (const [path, { length, sha256 }] of edit.add) {
      const listed = proposed.targets.get(path);
      if (listed === undefined || (listed.length === length && listed.hashes.get('sha256') === sha256)) continue;
      const detail = `expected a new path, got one that #${String(status.pull.number)} proposes with other content; pass replace to change it`;
      throw new CountersignError('target-exists', path, detail);
    }
  }
}

/**
 * Decides a propose. While nobody has signed the open event of a role, more is added to it; once somebody has, its bytes are fixed, and `whenOpen`
 * says what happens.
 * @throws `role-unknown`, `unwritable`, `target-unreachable`, `event-open`, and the codes of {@link stageTargets}
 */
export function decidePropose(facts: ProposeFacts): ProposeDecision {
  const current = requireRole(facts.base, facts.role);
  requireProposable(facts);
  // What others have opened by hand is theirs: it is passed over, and what is proposed here stands beside it.
  const usable = facts.open.filter(({ status, isOurs }) => isOurs && status.state !== 'invalid' && status.state !== 'outdated');
  const last = usable.at(-1);
  const used = new Set([...facts.signedVersions, ...facts.open.map(({ proposed }) => proposed.version)]);
  if (last === undefined) {
    const proposal = build(facts, current, freeVersion(facts.base, facts.role, used));
    return proposal === null ? { kind: 'nothing-new', number: null } : { kind: 'open', proposal, behind: null, replaces: null };
  }
  const { number } = last.status.pull;
  if (!last.status.signed && !facts.nextVersion) {
    const proposal = build(facts, last.proposed, last.proposed.version);
    // The event keeps its branch, whatever that is called: it may be one of several roles.
    const { branch } = last.status.pull;
    return proposal === null ? { kind: 'nothing-new', number } : { kind: 'add', proposal: { ...proposal, branch }, number };
  }
  if (!facts.nextVersion && stageTargets(last.proposed, facts.edit).changes.length === 0) return { kind: 'nothing-new', number };
  const version = freeVersion(facts.base, facts.role, used);
  if (!last.status.signed) {
    const proposal = again(facts, last.proposed, version);
    return { kind: 'open', proposal, behind: null, replaces: number };
  }
  switch (facts.whenOpen) {
    case 'fail':
      throw new CountersignError(
        'event-open',
        facts.role,
        `expected no signed event, got #${String(number)}; wait for it, or pass when-open queue or add`,
      );
    case 'queue': {
      requireNoRival(facts, usable);
      const proposal = build(facts, current, version);
      return proposal === null ? { kind: 'nothing-new', number } : { kind: 'open', proposal, behind: number, replaces: null };
    }
    // The signed event stays open: only its signers end it. Whichever is complete first leaves the rest to the other.
    case 'add': {
      const proposal = build(facts, last.proposed, version);
      return proposal === null ? { kind: 'nothing-new', number } : { kind: 'open', proposal, behind: number, replaces: null };
    }
    default:
      return facts.whenOpen satisfies never;
  }
}

/** What to do to `before` to get the targets of `after`. */
export function editBetween(before: Targets, after: Targets): TargetsEdit {
  const add = new Map<TargetPath, NewTarget>();
  for (const [path, file] of after.targets) {
    const old = before.targets.get(path);
    if (old !== undefined && Buffer.compare(encodeCanonicalJson(old.raw), encodeCanonicalJson(file.raw)) === 0) continue;
    const custom = file.raw.get('custom');
    add.set(path, {
      length: file.length,
      sha256: parseSha256(file.hashes.get('sha256') ?? '', path),
      custom: isJsonObject(custom) ? custom : null,
    });
  }
  const remove = new Set([...before.targets.keys()].filter((path) => !after.targets.has(path)));
  return { add, remove, existing: 'replace' };
}
