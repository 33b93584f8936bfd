// SPDX-License-Identifier: Apache-2.0
import { encodeCanonicalJson } from './canonical.ts';
import { CountersignError, quote } from './errors.ts';
import { asObject, asString, objectField, stringField } from './fields.ts';
import { jsonPath, type JsonObject } from './json.ts';
import { isSigningAlgorithm, materialOf, unusable, type KeyMaterial } from './key-material.ts';
import { sha256Hex } from './sha256.ts';

export type { Algorithm, KeyIdentity, KeyMaterial } from './key-material.ts';

/** The id under which a file lists a key: for a correct key the sha256 of its canonical JSON, lower-case hex (TUF §4.2.1). */
export type KeyId = string & { readonly __brand: 'KeyId' };
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
 * - `maker`: as whoever writes, signs or gathers. A key has the id that it is (TUF §4.2.1), so that an id means one key in every file, and its signatures are
 *   of the kinds that are made here, which most clients read.
 * - `client`: as whoever updates. An id is a name within its file, whatever its text (TAP 12): real repositories have other ids. Every kind of signature counts
 *   that can be verified here.
 */
export type KeyReader = 'maker' | 'client';

/** Keys by the id that one file lists them under. Tables of two files are never joined: the same id may name another key there. */
export type KeyTable<R extends KeyReader = 'maker'> = ReadonlyMap<KeyId, PublicKey> & {
  /** Who read it. What a client read is no table for a maker: the compiler refuses it. */
  readonly reader: R;
};

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
  const { material } = key;
  // @check key-made-here
  if (material.kind === 'usable' && !isSigningAlgorithm(material.algorithm))
    return { ...key, material: unusable(`few clients verify ${material.algorithm} signatures, and nothing may depend on one`) };
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
