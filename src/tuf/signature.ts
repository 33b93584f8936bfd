// SPDX-License-Identifier: Apache-2.0
import { constants, verify, type KeyObject } from 'node:crypto';
import { CountersignError, quote } from './errors.ts';
import { asObject, stringField } from './fields.ts';
import { jsonPath, type JsonObject, type JsonValue } from './json.ts';
import { verifyMlDsa } from './ml-dsa.ts';
import { parseKeyId, type KeyId, type PublicKey } from './key.ts';

/** An entry of `signatures` (TUF §4.2.1). */
export interface SignatureEntry {
  readonly keyId: KeyId;
  /** Hex as it was written; empty where a signature is still awaited (tuf-on-ci writes those). */
  readonly sig: string;
  readonly raw: JsonObject;
}

/** What a signature is worth for one key and one payload. */
export type SignatureVerdict = 'valid' | 'invalid' | 'malformed' | 'key-unusable';

const HEX = /^(?:[0-9a-f]{2})+$/;
const ED25519_SIGNATURE_BYTES = 64;

/**
 * Parses the `signatures` of a file.
 * @throws `keyid-repeated` (TUF §4.2.1: a keyid must not repeat), `field-type`, `field-missing`
 */
export function parseSignatures(values: readonly JsonValue[], where: string): readonly SignatureEntry[] {
  const seen = new Set<string>();
  return values.map((value, index) => {
    const path = jsonPath(where, index);
    const raw = asObject(value, path);
    const keyId = parseKeyId(stringField(raw, 'keyid', path), jsonPath(path, 'keyid'));
    // @check signature-keyid-repeated
    if (seen.has(keyId)) throw new CountersignError('keyid-repeated', path, `expected each keyid once, got ${quote(keyId)} again`);
    seen.add(keyId);
    return { keyId, sig: stringField(raw, 'sig', path), raw };
  });
}

function verifyRsaPss(hash: 'sha256' | 'sha384' | 'sha512', key: KeyObject, payload: Uint8Array, bytes: Uint8Array): SignatureVerdict {
  // OpenSSL takes a signature whose first byte is zero without that byte too: one signature would have two spellings.
  // @check signature-rsa-length
  if (bytes.length !== Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8)) return 'malformed';
  const pss = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO };
  return verify(hash, payload, pss, bytes) ? 'valid' : 'invalid';
}

/**
 * Verifies one signature, with node:crypto but for ML-DSA where it has none. Encodings are strict: lower-case hex of whole bytes; 64 bytes for ed25519;
 * DER for ecdsa (OpenSSL re-encodes and compares); for RSA-PSS as many bytes as the modulus (RFC 8017 §8.1.2), and the salt may have any length, as
 * securesystemslib writes it; for ML-DSA as many bytes as its parameters have.
 */
export function verifySignature(key: PublicKey, payload: Uint8Array, sig: string): SignatureVerdict {
  const { material } = key;
  if (material.kind === 'unusable') return 'key-unusable';
  // Buffer.from(…, 'hex') would stop at the first character that is no hex digit and ignore the rest.
  // @check signature-hex
  if (!HEX.test(sig)) return 'malformed';
  const bytes = Buffer.from(sig, 'hex');
  switch (material.algorithm) {
    case 'ed25519':
      if (bytes.length !== ED25519_SIGNATURE_BYTES) return 'malformed';
      return verify(null, payload, material.keyObject, bytes) ? 'valid' : 'invalid';
    case 'ecdsa-p256':
      return verify('sha256', payload, material.keyObject, bytes) ? 'valid' : 'invalid';
    case 'ecdsa-p384':
      return verify('sha384', payload, material.keyObject, bytes) ? 'valid' : 'invalid';
    case 'rsa-pss-sha256':
      return verifyRsaPss('sha256', material.keyObject, payload, bytes);
    case 'rsa-pss-sha384':
      return verifyRsaPss('sha384', material.keyObject, payload, bytes);
    case 'rsa-pss-sha512':
      return verifyRsaPss('sha512', material.keyObject, payload, bytes);
    case 'ml-dsa-44':
    case 'ml-dsa-65':
    case 'ml-dsa-87':
      return verifyMlDsa(material.algorithm, material.spki, payload, bytes);
    default:
      return material satisfies never;
  }
}
