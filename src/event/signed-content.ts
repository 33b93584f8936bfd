// SPDX-License-Identifier: Apache-2.0
// What people have signed, as far as it can be proved: a signature that verifies over a payload that is known and
// whose own repository, role and version are the ones that it is taken for. What a line claims is nothing.
import type { RepositoryId } from '../tuf/binding.ts';
import { outcomeOf } from '../tuf/errors.ts';
import type { KeyId } from '../tuf/key.ts';
import type { NewSignature, PayloadDigest } from '../tuf/metadata.ts';
import type { Version } from '../tuf/names.ts';
import { verifySignature } from '../tuf/signature.ts';
import { countSignatures } from '../tuf/threshold.ts';
import type { Countersignature } from '../trust/countersignature.ts';
import { voterOf } from '../trust/people.ts';
import { claimsOf, rootOfPayload, type PayloadClaims } from './known-payload.ts';
import { peopleOf, type RoleSigners } from './proposal.ts';

/** One payload of a role that somebody has signed. */
export interface SignedContent {
  readonly version: Version;
  readonly payload: PayloadDigest;
  /** Keys of the role whose signature of it verifies. */
  readonly by: ReadonlySet<KeyId>;
  /** Whether enough people have: for a root under both thresholds. */
  readonly complete: boolean;
  /** Payloads of the same version that it takes the place of; a root's alone. */
  readonly replaces: ReadonlySet<PayloadDigest>;
}

/** What is looked through for signed contents of one role. */
export interface SignedContentInput {
  readonly role: string;
  readonly repository: RepositoryId;
  /** Who may sign it, by each file that says so. */
  readonly signers: readonly RoleSigners[];
  readonly lines: readonly Countersignature[];
  /** By digest. */
  readonly payloads: ReadonlyMap<PayloadDigest, Uint8Array>;
}

interface Found {
  readonly claims: PayloadClaims;
  readonly bytes: Uint8Array;
  readonly signatures: Map<KeyId, NewSignature>;
}

function verifies(line: Countersignature, payload: Uint8Array, signers: readonly RoleSigners[]): boolean {
  return signers.some(({ keys, roleKeys }) => {
    const key = keys.get(line.keyId);
    return key !== undefined && roleKeys.keyIds.includes(line.keyId) && verifySignature(key, payload, line.sig) === 'valid';
  });
}

function reaches(found: Found, { keys, roleKeys, people }: RoleSigners): boolean {
  return countSignatures({
    payload: found.bytes,
    signatures: [...found.signatures.values()],
    keys,
    role: roleKeys,
    voterOf: (keyId) => {
      const person = people.byKey.get(keyId);
      return person === undefined ? null : voterOf(person);
    },
  }).reached;
}

/** A root's own keys, as its payload names them. */
function ownSigners(payload: Uint8Array): RoleSigners | null {
  const root = rootOfPayload(payload);
  if (root === null) return null;
  // Its writer may have named people in any way; such a root never completes.
  const people = outcomeOf(() => peopleOf(root, 'root'));
  return people.kind === 'refused' ? null : { keys: root.keys, roleKeys: root.roles.root, people: people.value };
}

function isComplete(found: Found, role: string, [before, ...others]: readonly RoleSigners[]): boolean {
  if (before === undefined) return false;
  if (role !== 'root') return [before, ...others].some((one) => reaches(found, one));
  const own = ownSigners(found.bytes);
  return own !== null && reaches(found, before) && reaches(found, own);
}

/** The contents of a role that somebody has signed. */
export function signedContents({ role, repository, signers, lines, payloads }: SignedContentInput): readonly SignedContent[] {
  const contents = new Map<PayloadDigest, Found>();
  for (const line of lines) {
    if (line.role !== role || line.repository !== repository) continue;
    const bytes = payloads.get(line.payload);
    if (bytes === undefined || !verifies(line, bytes, signers)) continue;
    const claims = contents.get(line.payload)?.claims ?? claimsOf(bytes);
    if (claims?.repository !== repository || claims.role !== role || claims.version !== line.version) continue;
    const found = contents.get(line.payload) ?? { claims, bytes, signatures: new Map<KeyId, NewSignature>() };
    found.signatures.set(line.keyId, { keyId: line.keyId, sig: line.sig });
    contents.set(line.payload, found);
  }
  return [...contents].map(([payload, found]) => ({
    version: found.claims.version,
    payload,
    by: new Set(found.signatures.keys()),
    complete: isComplete(found, role, signers),
    replaces: found.claims.replaces,
  }));
}

/** Other contents of a version than the given one. */
export function otherContents(contents: readonly SignedContent[], version: number, payload: PayloadDigest): readonly SignedContent[] {
  return contents.filter((one) => one.version === version && one.payload !== payload);
}
