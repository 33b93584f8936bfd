// SPDX-License-Identifier: Apache-2.0
// Keys that sign the repositories of this test, each by the product's own signer, as a person's or a runner's key does.
import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import type { Signer } from '../../../src/ports.ts';
import { ed25519FromSeed } from '../../../src/signers/ed25519.ts';
import { signerFromPrivateKey } from '../../../src/signers/key-signer.ts';
import type { JsonObject, JsonValue } from '../../../src/tuf/json.ts';
import { keyIdOf, type KeyId } from '../../../src/tuf/key.ts';
import { P256_KEY, P256_OTHER_KEY, P384_KEY, RSA_2048_KEY } from '../../fakes/keys/private-keys.ts';

/** A key that signs, and how metadata lists it. */
export interface SigningKey {
  readonly keyId: KeyId;
  readonly publicKey: JsonObject;
  readonly signer: Signer;
}

async function signingKey(privateKey: KeyObject, name: string, change: Readonly<Record<string, string>> = {}): Promise<SigningKey> {
  const signer = signerFromPrivateKey(privateKey, name);
  const publicKey = new Map<string, JsonValue>([...(await signer.publicKey()), ...Object.entries(change)]);
  return { keyId: keyIdOf(publicKey), publicKey, signer };
}

/** Always the same ed25519 key for a name. */
export async function ed25519Key(name: string): Promise<SigningKey> {
  return signingKey(ed25519FromSeed(createHash('sha256').update(name).digest()), name);
}

async function pemKey(pem: string, change?: Readonly<Record<string, string>>): Promise<SigningKey> {
  return signingKey(createPrivateKey(pem), 'key', change);
}

/** The other kinds of keys, two of a kind where a repository needs two people. `nistp` names are the older spelling of `keytype`. */
export const KEYS: Readonly<Record<KeyKind, () => Promise<SigningKey>>> = {
  p256: () => pemKey(P256_KEY),
  'p256-other': () => pemKey(P256_OTHER_KEY),
  'p256-nistp': () => pemKey(P256_KEY, { keytype: 'ecdsa-sha2-nistp256' }),
  p384: () => pemKey(P384_KEY),
  'p384-nistp': () => pemKey(P384_KEY, { keytype: 'ecdsa-sha2-nistp384' }),
  rsa: () => pemKey(RSA_2048_KEY),
};
/** A key of {@link KEYS}. */
export type KeyKind = 'p256' | 'p256-other' | 'p256-nistp' | 'p384' | 'p384-nistp' | 'rsa';
