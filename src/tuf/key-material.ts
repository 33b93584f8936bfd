// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, type KeyObject, type PublicKeyInput } from 'node:crypto';
import { quote } from './errors.ts';
import { mlDsaAlgorithmOf, type MlDsaAlgorithm } from './ml-dsa.ts';
import { sha256Hex } from './sha256.ts';
import { isWeakEd25519 } from './weak-ed25519.ts';

/** What a key is, whatever it is called: the sha256 of its SubjectPublicKeyInfo in DER, hex. Signatures are counted by it. */
export type KeyIdentity = string & { readonly __brand: 'KeyIdentity' };

/** What signatures are made with here. */
export type Algorithm = 'ed25519' | 'ecdsa-p256' | 'ecdsa-p384' | 'rsa-pss-sha256';
/** What is verified by `node:crypto` for clients: what other makers sign with too. */
export type ClassicAlgorithm = Algorithm | 'rsa-pss-sha384' | 'rsa-pss-sha512';

/** What a key can do: verify, or nothing (an unknown type, or material that does not fit its type). */
export type KeyMaterial =
  | { readonly kind: 'usable'; readonly algorithm: ClassicAlgorithm; readonly identity: KeyIdentity; readonly keyObject: KeyObject }
  | { readonly kind: 'usable'; readonly algorithm: MlDsaAlgorithm; readonly identity: KeyIdentity; readonly spki: Uint8Array }
  | { readonly kind: 'unusable'; readonly reason: string };

const ED25519_SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
/** An elliptic curve's public keys: all of the SubjectPublicKeyInfo that stands before an uncompressed point. */
interface Curve {
  readonly algorithm: Algorithm;
  readonly spkiPrefix: Buffer;
  /** Of an uncompressed point, its first byte 0x04 included. */
  readonly pointBytes: number;
}

const P256: Curve = {
  algorithm: 'ecdsa-p256',
  spkiPrefix: Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex'),
  pointBytes: 65,
};
const P384: Curve = {
  algorithm: 'ecdsa-p384',
  spkiPrefix: Buffer.from('3076301006072a8648ce3d020106052b81040022036200', 'hex'),
  pointBytes: 97,
};
const UNCOMPRESSED = 4;
const MIN_RSA_BITS = 2048;
const SIGNING: ReadonlySet<string> = new Set<Algorithm>(['ed25519', 'ecdsa-p256', 'ecdsa-p384', 'rsa-pss-sha256']);

/** A key that never counts, and why. */
export function unusable(reason: string): KeyMaterial {
  return { kind: 'unusable', reason };
}

/** The KeyObject of a public key; null when OpenSSL can't read it. */
function publicKeyOf(input: PublicKeyInput): KeyObject | null {
  try {
    return createPublicKey(input);
  } catch (error) {
    // It throws only over the key's bytes, which are anyone's; Node 20 gives the error a code, Node 24 none.
    if (!(error instanceof Error)) throw error;
    return null;
  }
}

function usable(algorithm: ClassicAlgorithm, keyObject: KeyObject, spki: Uint8Array): KeyMaterial {
  const identity: string = sha256Hex(spki);
  return { kind: 'usable', algorithm, identity: identity as KeyIdentity, keyObject };
}

function ed25519Material(text: string): KeyMaterial {
  // @check key-ed25519-format
  if (!/^[0-9a-f]{64}$/.test(text)) return unusable('ed25519 needs 64 lower-case hex digits');
  const point = Buffer.from(text, 'hex');
  // @check key-ed25519-weak
  if (isWeakEd25519(point)) return unusable('this ed25519 key lets anyone sign, or has a second spelling');
  const spki = Buffer.concat([ED25519_SPKI_PREFIX, point]);
  return usable('ed25519', createPublicKey({ key: spki, format: 'der', type: 'spki' }), spki);
}

/** The bytes of a PEM "PUBLIC KEY" with which a text begins; null when it begins otherwise. */
function pemBodyOf(text: string): Buffer | null {
  const base64 = /^-----BEGIN PUBLIC KEY-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END PUBLIC KEY-----/.exec(text)?.[1];
  return base64 === undefined ? null : Buffer.from(base64, 'base64');
}

/** The SubjectPublicKeyInfo that a text holds: in PEM, in hex, or as a P-256 point in hex, as tough writes it. Null when there is none. */
function ecdsaSpkiOf(text: string): Buffer | null {
  if (/^(?:[0-9a-f]{2})+$/i.test(text)) {
    const bytes = Buffer.from(text, 'hex');
    return bytes.length === P256.pointBytes ? Buffer.concat([P256.spkiPrefix, bytes]) : bytes;
  }
  return pemBodyOf(text);
}

