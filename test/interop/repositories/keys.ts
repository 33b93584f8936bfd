// SPDX-License-Identifier: Apache-2.0
// Keys that sign the repositories of this test, each by the product's own signer, as a person's or a runner's key does.
import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import type { Signer } from '../../../src/ports.ts';
import { ed25519FromSeed } from '../../../src/signers/ed25519.ts';
import { signerFromPrivateKey } from '../../../src/signers/key-signer.ts';
import type { JsonObject, JsonValue } from '../../../src/tuf/json.ts';
import { keyIdOf, parseKeyId, type KeyId } from '../../../src/tuf/key.ts';
import { objectFromPlain } from '../../fakes/plain-json.ts';
import { mlDsaSigner, rsaSigner, type TestSigner } from '../../fakes/test-signer.ts';
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
  'rsa-sha384': () => foreignKey(rsaSigner(RSA_2048_KEY, 'sha384')),
  'rsa-sha512': () => foreignKey(rsaSigner(RSA_2048_KEY, 'sha512')),
  'ml-dsa-44': () => foreignKey(mlDsaSigner('alice', 44)),
  'ml-dsa-65': () => foreignKey(mlDsaSigner('alice', 65)),
  'ml-dsa-87': () => foreignKey(mlDsaSigner('alice', 87)),
};
/** A key of {@link KEYS}. */
export type KeyKind =
  | 'p256'
  | 'p256-other'
  | 'p256-nistp'
  | 'p384'
  | 'p384-nistp'
  | 'rsa'
  | 'rsa-sha384'
  | 'rsa-sha512'
  | 'ml-dsa-44'
  | 'ml-dsa-65'
  | 'ml-dsa-87';

/** A key of a kind that nothing of the product signs with. */
async function foreignKey({ key, sign }: TestSigner): Promise<SigningKey> {
  const publicKey = objectFromPlain(key);
  const signer = { publicKey: async () => publicKey, sign: async (bytes: Uint8Array) => sign(bytes) };
  return { keyId: keyIdOf(publicKey), publicKey, signer };
}

/** A key under the id that it had before a field was added to it, as tuf-on-ci listed keys until May 2024. */
export async function misnamedKey(name: string): Promise<SigningKey> {
  const { keyId, publicKey, signer } = await ed25519Key(name);
  return { keyId, publicKey: new Map<string, JsonValue>([...publicKey, ['x-tuf-on-ci-keyowner', `@${name}`]]), signer };
}

/** A key under an id of any text. */
export async function namedKey(name: string): Promise<SigningKey> {
  return { ...(await ed25519Key(name)), keyId: parseKeyId(`key-of-${name}`, 'key') };
}
