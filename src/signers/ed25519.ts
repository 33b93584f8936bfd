// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { CountersignError } from '../tuf/errors.ts';

/** Length of a seed and of a public point, in bytes (RFC 8032 §5.1.5). */
export const ED25519_BYTES = 32;

// RFC 8410 §7 and §4: everything that comes before the 32 bytes themselves.
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * The private key of a seed, always the same one.
 * @param seed - 32 bytes
 * @throws `signer-key` for another length
 */
export function ed25519FromSeed(seed: Uint8Array): KeyObject {
  if (seed.length !== ED25519_BYTES) throw new CountersignError('signer-key', 'ed25519 seed', `expected 32 bytes, got ${seed.length}`);
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
}

/**
 * The public key of a point, which is not checked to be a good one: `parseKey` in `tuf/key.ts` does that.
 * @param point - 32 bytes, as RFC 8032 §5.1.2 encodes it
 * @throws `key-invalid` for another length
 */
export function ed25519FromPoint(point: Uint8Array): KeyObject {
  if (point.length !== ED25519_BYTES) throw new CountersignError('key-invalid', 'ed25519 point', `expected 32 bytes, got ${point.length}`);
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, point]), format: 'der', type: 'spki' });
}
