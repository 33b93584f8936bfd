// SPDX-License-Identifier: Apache-2.0
import { onlineUris, type OnlinePlan } from '../event/decide-publish.ts';
import type { Base } from '../event/base.ts';
import { encodeCanonicalJson } from '../tuf/canonical.ts';
import { CountersignError } from '../tuf/errors.ts';
import { keyIdOf, type KeyId } from '../tuf/key.ts';
import { encodeMetadata, type NewSignature } from '../tuf/metadata.ts';
import type { Root } from '../tuf/root.ts';
import { requireThreshold } from '../tuf/threshold.ts';
import type { Workplace } from './workplace.ts';

async function signWith(place: Workplace, root: Root, keyId: KeyId, payload: Uint8Array): Promise<NewSignature | null> {
  const uri = onlineUris(root).get(keyId);
  if (uri === undefined) return null;
  const signer = await place.openSigner(uri);
  const actual = keyIdOf(await signer.publicKey());
  if (actual !== keyId) {
    throw new CountersignError(
      'signer-key',
      uri.split(/[?;]/)[0] ?? 'online key',
      `expected the key ${keyId} that the root lists, got ${actual}`,
    );
  }
  return { keyId, sig: await signer.sign(payload) };
}

/**
 * Bytes of an online file: those that are published, or newly signed with the online keys that the current root names. While online keys rotate,
 * the keys of the roots that clients still hold sign too, as far as they are at hand, so that old and new clients both verify.
 * @throws `threshold` when the keys at hand do not suffice, `signer-key` when a key is not the one that the root lists
 */
export async function onlineFile(
  place: Workplace,
  base: Base,
  heldRoots: readonly Root[],
  role: 'snapshot' | 'timestamp',
  plan: OnlinePlan,
): Promise<Uint8Array> {
  if (plan.kind === 'keep') return plan.bytes;
  const root = base.root.signed;
  const payload = encodeCanonicalJson(plan.signed);
  const signatures: NewSignature[] = [];
  for (const keyId of root.roles[role].keyIds) {
    const signature = await signWith(place, root, keyId, payload);
    if (signature !== null) signatures.push(signature);
  }
  requireThreshold({ payload, signatures, keys: root.keys, role: root.roles[role] }, role);
  const asked = new Set(root.roles[role].keyIds);
  for (const held of heldRoots) {
    for (const keyId of held.roles[role].keyIds.filter((one) => !asked.has(one))) {
      asked.add(keyId);
      const signature = await retiredSignature(place, held, keyId, payload);
      if (signature !== null) signatures.push(signature);
    }
  }
  return encodeMetadata(plan.signed, signatures);
}

/** A signature of a key that the new root retires; null when it is gone already, as after a compromise. */
async function retiredSignature(place: Workplace, root: Root, keyId: KeyId, payload: Uint8Array): Promise<NewSignature | null> {
  try {
    return await signWith(place, root, keyId, payload);
  } catch (error) {
    if (!(error instanceof CountersignError && (error.code === 'signer-key' || error.code === 'signer-uri' || error.code === 'io')))
      throw error;
    place.log.warn(
      `${keyId.slice(0, 12)}…: the retired online key is not at hand; clients that hold the old root see new metadata only after they have the new root`,
    );
    return null;
  }
}
