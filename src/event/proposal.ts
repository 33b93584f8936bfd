// SPDX-License-Identifier: Apache-2.0
import { findLookAlike } from '../trust/look-alike.ts';
import { parsePeople, requireClaimedKeys, requireOnlineKeys, requireTellableNames, type People } from '../trust/people.ts';
import { parsePeriods, type Period } from '../trust/periods.ts';
import { requireBinding, type Binding } from '../tuf/binding.ts';
import { reviewPattern, reviewRoleName, type CompatibilityFinding } from '../tuf/compatibility.ts';
import { isBinName } from '../tuf/delegations.ts';
import { CountersignError, outcomeOf, quote, type Refusal } from '../tuf/errors.ts';
import type { KeyTable } from '../tuf/key.ts';
import { payloadDigest, type Metadata } from '../tuf/metadata.ts';
import { TARGETS, TOP_LEVEL_ROLES, type RoleName } from '../tuf/names.ts';
import { parseRoot, type Root } from '../tuf/root.ts';
import { parseTargets, type Targets } from '../tuf/targets.ts';
import type { RoleKeys } from '../tuf/threshold.ts';
import type { Base } from './base.ts';
import { replacedBy } from './known-payload.ts';
import { classifyPath, ROOT_PATH, rootHistoryPath, unclaimed } from './layout.ts';

/** The metadata that a proposal brings, parsed and checked for everything but signatures. */
export interface Proposal {
  readonly root: Metadata<Root> | null;
  readonly roles: ReadonlyMap<RoleName, Metadata<Targets>>;
  /** The policy that comes with a first root; null otherwise. */
  readonly policy: Uint8Array | null;
  readonly problems: readonly Refusal[];
}

/** Our object of a file, which every file that people sign must have. @throws `binding-mismatch` */
export function bindingOf(signed: Root | Targets, role: string): Binding {
  if (signed.binding === null) throw new CountersignError('binding-mismatch', role, 'expected x-countersign, got none');
  return signed.binding;
}

/** The people that a file names. @throws `people-invalid` */
export function peopleOf(signed: Root | Targets, role: string): People {
  return parsePeople(bindingOf(signed, role), `${role} x-countersign`);
}

/** How long a role lasts, as the file that delegates it says; null when it does not. All bins of a file have one period. @throws `policy-invalid` */
export function periodIn(delegator: Root | Targets, role: string): Period | null {
  const periods = parsePeriods(bindingOf(delegator, role), `${role} x-countersign`);
  const own = periods.get(role);
  if (own !== undefined || delegator.kind === 'root') return own ?? null;
  const { delegations } = delegator;
  const isBin = delegations?.kind === 'succinct' && isBinName(delegations.succinct, role);
  return (isBin ? periods.get(delegations.succinct.namePrefix) : undefined) ?? null;
}

function requirePeriods(signed: Root | Targets, roles: readonly string[]): void {
  for (const role of roles) {
    if (periodIn(signed, role) === null)
      throw new CountersignError('policy-invalid', role, 'expected its delegator to say how long it lasts, got no period');
  }
}

function checkRoot(root: Metadata<Root>, base: Base | null): void {
  const { signed } = root;
  requireBinding(base === null ? bindingOf(signed, 'root') : base.root.signed.binding, signed.binding, 'root', 'root');
  // The files that we publish have their version in their name; without this clients would look elsewhere.
  if (!signed.consistentSnapshot)
    throw new CountersignError('event-invalid', 'root', 'expected consistent_snapshot, got a root without it');
  const people = peopleOf(signed, 'root');
  requireTellableNames(people, 'root');
  requireClaimedKeys('root', signed.roles.root, signed.keys, people);
  requireClaimedKeys('targets', signed.roles.targets, signed.keys, people);
  for (const online of ['snapshot', 'timestamp'] as const) requireOnlineKeys(online, signed.roles[online], signed.keys, people);
  requirePeriods(signed, TOP_LEVEL_ROLES);
  replacedBy(bindingOf(signed, 'root').raw, 'root x-countersign');
}

function requireReadable(findings: readonly CompatibilityFinding[], where: string): void {
  const refused = findings.find(({ severity }) => severity === 'refused');
  if (refused === undefined) return;
  const detail = `expected what clients read alike, got ${quote(refused.subject)}: ${refused.detail} (${refused.clients.join(', ')})`;
  throw new CountersignError('unwritable', where, detail);
}

function checkTargets(role: RoleName, file: Metadata<Targets>, anchor: Binding): void {
  const { signed } = file;
  requireBinding(anchor, signed.binding, role, role);
  const { delegations } = signed;
  if (delegations === null) return;
  const people = peopleOf(signed, role);
  requireTellableNames(people, role);
  if (delegations.kind === 'succinct') {
    const { namePrefix } = delegations.succinct;
    requireReadable(reviewRoleName(namePrefix), namePrefix);
    requireClaimedKeys(namePrefix, delegations.succinct, delegations.keys, people);
    requirePeriods(signed, [namePrefix]);
    return;
  }
  // Their files would be one where systems don't tell the names apart, and people would take one role for the other.
  const alike = findLookAlike(delegations.roles.map(({ name }) => name));
  if (alike !== null)
    throw new CountersignError('unwritable', alike.name, `expected a role name that people tell from ${quote(alike.other)}`);
  for (const one of delegations.roles) {
    requireReadable(reviewRoleName(one.name), one.name);
    if (one.paths.kind === 'patterns') for (const pattern of one.paths.patterns) requireReadable(reviewPattern(pattern), one.name);
    requireClaimedKeys(one.name, one, delegations.keys, people);
    requirePeriods(signed, [one.name]);
  }
}

