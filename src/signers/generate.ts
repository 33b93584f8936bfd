// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from 'node:crypto';
import { CountersignError } from '../tuf/errors.ts';
import type { JsonObject } from '../tuf/json.ts';
import { describeKey } from './tuf-key.ts';

/** A new key pair. */
export interface GeneratedKey {
  /** The private key: PKCS#8 in PEM, not encrypted. */
  readonly pem: string;
  /** The public key as a TUF key object. */
  readonly publicKey: JsonObject;
}

/** Makes a new ed25519 key from the system's randomness. */
export function generateEd25519(): GeneratedKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const description = describeKey(publicKey);
  if (description.kind === 'unsupported')
    throw new CountersignError('signer-key', 'new key', `expected an ed25519 key, got ${description.found}`);
  return { pem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), publicKey: description.publicKey };
}
