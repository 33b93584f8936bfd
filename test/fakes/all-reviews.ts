// SPDX-License-Identifier: Apache-2.0
import type { Forge, Review } from '../../src/ports.ts';

/** Everybody that tests know. */
const LOGINS = ['admin', 'alice', 'ann', 'ben', 'bob', 'carol', 'dave', 'erin', 'mallory'];

/** Reviews of everybody that tests know, and of our automation, in time order. */
export async function allReviews(
  forge: Pick<Forge, 'accounts' | 'automation' | 'viewer' | 'reviews'>,
  number: number,
): Promise<readonly Review[]> {
  const people = [...(await forge.accounts(LOGINS)).values(), ...(await forge.automation()), await forge.viewer()];
  return forge.reviews(number, [...new Map(people.map((account) => [account.id, account])).values()]);
}