interface SortedFiles {
  root: Uint8Array | null;
  policy: Uint8Array | null;
  readonly history: Map<string, Uint8Array>;
  readonly roles: Map<RoleName, Uint8Array>;
}

/** Whether an event on this base can hold a file there. */
export function mayHold(path: string, base: Base | null): boolean {
  const { kind } = classifyPath(path);
  return kind !== 'unclaimed' && (kind !== 'policy' || base === null);
}

/** Sorts a proposal's files by what they are; what nobody claims is a problem. */
function sortFiles(changes: ReadonlyMap<string, Uint8Array | null>, base: Base | null, problem: (refusal: Refusal) => void): SortedFiles {
  const files: SortedFiles = { root: null, policy: null, history: new Map(), roles: new Map() };
  for (const [path, bytes] of changes) {
    const what = classifyPath(path);
    if (what.kind === 'event') continue;
    if (bytes === null || !mayHold(path, base)) problem(unclaimed(path));
    else if (what.kind === 'root') files.root = bytes;
    else if (what.kind === 'policy') files.policy = bytes;
    else if (what.kind === 'root-history') files.history.set(path, bytes);
    else if (what.kind === 'role') files.roles.set(what.role, bytes);
  }
  return files;
}

/**
 * Reads what a proposal changes. Anything that nobody claims, that can't be parsed, or that names keys of nobody is a problem, and the problem
 * names the file.
 * @param changes - path to bytes, null when deleted
 * @param base - null before the first root
 */
export function readProposal(changes: ReadonlyMap<string, Uint8Array | null>, base: Base | null): Proposal {
  const problems: Refusal[] = [];
  const note = ({ code, where, detail }: Refusal): void => void problems.push({ code, where, detail });
  const files = sortFiles(changes, base, note);
  let root: Metadata<Root> | null = null;
  if (files.root !== null) {
    const bytes = files.root;
    const outcome = outcomeOf(() => {
      const parsed = parseRoot(bytes);
      const path = rootHistoryPath(parsed.signed.version);
      const history = files.history.get(path);
      files.history.delete(path);
      checkRoot(parsed, base);
      if (history === undefined || Buffer.compare(history, bytes) !== 0)
        throw new CountersignError('event-invalid', path, `expected a copy of ${ROOT_PATH}`);
      return parsed;
    });
    if (outcome.kind === 'accepted') root = outcome.value;
    else note({ ...outcome.refusal, where: `${ROOT_PATH} ${outcome.refusal.where}` });
  }
  for (const path of files.history.keys()) note(unclaimed(path));
  const anchor = base?.root.signed.binding ?? root?.signed.binding ?? null;
  const roles = new Map<RoleName, Metadata<Targets>>();
  for (const [role, bytes] of files.roles) {
    const outcome = outcomeOf(() => {
      const parsed = parseTargets(bytes);
      if (anchor === null) throw new CountersignError('base-missing', role, 'expected a root first');
      checkTargets(role, parsed, anchor);
      return parsed;
    });
    if (outcome.kind === 'accepted') roles.set(role, outcome.value);
    else note({ ...outcome.refusal, where: `metadata/${role}.json ${outcome.refusal.where}` });
  }
  if (root === null && roles.size === 0 && problems.length === 0) {
    note({ code: 'event-invalid', where: 'proposal', detail: 'expected new metadata, got none' });
  }
  return {
    root,
    roles: new Map([...roles].sort(([a], [b]) => (a === TARGETS ? -1 : b === TARGETS ? 1 : a < b ? -1 : 1))),
    policy: files.policy,
    problems,
  };
}

/** One text for what an event proposes: two events of one content propose the same payloads. Null where a part of it can't be read. */
export function contentOf(changes: ReadonlyMap<string, Uint8Array | null>, base: Base | null): string | null {
  const { root, roles, problems } = readProposal(changes, base);
  if (problems.length > 0) return null;
  const digests = [...roles].map(([role, { payload }]) => [role, payloadDigest(payload)]);
  return JSON.stringify([root === null ? null : payloadDigest(root.payload), ...digests]);
}

/** Who may sign a role, by the file that delegates it. */
export interface RoleSigners {
  readonly keys: KeyTable;
  readonly roleKeys: RoleKeys;
  readonly people: People;
}

/** Who may sign `root` or a targets role as the base has it; null when nobody delegates it. @throws `people-invalid` */
export function signersOf(base: Base, role: string): RoleSigners | null {
  const root = base.root.signed;
  if (role === 'root') return { keys: root.keys, roleKeys: root.roles.root, people: peopleOf(root, 'root') };
  if (role === TARGETS) return { keys: root.keys, roleKeys: root.roles.targets, people: peopleOf(root, 'root') };
  const known = [...base.roles].find(([name]) => name === role)?.[1].delegator;
  for (const [name, { file }] of base.roles) {
    const { delegations } = file.signed;
    if (delegations === null || (known ?? name) !== name) continue;
    const named = delegations.kind === 'roles' ? delegations.roles.find((one) => one.name === role) : undefined;
    const bin = delegations.kind === 'succinct' && isBinName(delegations.succinct, role) ? delegations.succinct : undefined;
    const roleKeys = named ?? bin;
    if (roleKeys !== undefined) return { keys: delegations.keys, roleKeys, people: peopleOf(file.signed, name) };
  }
  return null;
}
