// SPDX-License-Identifier: Apache-2.0
// Which ended events bear on what is open. Most are history: what they propose is at or below the signed state, or
// nobody has signed them. That is told from their heads and from one look at what their people have reviewed.
import type { Review } from '../trust/accounts.ts';
import { parseCountersignatures } from '../trust/countersignature.ts';
import { outcomeOf } from '../tuf/errors.ts';
import { asObject, integerField, objectField } from '../tuf/fields.ts';
import { parseJson } from '../tuf/json.ts';
import type { Base } from './base.ts';
import { signersOf } from './proposal.ts';

/** The version of a role in the signed state; 0 where somebody may sign it and nobody has; null for what nobody signs. */
export function signedVersion(base: Base, role: string): number | null {
  if (role === 'root') return base.root.signed.version;
  const file = [...base.roles].find(([name]) => name === role)?.[1].file;
  return file?.signed.version ?? (signersOf(base, role) === null ? null : 0);
}

/** Whether a version of a role is above the signed state. */
function isAbove(base: Base, role: string, version: number): boolean {
  return version > (signedVersion(base, role) ?? Infinity);
}

/** Whether the bytes of a role's file are of a version above the signed state; never for what is no metadata. */
export function proposesAbove(base: Base, role: string, bytes: Uint8Array): boolean {
  const outcome = outcomeOf(() => integerField(objectField(asObject(parseJson(bytes), '$'), 'signed', '$'), 'version', '$'));
  return outcome.kind === 'accepted' && isAbove(base, role, outcome.value);
}

/**
 * Whether somebody may have signed something above the signed state on an ended event: one of its reviews has a line that says so.
 * @param reviews - of people whom the signed state names, and of our automation
 */
export function mayBeSigned(reviews: readonly Pick<Review, 'body'>[], base: Base): boolean {
  return reviews.some(({ body }) => {
    const outcome = parseCountersignatures(body);
    return outcome.kind === 'accepted' && outcome.value.some(({ role, version }) => isAbove(base, role, version));
  });
}
