// SPDX-License-Identifier: Apache-2.0
import { onlineUris, type OnlinePlan } from '../event/decide-publish.ts';
import type { Base } from '../event/base.ts';
import type { Signer } from '../ports.ts';
import { encodeCanonicalJson } from '../tuf/canonical.ts';
import { CountersignError, type ErrorCode, type Refusal } from '../tuf/errors.ts';
import { keyIdOf, type KeyId } from '../tuf/key.ts';
import { encodeMetadata, type NewSignature } from '../tuf/metadata.ts';
import type { Root } from '../tuf/root.ts';
import { requireThreshold } from '../tuf/threshold.ts';
import type { Workplace } from './workplace.ts';

/** How a person puts an online key where its URI says; what may be secret of the URI is left out. */
function howToGive(place: string, keyId: KeyId): string {
  const key = `the private key ${keyId.slice(0, 12)}…, which the root names`;
  return place.startsWith('env:') ? `set ${place.slice('env:'.length)} to ${key}` : `put ${key} there`;
}

/**
 * Opens an online key.
 * @throws `signer-key` also when it is another than the root lists; what opening a signer throws. Each says where the key belongs
 */
async function openOnlineKey(place: Pick<Workplace, 'openSigner'>, keyId: KeyId, uri: string): Promise<Signer> {
  const where = uri.split(/[?;]/)[0] ?? 'online key';
  try {
    const signer = await place.openSigner(uri);
    const actual = keyIdOf(await signer.publicKey());
    if (actual !== keyId) throw new CountersignError('signer-key', where, `expected the key ${keyId} that the root lists, got ${actual}`);
    return signer;
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    throw new CountersignError(error.code, error.where, `${error.detail}; ${howToGive(where, keyId)}`, { cause: error });
  }
}

async function signWith(place: Workplace, root: Root, keyId: KeyId, payload: Uint8Array): Promise<NewSignature | null> {
  const uri = onlineUris(root).get(keyId);
  if (uri === undefined) return null;
  const signer = await openOnlineKey(place, keyId, uri);
  return { keyId, sig: await signer.sign(payload) };
}

/**
 * Says what is wrong with the online keys that a root names, also where none of them has to sign: a key that broke is found on the day on which it breaks.
 * @returns one refusal for each key that is missing, unreadable or another one; each names its place and says what to do
 */
export async function checkOnlineKeys(place: Pick<Workplace, 'openSigner'>, root: Root): Promise<readonly Refusal[]> {
  const uris = onlineUris(root);
  const failures: Refusal[] = [];
  for (const keyId of new Set([...root.roles.timestamp.keyIds, ...root.roles.snapshot.keyIds])) {
    const uri = uris.get(keyId);
    if (uri === undefined) continue;
    try {
      await openOnlineKey(place, keyId, uri);
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      failures.push({ code: error.code, where: error.where, detail: error.detail });
    }
  }
  return failures;
}

const KEY_FAILURES: ReadonlySet<ErrorCode> = new Set([
  'signer-key',
  'signer-uri',
  'signer-passphrase',
  'threshold',
  'io',
  'too-large',
  'file-type',
]);

/** Whether an online file was not signed because of its keys. */
export function isKeyFailure(error: unknown): error is CountersignError {
  return error instanceof CountersignError && KEY_FAILURES.has(error.code);
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
