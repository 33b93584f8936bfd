// SPDX-License-Identifier: Apache-2.0
import { delegatedKeys, isBinName } from '../tuf/delegations.ts';
import type { Refusal } from '../tuf/errors.ts';
import type { KeyTable } from '../tuf/key.ts';
import type { Metadata } from '../tuf/metadata.ts';
import { TARGETS, type RoleName } from '../tuf/names.ts';
import type { Root } from '../tuf/root.ts';
import type { Targets } from '../tuf/targets.ts';
import { countSignatures, type RoleKeys } from '../tuf/threshold.ts';
import type { Base } from './base.ts';
import { rolePath } from './layout.ts';
import type { Proposal } from './proposal.ts';

/** A file that delegates a role, and to whom. */
export interface Delegator {
  /** For people: `root v1`, `targets v3`. */
  readonly by: string;
  readonly name: RoleName | 'root';
  readonly signed: Root | Targets;
  readonly keys: KeyTable;
  readonly roleKeys: RoleKeys;
}

/** The targets roles as an event leaves them. */
export type RolesAfter = ReadonlyMap<RoleName, Metadata<Targets>>;

/** The base's roles with those of a proposal in their place. */
export function rolesAfter(base: Base | null, proposal: Proposal): RolesAfter {
  const roles = new Map<RoleName, Metadata<Targets>>();
  for (const [name, { file }] of base?.roles ?? []) roles.set(name, file);
  for (const [name, file] of proposal.roles) roles.set(name, file);
  return roles;
}

/** The roles that a file delegates by name, and of its bins those that have a file. */
function childrenOf({ delegations }: Targets, after: RolesAfter): readonly RoleName[] {
  if (delegations === null) return [];
  if (delegations.kind === 'roles') return delegations.roles.map(({ name }) => name);
  return [...after.keys()].filter((name) => isBinName(delegations.succinct, name));
}

/**
 * Every role that clients can come to from the root, each after the first role that delegates it, with all that delegate it. What is not in
 * here nobody reaches, whatever delegates it: two new files could delegate each other.
 */
export function delegatorsAfter(root: Metadata<Root>, after: RolesAfter): ReadonlyMap<RoleName, readonly Delegator[]> {
  const { signed } = root;
  const top: Delegator = {
    by: `root v${String(signed.version)}`,
    name: 'root',
    signed,
    keys: signed.keys,
    roleKeys: signed.roles.targets,
  };
  const found = new Map<RoleName, readonly Delegator[]>([[TARGETS, [top]]]);
  // A Map visits what is added during the loop.
  for (const name of found.keys()) {
    const file = after.get(name)?.signed;
    if (file === undefined) continue;
    for (const child of childrenOf(file, after)) {
      const roleKeys = file.delegations === null ? null : delegatedKeys(file.delegations, child);
      if (file.delegations === null || roleKeys === null) continue;
      const delegator: Delegator = { by: `${name} v${String(file.version)}`, name, signed: file, keys: file.delegations.keys, roleKeys };
      found.set(child, [...(found.get(child) ?? []), delegator]);
    }
  }
  return found;
}

/**
 * What is wrong with an event's delegations: a file that nobody reaches, a role that two files delegate (one name has one file, and the signers
 * of one could not be those of the other), a role that is left without a file that verifies.
 */
export function delegationProblems(
  base: Base | null,
  proposal: Proposal,
  after: RolesAfter,
  delegators: ReadonlyMap<RoleName, readonly Delegator[]>,
): readonly Refusal[] {
  const problems: Refusal[] = [];
  for (const role of proposal.roles.keys()) {
    if (delegators.has(role)) continue;
    const detail = 'expected a role that is delegated, got one that clients do not come to from the root';
    problems.push({ code: 'role-unknown', where: rolePath(role), detail });
  }
  for (const [role, all] of delegators) {
    const changed = all.filter(({ name }) => (name === 'root' ? proposal.root !== null : proposal.roles.has(name)));
    if (changed.length === 0) continue;
    if (all.length > 1) {
      const detail = `expected one role to delegate it, got ${all.map(({ name }) => name).join(', ')}`;
      problems.push({ code: 'delegations-invalid', where: role, detail });
    }
    for (const delegator of changed) problems.push(...danglingRole(role, delegator, { base, proposal, after }));
  }
  return [...problems, ...missingBins(proposal, after)];
}

interface DanglingInput {
  readonly base: Base | null;
  readonly proposal: Proposal;
  readonly after: RolesAfter;
}

/**
 * A role whose file the event does not bring must still verify: else clients would fail on it. One that has no file in the base already is not made worse: somebody
 * with its key has signed two contents, and the event may be the one that takes that key away.
 */
function danglingRole(role: RoleName, delegator: Delegator, { base, proposal, after }: DanglingInput): readonly Refusal[] {
  if (proposal.roles.has(role)) return [];
  const before = delegator.name === 'root' ? null : (base?.roles.get(delegator.name)?.file.signed ?? null);
  if (!after.has(role) && before !== null && childrenOf(before, after).includes(role)) return [];
  const file = after.get(role);
  const { keys, roleKeys, name } = delegator;
  if (file !== undefined && countSignatures({ payload: file.payload, signatures: file.signatures, keys, role: roleKeys }).reached)
    return [];
  return [{ code: 'role-missing', where: role, detail: `expected a new version in this event: ${name} changes who signs it` }];
}

/** Every path has its bin, so all bins must have a file. They are counted, not named: there may be four billion. */
function missingBins(proposal: Proposal, after: RolesAfter): readonly Refusal[] {
  return [...proposal.roles].flatMap(([name, { signed }]): Refusal[] => {
    if (signed.delegations?.kind !== 'succinct') return [];
    const [expected, actual] = [2 ** signed.delegations.succinct.bitLength, childrenOf(signed, after).length];
    if (actual === expected) return [];
    return [{ code: 'role-missing', where: name, detail: `expected a file for each of ${String(expected)} bins, got ${String(actual)}` }];
  });
}
