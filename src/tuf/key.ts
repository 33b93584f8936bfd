// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, type KeyObject, type PublicKeyInput } from 'node:crypto';
import { encodeCanonicalJson } from './canonical.ts';
import { CountersignError, quote } from './errors.ts';
import { asObject, asString, objectField, stringField } from './fields.ts';
import { jsonPath, type JsonObject } from './json.ts';
import { sha256Hex } from './sha256.ts';
import { isWeakEd25519 } from './weak-ed25519.ts';

/** The id under which a file lists a key: for a correct key the sha256 of its canonical JSON, lower-case hex (TUF §4.2.1). */
export type KeyId = string & { readonly __brand: 'KeyId' };
/** What a key is, whatever it is called: the sha256 of its SubjectPublicKeyInfo in DER, hex. Signatures are counted by it. */
export type KeyIdentity = string & { readonly __brand: 'KeyIdentity' };

/** The schemes whose signatures are verified here. */
export type Algorithm = 'ed25519' | 'ecdsa-p256' | 'ecdsa-p384' | 'rsa-pss-sha256';

/** What a key can do: verify, or nothing (an unknown type, or material that does not fit its type). */
export type KeyMaterial =
  | { readonly kind: 'usable'; readonly algorithm: Algorithm; readonly identity: KeyIdentity; readonly keyObject: KeyObject }
  | { readonly kind: 'unusable'; readonly reason: string };

/** A public key as metadata lists it (TUF §4.2). */
export interface PublicKey {
  /** The id that the key is: sha256 of its canonical JSON. A file may list it under another. */
  readonly keyId: KeyId;
  readonly keytype: string;
  readonly scheme: string;
  readonly material: KeyMaterial;
  /** The whole key object: unknown fields are part of the keyid and survive. */
  readonly raw: JsonObject;
}

/**
 * How a file's keys are read.
 *
 * - `maker`: as whoever writes, signs or gathers. A key has the id that it is (TUF §4.2.1), so that an id means one key in every file.
 * - `client`: as whoever updates. An id is a name within its file, whatever its text (TAP 12): real repositories have other ids.
 */
export type KeyReader = 'maker' | 'client';

/** Keys by the id that one file lists them under. Tables of two files are never joined: the same id may name another key there. */
export type KeyTable<R extends KeyReader = 'maker'> = ReadonlyMap<KeyId, PublicKey> & {
  /** Who read it. What a client read is no table for a maker: the compiler refuses it. */
  readonly reader: R;
};

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

/** The keyid of a key object: sha256 over the canonical JSON of all of it, unknown fields included (TUF §4.2.1). */
export function keyIdOf(raw: JsonObject): KeyId {
  const digest: string = sha256Hex(encodeCanonicalJson(raw));
  return digest as KeyId;
}

/** Parses an id that names a key. @throws `key-invalid` when empty */
export function parseKeyId(text: string, where: string): KeyId {
  // @check keyid-empty
  if (text === '') throw new CountersignError('key-invalid', where, 'expected a keyid, got an empty string');
  return text as KeyId;
}

function unusable(reason: string): KeyMaterial {
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

function usable(algorithm: Algorithm, keyObject: KeyObject, spki: Uint8Array): KeyMaterial {
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

/** The SubjectPublicKeyInfo that a text holds: in PEM, in hex, or as a P-256 point in hex, as tough writes it. Null when there is none. */
function ecdsaSpkiOf(text: string): Buffer | null {
  if (/^(?:[0-9a-f]{2})+$/i.test(text)) {
    const bytes = Buffer.from(text, 'hex');
    return bytes.length === P256.pointBytes ? Buffer.concat([P256.spkiPrefix, bytes]) : bytes;
  }
  const base64 = /^-----BEGIN PUBLIC KEY-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END PUBLIC KEY-----/.exec(text)?.[1];
  return base64 === undefined ? null : Buffer.from(base64, 'base64');
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

function rsaMaterial(text: string): KeyMaterial {
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
  return usable('rsa-pss-sha256', key, key.export({ format: 'der', type: 'spki' }));
}

function materialOf(keytype: string, scheme: string, value: string): KeyMaterial {
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
      return rsaMaterial(value);
    default:
      return unusable(`the key type ${quote(keytype)} with scheme ${quote(scheme)} is not known here`);
  }
}

/**
 * Parses a key object (TUF §4.2). A key of an unknown type, or whose material does not fit its type, is kept
 * as `unusable` and never counts: dropping it would change what was signed.
 * @throws `field-missing`, `field-type` when `keytype`, `scheme` or `keyval` is missing or no string or object, or a member of `keyval` is no string
 */
export function parseKey(raw: JsonObject, where: string): PublicKey {
  const keytype = stringField(raw, 'keytype', where);
  const scheme = stringField(raw, 'scheme', where);
  const keyval = objectField(raw, 'keyval', where);
  // Other clients refuse a file with anything else here, and whoever reads on would be alone with it.
  for (const [name, member] of keyval) {
    // @check keyval-text
    asString(member, jsonPath(jsonPath(where, 'keyval'), name));
  }
  const value = keyval.get('public');
  const material = typeof value === 'string' ? materialOf(keytype, scheme, value) : unusable('keyval has no public text');
  return { keyId: keyIdOf(raw), keytype, scheme, material, raw };
}

/** What becomes of a key that a file lists under an id. */
function listed(key: PublicKey, id: KeyId, reader: KeyReader): PublicKey {
  if (reader === 'client') return key;
  // @check keyid-matches
  if (key.keyId !== id) return { ...key, material: unusable(`its keyid is ${key.keyId}, not ${quote(id)}`) };
  return key;
}

/**
 * Parses an object of keys by keyid. For a maker a key under an id that is not its own never counts. It stays in the table all the same:
 * dropping it would change what was signed. For a client it counts under the id that it stands under. Votes are counted by what a key is
 * ({@link KeyIdentity}), so that one key under two ids has one vote.
 * @throws `field-type`, `field-missing`, `key-invalid`
 */
export function parseKeyTable<R extends KeyReader>(value: JsonObject, where: string, reader: R): KeyTable<R> {
  const table = new Map<KeyId, PublicKey>();
  for (const [id, raw] of value) {
    const path = jsonPath(where, id);
    const keyId = parseKeyId(id, path);
    table.set(keyId, listed(parseKey(asObject(raw, path), path), keyId, reader));
  }
  return Object.assign(table, { reader });
}

/** The keys of a table whose id is not the sha256 of the key, by that id. Clients of some makers refuse such a file. */
export function misnamedKeys(keys: KeyTable<KeyReader>): ReadonlyMap<KeyId, PublicKey> {
  return new Map([...keys].filter(([id, key]) => key.keyId !== id));
}
