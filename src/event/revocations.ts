// SPDX-License-Identifier: Apache-2.0
import type { KeyId } from '../tuf/key.ts';
import { TOP_LEVEL_ROLES } from '../tuf/names.ts';
import type { Root } from '../tuf/root.ts';
import type { Targets } from '../tuf/targets.ts';
import type { Finding } from './weigh-candidates.ts';

/** A key, and the role for which it counts. */
export interface TakenKey {
  readonly role: string;
  readonly keyId: KeyId;
}

/** Which keys count for which role by a file. */
function keysIn(signed: Root | Targets): ReadonlyMap<string, ReadonlySet<KeyId>> {
  const keys = new Map<string, ReadonlySet<KeyId>>();
  if (signed.kind === 'root') {
    for (const role of TOP_LEVEL_ROLES) keys.set(role, new Set(signed.roles[role].keyIds));
    return keys;
  }
  const { delegations } = signed;
  if (delegations?.kind === 'roles') for (const { name, keyIds } of delegations.roles) keys.set(name, new Set(keyIds));
  if (delegations?.kind === 'succinct') keys.set(delegations.succinct.namePrefix, new Set(delegations.succinct.keyIds));
  return keys;
}

/** The keys that count by the file before, and no longer by the one after. A role that is taken out takes all of its keys away. */
export function keysTakenAway(before: Root | Targets, after: Root | Targets): readonly TakenKey[] {
  const now = keysIn(after);
  return [...keysIn(before)].flatMap(([role, keyIds]) =>
    [...keyIds].flatMap((keyId) => (now.get(role)?.has(keyId) === true ? [] : [{ role, keyId }])),
  );
}

/** Says that what takes keys away does not reach clients. It is what somebody has to see first. */
export function revocationFinding(where: string, [first, ...others]: readonly TakenKey[]): Finding {
  const more = others.length === 0 ? '' : ` and ${String(others.length)} more`;
  const key = first === undefined ? 'keys' : `key ${first.keyId.slice(0, 12)}… of ${first.role}${more}`;
  return {
    source: 'published',
    code: 'revocation-unpublished',
    where,
    detail: `a revocation is not published: ${key} still counts for clients; what holds it back is told below`,
  };
}
