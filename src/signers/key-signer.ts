// SPDX-License-Identifier: Apache-2.0
import { constants, sign, type KeyObject } from 'node:crypto';
import { signAsync } from '@noble/ed25519';
import type { Signer } from '../ports.ts';
import { CountersignError } from '../tuf/errors.ts';
import { parseKey, type Algorithm } from '../tuf/key.ts';
import { verifySignature } from '../tuf/signature.ts';
import { opensslWords } from './openssl-error.ts';
import { describeKey, SUPPORTED_KEYS } from './tuf-key.ts';

/** The seed that an ed25519 private key is (RFC 8032 §5.1.5). */
function seedOf(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url');
}

async function rawSignature(key: KeyObject, algorithm: Algorithm, bytes: Uint8Array): Promise<Buffer> {
  switch (algorithm) {
    case 'ed25519':
      // Made by one implementation and verified by another (OpenSSL's, below): a fault of either is noticed before it can tell the key.
      return Buffer.from(await signAsync(bytes, seedOf(key)));
    case 'ecdsa-p256':
      return sign('sha256', bytes, { key, dsaEncoding: 'der' });
    case 'ecdsa-p384':
      return sign('sha384', bytes, { key, dsaEncoding: 'der' });
    case 'rsa-pss-sha256':
      // A salt as long as the digest: the one length that every client accepts.
      return sign('sha256', bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });
    default:
      return algorithm satisfies never;
  }
}

/**
 * A signer for a key in memory. Signatures are hex of: 64 bytes for ed25519, DER for ECDSA, RSA-PSS with a salt of 32
 * bytes. Each is verified by the rules that clients follow before it is given out: a fault while signing with ed25519 or
 * RSA can reveal the key.
 * @param key - a private key
 * @param where - the key's name in messages
 * @throws `signer-key` when TUF has no use for the key; `sign` throws it when the key's halves don't fit each other
 */
export function signerFromPrivateKey(key: KeyObject, where = 'signing key'): Signer {
  if (key.type !== 'private') throw new CountersignError('signer-key', where, `expected a private key, got a ${key.type} key`);
  const description = describeKey(key);
  if (description.kind === 'unsupported') {
    throw new CountersignError('signer-key', where, `expected ${SUPPORTED_KEYS}, got ${description.found}`);
  }
  const { algorithm, publicKey } = description;
  const verifier = parseKey(publicKey, where);
  return {
    publicKey: async () => publicKey,
    sign: async (bytes) => {
      let sig: string;
      try {
        sig = (await rawSignature(key, algorithm, bytes)).toString('hex');
      } catch (error) {
        throw new CountersignError('signer-key', where, `expected a key that can sign, got ${opensslWords(error)}`);
      }
      const verdict = verifySignature(verifier, bytes, sig);
      if (verdict !== 'valid') {
        throw new CountersignError('signer-key', where, `expected a signature that the public half verifies, got one that is ${verdict}`);
      }
      return sig;
    },
  };
}
