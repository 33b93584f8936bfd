// SPDX-License-Identifier: Apache-2.0
// Who is listened to in a signing event. Anybody may write on a pull request of a public repository, so texts are
// chosen by the numeric account of their author before any of them is read: people whose key is named for a role of
// the event, and our own automation. Of everybody else only a signature that verifies is heard, and only for keys
// that have no account of their own to speak from.
import { classifyPath } from './layout.ts';
import { isBinName } from '../tuf/delegations.ts';
import type { Account, AccountId } from '../trust/accounts.ts';
import type { Person } from '../trust/people.ts';
import { TARGETS } from '../tuf/names.ts';
import type { Root } from '../tuf/root.ts';
import type { Targets } from '../tuf/targets.ts';
import type { RoleKeys } from '../tuf/threshold.ts';
import type { Base } from './base.ts';
import { peopleOf, signersOf, type Proposal, type RoleSigners } from './proposal.ts';

/** Who may sign the roles of an event, and so who is listened to. */
export interface Listening {
  /** By role, `root` among them: as the signed state has it, and as the event's head does. */
  readonly signers: ReadonlyMap<string, readonly RoleSigners[]>;
  /** Each once. */
  readonly people: ReadonlyMap<AccountId, Account>;
}

/** The keys that a file gives to a role; null when it does not delegate it. */
function keysIn(signed: Root | Targets, role: string): RoleKeys | null {
  if (signed.kind === 'root') return role === 'root' ? signed.roles.root : role === TARGETS ? signed.roles.targets : null;
  const { delegations } = signed;
  if (delegations === null) return null;
  if (delegations.kind === 'roles') return delegations.roles.find(({ name }) => name === role) ?? null;
  return isBinName(delegations.succinct, role) ? delegations.succinct : null;
}

function signersIn(signed: Root | Targets, role: string): RoleSigners | null {
  const roleKeys = keysIn(signed, role);
  if (roleKeys === null || signed.binding === null) return null;
  const keys = signed.kind === 'root' ? signed.keys : signed.delegations?.keys;
  return keys === undefined ? null : { keys, roleKeys, people: peopleOf(signed, role) };
}

/**
 * Who may sign a role: by the signed state first, then by each file of the proposal that names its signers. What an
 * unsigned head says counts inside its own event only.
 */
export function signersFor(role: string, proposal: Proposal, base: Base | null): readonly RoleSigners[] {
  const before = base === null ? null : signersOf(base, role);
  const delegators: (Root | Targets)[] = [
    ...(proposal.root === null ? [] : [proposal.root.signed]),
    ...[...proposal.roles.values()].map(({ signed }) => signed),
  ];
  const named = delegators.flatMap((signed) => signersIn(signed, role) ?? []);
  return before === null ? named : [before, ...named];
}

/** The roles that some changed paths are files of. */
export function rolesAmong(paths: Iterable<string>): ReadonlySet<string> {
  const roles = new Set<string>();
  for (const path of paths) {
    const what = classifyPath(path);
    if (what.kind === 'root' || what.kind === 'root-history') roles.add('root');
    else if (what.kind === 'role') roles.add(what.role);
  }
  return roles;
}

/** Every role of the signed state. */
function allRoles(base: Base | null): readonly string[] {
  return base === null ? [] : ['root', ...base.roles.keys()];
}

/**
 * Who is listened to in an event. Where its head can't be read, somebody may have written over what people signed:
 * then everyone who signs anything in the signed state is, so that their signatures are found again.
 * @param paths - what the event changes
 */
export function listenTo(paths: Iterable<string>, proposal: Proposal, base: Base | null): Listening {
  const changed = rolesAmong(paths);
  const roles = new Set(proposal.problems.length > 0 || changed.size === 0 ? [...changed, ...allRoles(base)] : changed);
  const signers = new Map([...roles].map((role) => [role, signersFor(role, proposal, base)] as const));
  const people = new Map<AccountId, Account>();
  for (const { roleKeys, people: named } of [...signers.values()].flat()) {
    for (const keyId of roleKeys.keyIds) {
      const account = named.byKey.get(keyId)?.account ?? null;
      // The signed state comes first: its login of an account is the one that people have signed.
      if (account !== null && !people.has(account.id)) people.set(account.id, account);
    }
  }
  return { signers, people };
}

/** Whether a person's signature is brought by others: they have no account, or their key is used for them. */
export function isCarried({ account, custody }: Person): boolean {
  return account === null || custody;
}
