// SPDX-License-Identifier: Apache-2.0
// ML-DSA (FIPS 204) as TAP 21 signs with it. Node verifies it from 24.7 on; before that a library does, so that one file has one verdict everywhere.
import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { ml_dsa44, ml_dsa65, ml_dsa87 } from '@noble/post-quantum/ml-dsa.js';

/** The parameter sets of FIPS 204. */
export type MlDsaAlgorithm = 'ml-dsa-44' | 'ml-dsa-65' | 'ml-dsa-87';

interface Parameters {
  readonly algorithm: MlDsaAlgorithm;
  /** All of the SubjectPublicKeyInfo that stands before the key (RFC 9881). */
  readonly spkiPrefix: Buffer;
  readonly keyBytes: number;
  readonly signatureBytes: number;
  /** Verifies with an empty context. */
  readonly verify: (signature: Uint8Array, message: Uint8Array, key: Uint8Array) => boolean;
}

const ALL: readonly Parameters[] = [
  {
    algorithm: 'ml-dsa-44',
    spkiPrefix: Buffer.from('30820532300b06096086480165030403110382052100', 'hex'),
    keyBytes: 1312,
    signatureBytes: 2420,
    verify: (signature, message, key) => ml_dsa44.verify(signature, message, key),
  },
  {
    algorithm: 'ml-dsa-65',
    spkiPrefix: Buffer.from('308207b2300b0609608648016503040312038207a100', 'hex'),
    keyBytes: 1952,
    signatureBytes: 3309,
    verify: (signature, message, key) => ml_dsa65.verify(signature, message, key),
  },
  {
    algorithm: 'ml-dsa-87',
    spkiPrefix: Buffer.from('30820a32300b060960864801650304031303820a2100', 'hex'),
    keyBytes: 2592,
    signatureBytes: 4627,
    verify: (signature, message, key) => ml_dsa87.verify(signature, message, key),
  },
];

/** What TAP 21 signs in place of the canonical JSON: a tag, the version of this form, and a digest. */
const PREFIX = Buffer.concat([Buffer.from('tuf'), Buffer.from([1])]);

/** What is signed for a payload: `tuf`, the byte 1, the SHA-512 of the payload (TAP 21). */
export function mlDsaMessage(payload: Uint8Array): Uint8Array {
  return Buffer.concat([PREFIX, createHash('sha512').update(payload).digest()]);
}

/** The parameter set that a public key is of; null when the bytes are no such key. @param spki - SubjectPublicKeyInfo in DER, of which there is one form */
export function mlDsaAlgorithmOf(spki: Uint8Array): MlDsaAlgorithm | null {
  const isOf = ({ spkiPrefix, keyBytes }: Parameters): boolean =>
    spki.length === spkiPrefix.length + keyBytes && spkiPrefix.equals(spki.subarray(0, spkiPrefix.length));
  return ALL.find(isOf)?.algorithm ?? null;
}

/** The key as Node knows it; null where Node doesn't. */
function nativeKey(spki: Uint8Array, algorithm: MlDsaAlgorithm): KeyObject | null {
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    const type: string | undefined = key.asymmetricKeyType;
    return type === algorithm ? key : null;
  } catch (error) {
    // An OpenSSL before 3.5 knows no such key.
    if (!(error instanceof Error)) throw error;
    return null;
  }
}

/**
 * Verifies a signature over a payload (TAP 21).
 * @param spki - as {@link mlDsaAlgorithmOf} takes it, of this parameter set
 * @param by - `library` leaves Node out, so that both can be compared
 */
export function verifyMlDsa(
  algorithm: MlDsaAlgorithm,
  spki: Uint8Array,
  payload: Uint8Array,
  signature: Uint8Array,
  by: 'either' | 'library' = 'either',
): 'valid' | 'invalid' | 'malformed' {
  const parameters = ALL.find((one) => one.algorithm === algorithm);
  if (signature.length !== parameters?.signatureBytes) return 'malformed';
  const message = mlDsaMessage(payload);
  const native = by === 'library' ? null : nativeKey(spki, algorithm);
  const isValid =
    native === null
      ? parameters.verify(signature, message, spki.subarray(parameters.spkiPrefix.length))
      : verify(null, message, native, signature);
  return isValid ? 'valid' : 'invalid';
}
