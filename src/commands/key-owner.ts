// SPDX-License-Identifier: Apache-2.0
import type { Base } from '../event/base.ts';
import type { EventFacts } from '../event/facts.ts';
import { signersFor } from '../event/listen.ts';
import { readProposal } from '../event/proposal.ts';
import type { Person } from '../trust/people.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import type { KeyId } from '../tuf/key.ts';
import type { Workplace } from './workplace.ts';

/** The person whose key it is in a role, as the signed state has it or as the event leaves its delegator. */
export function keyOwner(keyId: KeyId, role: string, facts: EventFacts, base: Base | null): Person | null {
  const signers = signersFor(role, readProposal(facts.changes, base), base);
  const named = signers.find(({ roleKeys }) => roleKeys.keyIds.includes(keyId));
  return named?.people.byKey.get(keyId) ?? null;
}

/** A signature counts only from the account of the key's owner; one in custody, or of somebody without an account, from any. @throws `not-a-signer` */
async function requireOwnAccount(place: Workplace, { name, account, custody }: Person): Promise<void> {
  if (account === null || custody) return;
  const viewer = await place.forge.viewer();
  if (viewer.id !== account.id)
    throw new CountersignError(
      'not-a-signer',
      viewer.login,
      `expected the account of ${quote(name)}, ${quote(account.login)}, whose key it is; from another account the signature would not count`,
    );
}

/**
 * Opens the workplace as the person whose key it is: for a host where everybody may say as whom they work.
 * @throws `not-a-signer` when they have said to work as somebody else
 */
export type OpenAs = (person: Person) => Promise<Workplace>;

/**
 * The workplace from which a signature of this person counts.
 * @param openAs - null where the host itself knows who is working
 * @throws `not-a-signer` when the account is somebody else's
 */
export async function ownWorkplace(place: Workplace, person: Person, openAs: OpenAs | null): Promise<Workplace> {
  const own = openAs === null ? place : await openAs(person);
  await requireOwnAccount(own, person);
  return own;
}
