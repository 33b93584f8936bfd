// SPDX-License-Identifier: Apache-2.0
import { parsePeople, requireClaimedKeys, type People } from '../trust/people.ts';
import { requireBinding, type Binding } from '../tuf/binding.ts';
import { CountersignError, outcomeOf, type Refusal } from '../tuf/errors.ts';
import { isBinName } from '../tuf/delegations.ts';
import type { KeyTable } from '../tuf/key.ts';
import type { Metadata } from '../tuf/metadata.ts';
import { TARGETS, type RoleName } from '../tuf/names.ts';
import { parseRoot, type Root } from '../tuf/root.ts';
import { parseTargets, type Targets } from '../tuf/targets.ts';
import type { RoleKeys } from '../tuf/threshold.ts';
import type { Base } from './base.ts';
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

function checkRoot(root: Metadata<Root>, base: Base | null): void {
  const { signed } = root;
  if (base !== null) requireBinding(base.root.signed.binding, signed.binding, 'root', 'root');
  else requireBinding(bindingOf(signed, 'root'), signed.binding, 'root', 'root');
  const people = peopleOf(signed, 'root');
  requireClaimedKeys('root', signed.roles.root, signed.keys, people);
  requireClaimedKeys('targets', signed.roles.targets, signed.keys, people);
  for (const online of ['snapshot', 'timestamp'] as const) {
    for (const keyId of signed.roles[online].keyIds) {
      const person = people.byKey.get(keyId);
      if (person !== undefined)
        throw new CountersignError('people-invalid', online, `expected an online key, got the one of ${person.name}`);
    }
  }
}

function checkTargets(role: RoleName, file: Metadata<Targets>, anchor: Binding): void {
  requireBinding(anchor, file.signed.binding, role, role);
  const { delegations } = file.signed;
  if (delegations === null) return;
  const people = peopleOf(file.signed, role);
  const delegated = delegations.kind === 'roles' ? delegations.roles : [{ ...delegations.succinct, name: delegations.succinct.namePrefix }];
  for (const one of delegated) requireClaimedKeys(one.name, one, delegations.keys, people);
}

interface SortedFiles {
  root: Uint8Array | null;
  policy: Uint8Array | null;
  readonly history: Map<string, Uint8Array>;
  readonly roles: Map<RoleName, Uint8Array>;
}

/** Sorts a proposal's files by what they are; what nobody claims is a problem. */
function sortFiles(changes: ReadonlyMap<string, Uint8Array | null>, base: Base | null, problem: (refusal: Refusal) => void): SortedFiles {
  const files: SortedFiles = { root: null, policy: null, history: new Map(), roles: new Map() };
  for (const [path, bytes] of changes) {
    const what = classifyPath(path);
    if (what.kind === 'event') continue;
    if (bytes === null || what.kind === 'unclaimed' || (what.kind === 'policy' && base !== null)) problem(unclaimed(path));
    else if (what.kind === 'root') files.root = bytes;
    else if (what.kind === 'policy') files.policy = bytes;
    else if (what.kind === 'root-history') files.history.set(path, bytes);
    else files.roles.set(what.role, bytes);
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
      checkRoot(parsed, base);
      const path = rootHistoryPath(parsed.signed.version);
      const history = files.history.get(path);
      if (history === undefined || Buffer.compare(history, bytes) !== 0)
        throw new CountersignError('event-invalid', path, `expected a copy of ${ROOT_PATH}`);
      files.history.delete(path);
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
  for (const [name, { file }] of base.roles) {
    const { delegations } = file.signed;
    if (delegations === null) continue;
    for (const child of delegations.kind === 'roles' ? delegations.roles : []) {
      if (child.name === role) return { keys: delegations.keys, roleKeys: child, people: peopleOf(file.signed, name) };
    }
    if (delegations.kind === 'succinct' && isBinName(delegations.succinct, role)) {
      return { keys: delegations.keys, roleKeys: delegations.succinct, people: peopleOf(file.signed, name) };
    }
  }
  return null;
}