function ecdsaMaterial(text: string, curve: Curve): KeyMaterial {
  const spki = ecdsaSpkiOf(text);
  const { algorithm, spkiPrefix, pointBytes } = curve;
  // Bytes are compared before OpenSSL reads them. A compressed point or written-out curve parameters would give one key two identities,
  // and so two votes to one signature; and Node aborts the process when asked about the point at infinity.
  // @check key-ecdsa-spelling
  if (
    spki?.length !== spkiPrefix.length + pointBytes ||
    !spki.subarray(0, spkiPrefix.length).equals(spkiPrefix) ||
    spki[spkiPrefix.length] !== UNCOMPRESSED
  ) {
    return unusable('ecdsa needs a public key in PEM, on the curve of its scheme, with an uncompressed point');
  }
  const key = publicKeyOf({ key: spki, format: 'der', type: 'spki' });
  return key === null ? unusable('this ecdsa point is not on its curve') : usable(algorithm, key, spki);
}

function rsaMaterial(text: string, algorithm: ClassicAlgorithm): KeyMaterial {
  // A private key is refused: createPublicKey would take it.
  const isPublic = /^-----BEGIN (RSA )?PUBLIC KEY-----\r?\n/.test(text);
  const key = isPublic ? publicKeyOf({ key: text, format: 'pem' }) : null;
  // @check key-rsa-type
  if (key?.asymmetricKeyType !== 'rsa') return unusable('rsa needs a public key in PEM');
  const { modulusLength: bits = 0, publicExponent: exponent = 0n } = key.asymmetricKeyDetails ?? {};
  // @check key-rsa-size
  if (bits < MIN_RSA_BITS) return unusable(`rsa needs ${String(MIN_RSA_BITS)} bits, this key has ${String(bits)}`);
  // With the exponent 1 a signature is the padded message itself, which anyone can write.
  // @check key-rsa-exponent
  if (exponent < 3n || exponent % 2n === 0n) return unusable(`rsa needs an odd exponent of at least 3, this key has ${String(exponent)}`);
  return usable(algorithm, key, key.export({ format: 'der', type: 'spki' }));
}

function mlDsaMaterial(text: string, algorithm: MlDsaAlgorithm): KeyMaterial {
  const spki = pemBodyOf(text);
  // @check key-ml-dsa-format
  if (spki === null || mlDsaAlgorithmOf(spki) !== algorithm)
    return unusable('ml-dsa needs a public key in PEM, of the parameters of its scheme');
  const identity: string = sha256Hex(spki);
  return { kind: 'usable', algorithm, identity: identity as KeyIdentity, spki };
}

/** Whether signatures of this kind are made here. */
export function isSigningAlgorithm(algorithm: ClassicAlgorithm | MlDsaAlgorithm): algorithm is Algorithm {
  return SIGNING.has(algorithm);
}

/** What a key can do, by its type, its scheme and its public text. */
export function materialOf(keytype: string, scheme: string, value: string): KeyMaterial {
  switch (`${keytype}/${scheme}`) {
    case 'ed25519/ed25519':
      return ed25519Material(value);
    case 'ecdsa/ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp256/ecdsa-sha2-nistp256':
      return ecdsaMaterial(value, P256);
    case 'ecdsa/ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp384/ecdsa-sha2-nistp384':
      return ecdsaMaterial(value, P384);
    case 'rsa/rsassa-pss-sha256':
      return rsaMaterial(value, 'rsa-pss-sha256');
    case 'rsa/rsassa-pss-sha384':
      return rsaMaterial(value, 'rsa-pss-sha384');
    case 'rsa/rsassa-pss-sha512':
      return rsaMaterial(value, 'rsa-pss-sha512');
    // TAP 21: the number behind the slash is the version of what is signed.
    case 'ml-dsa/ml-dsa-44/1':
      return mlDsaMaterial(value, 'ml-dsa-44');
    case 'ml-dsa/ml-dsa-65/1':
      return mlDsaMaterial(value, 'ml-dsa-65');
    case 'ml-dsa/ml-dsa-87/1':
      return mlDsaMaterial(value, 'ml-dsa-87');
    default:
      return unusable(`the key type ${quote(keytype)} with scheme ${quote(scheme)} is not known here`);
  }
}
