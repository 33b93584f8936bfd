// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, ECDH, type KeyObject } from 'node:crypto';
import type { JsonObject } from '../tuf/json.ts';
import type { Algorithm } from '../tuf/key.ts';
import { opensslWords } from './openssl-error.ts';

/** What a key is to TUF, or what was found instead, as words for a message. */
export type KeyDescription =
  | { readonly kind: 'supported'; readonly algorithm: Algorithm; readonly publicKey: JsonObject }
  | { readonly kind: 'unsupported'; readonly found: string };

/** What {@link describeKey} takes, as words for a message. */
export const SUPPORTED_KEYS = 'an ed25519, P-256, P-384 or RSA key';

const MIN_RSA_BITS = 2048;
// OpenSSL refuses to verify with more.
const MAX_RSA_BITS = 16384;

interface Curve {
  readonly algorithm: Algorithm;
  readonly scheme: string;
  readonly openssl: string;
  /** The AlgorithmIdentifier that names the curve, in DER (RFC 5480 §2). */
  readonly identifier: Buffer;
}

const CURVES: readonly Curve[] = [
  {
    algorithm: 'ecdsa-p256',
    scheme: 'ecdsa-sha2-nistp256',
    openssl: 'prime256v1',
    identifier: Buffer.from('301306072a8648ce3d020106082a8648ce3d030107', 'hex'),
  },
  {
    algorithm: 'ecdsa-p384',
    scheme: 'ecdsa-sha2-nistp384',
    openssl: 'secp384r1',
    identifier: Buffer.from('301006072a8648ce3d020106052b81040022', 'hex'),
  },
];
const P521_OID = Buffer.from('06052b81040023', 'hex');

function tufKey(keytype: string, scheme: string, value: string): JsonObject {
  return new Map<string, string | JsonObject>([
    ['keytype', keytype],
    ['keyval', new Map([['public', value]])],
    ['scheme', scheme],
  ]);
}

function unsupported(found: string): KeyDescription {
  return { kind: 'unsupported', found };
}

function spkiPem(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'spki' }).toString();
}

/** An uncompressed point of a SubjectPublicKeyInfo in OpenSSL's DER; null when it isn't of `curve`. */
function pointOf(spki: Buffer, curve: Curve): Buffer | null {
  const start = (spki[1] ?? 0) < 0x80 ? 2 : 3;
  const end = start + curve.identifier.length;
  if (!spki.subarray(start, end).equals(curve.identifier)) return null;
  // After the BIT STRING's tag, length and count of unused bits.
  const point = spki.subarray(end + 3).toString('hex');
  // OpenSSL writes a point in the form in which it read it, so one key would have several texts.
  const uncompressed = ECDH.convertKey(point, curve.openssl, 'hex', 'hex', 'uncompressed');
  return Buffer.from(uncompressed.toString(), 'hex');
}

function describeEc(key: KeyObject): KeyDescription {
  let spki: Buffer;
  try {
    // First of all: a point at infinity fails here, while Node 20 aborts the process when asked for its curve or for a JWK.
    spki = key.export({ format: 'der', type: 'spki' });
  } catch (error) {
    return unsupported(`an elliptic curve key that can't be written (${opensslWords(error)})`);
  }
  for (const curve of CURVES) {
    const point = pointOf(spki, curve);
    if (point === null) continue;
    const bitString = Buffer.concat([Buffer.from([0x03, point.length + 1, 0x00]), point]);
    const der = Buffer.concat([Buffer.from([0x30, curve.identifier.length + bitString.length]), curve.identifier, bitString]);
    const pem = spkiPem(createPublicKey({ key: der, format: 'der', type: 'spki' }));
    return { kind: 'supported', algorithm: curve.algorithm, publicKey: tufKey('ecdsa', curve.scheme, pem) };
  }
  return unsupported(spki.includes(P521_OID) ? 'a P-521 key' : 'a key on another curve, or with its curve spelled out');
}

function describeRsa(key: KeyObject): KeyDescription {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  const exponent = key.asymmetricKeyDetails?.publicExponent ?? 0n;
  if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS)
    return unsupported(`an RSA key of ${bits} bits (${MIN_RSA_BITS} to ${MAX_RSA_BITS} work)`);
  // With the exponent 1 everyone can sign; an even one has no private half.
  if (exponent < 3n || exponent % 2n === 0n) return unsupported('an RSA key with an unsafe public exponent');
  return { kind: 'supported', algorithm: 'rsa-pss-sha256', publicKey: tufKey('rsa', 'rsassa-pss-sha256', spkiPem(key)) };
}

/**
 * Describes a key by its public half, as a TUF key object (TUF §4.2). `keyval.public` is 64 lower-case hex digits for
 * ed25519, otherwise the SubjectPublicKeyInfo in PEM exactly as Node writes it, with its last newline.
 * @param key - public or private
 */
export function describeKey(key: KeyObject): KeyDescription {
  if (key.type === 'secret') return unsupported('a symmetric key');
  const half = key.type === 'private' ? createPublicKey(key) : key;
  switch (half.asymmetricKeyType) {
    case 'ed25519': {
      const point = half.export({ format: 'der', type: 'spki' }).subarray(-32);
      return { kind: 'supported', algorithm: 'ed25519', publicKey: tufKey('ed25519', 'ed25519', point.toString('hex')) };
    }
    case 'ec':
      return describeEc(half);
    case 'rsa':
      return describeRsa(half);
    case 'rsa-pss':
      return unsupported('an RSA-PSS key (only keys of plain RSA are read by all clients)');
    default:
      return unsupported(`a key of the type ${half.asymmetricKeyType ?? '(unknown)'}`);
  }
}
