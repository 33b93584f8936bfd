// SPDX-License-Identifier: Apache-2.0
import type { Base } from '../event/base.ts';
import type { EventFacts } from '../event/facts.ts';
import { peopleOf, readProposal, signersOf } from '../event/proposal.ts';
import type { Person } from '../trust/people.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import type { KeyId } from '../tuf/key.ts';
import type { Root } from '../tuf/root.ts';
import type { Targets } from '../tuf/targets.ts';
import type { RoleKeys } from '../tuf/threshold.ts';
import type { Workplace } from './workplace.ts';

/** The person whose key it is in a role, as the event leaves its delegator or as the base has it. */
export function keyOwner(keyId: KeyId, role: string, facts: EventFacts, base: Base | null): Person | null {
  if (base !== null) {
    const signers = signersOf(base, role);
    if (signers?.roleKeys.keyIds.includes(keyId) === true) return signers.people.byKey.get(keyId) ?? null;
  }
  const proposal = readProposal(facts.changes, base);
  const delegators: (Root | Targets)[] = [
    ...(proposal.root === null ? [] : [proposal.root.signed]),
    ...[...proposal.roles.values()].map(({ signed }) => signed),
  ];
  for (const signed of delegators) {
    if (signed.binding === null) continue;
    const roleKeys = signed.kind === 'root' ? (role === 'root' || role === 'targets' ? signed.roles[role] : null) : namedKeys(signed, role);
    if (roleKeys?.keyIds.includes(keyId) === true) return peopleOf(signed, role).byKey.get(keyId) ?? null;
  }
  return null;
}

function namedKeys(signed: Targets, role: string): RoleKeys | null {
  return signed.delegations?.kind === 'roles' ? (signed.delegations.roles.find(({ name }) => name === role) ?? null) : null;
}

/** A signature counts only from the account of the key's owner; one in custody, or of somebody without an account, from any. @throws `not-a-signer` */
export async function requireOwnAccount(place: Workplace, { name, account, custody }: Person): Promise<void> {
  if (account === null || custody) return;
  const viewer = await place.forge.viewer();
  if (viewer.id !== account.id)
    throw new CountersignError(
      'not-a-signer',
      viewer.login,
      `expected the account of ${quote(name)}, ${quote(account.login)}, whose key it is; from another account the signature would not count`,
    );
}
