// SPDX-License-Identifier: Apache-2.0
import { encodeCanonicalJson, encodeJsonFile } from './canonical.ts';
import { CountersignError, quote } from './errors.ts';
import { arrayField, asObject, integerField, objectField, stringField } from './fields.ts';
import { parseInstant, type Instant } from './instant.ts';
import { parseJson, type JsonObject, type JsonValue } from './json.ts';
import type { KeyId } from './key.ts';
import { parseVersion, type Version } from './names.ts';
import { sha256Hex } from './sha256.ts';
import { parseSignatures, type SignatureEntry } from './signature.ts';

/** What every `signed` part begins with (TUF §4.3 to §4.6). */
export interface SignedHeader {
  readonly version: Version;
  readonly expires: Instant;
  readonly specVersion: string;
  /** All of `signed`, as it was read. It is what signatures are over; typed fields are views of it. */
  readonly raw: JsonObject;
}

/** A metadata file: a `signed` part and signatures over its canonical bytes. */
export interface Metadata<T extends SignedHeader> {
  readonly signed: T;
  readonly signatures: readonly SignatureEntry[];
  /** The canonical JSON of `signed`: what signatures are over. */
  readonly payload: Uint8Array;
  /** The whole file, unknown fields included. */
  readonly raw: JsonObject;
}

/** The sha256 of a file's payload, lower-case hex: it names what is signed. */
export type PayloadDigest = string & { readonly __brand: 'PayloadDigest' };

/** The digest that names a payload. */
export function payloadDigest(payload: Uint8Array): PayloadDigest {
  const digest: string = sha256Hex(payload);
  return digest as PayloadDigest;
}

/**
 * Parses the head of a `signed` part: `_type`, `spec_version`, `version`, `expires`.
 * @throws `type-mismatch`, `spec-version`, `version-invalid`, `expires-invalid`, `field-missing`, `field-type`
 */
export function parseSignedHeader(raw: JsonObject, type: string, where: string): SignedHeader {
  const actual = stringField(raw, '_type', where);
  // @check type-matches
  if (actual !== type) throw new CountersignError('type-mismatch', `${where}._type`, `expected ${quote(type)}, got ${quote(actual)}`);
  const specVersion = stringField(raw, 'spec_version', where);
  // @check spec-version-supported
  if (!/^1\.\d+(?:\.\d+)?$/.test(specVersion)) {
    throw new CountersignError('spec-version', `${where}.spec_version`, `expected version 1.x, got ${quote(specVersion)}`);
  }
  return {
    version: parseVersion(integerField(raw, 'version', where), `${where}.version`),
    expires: parseInstant(stringField(raw, 'expires', where), `${where}.expires`),
    specVersion,
    raw,
  };
}

/**
 * Parses a metadata file strictly. `parseSigned` reads the part that is particular to the type.
 * @param bytes - JSON, UTF-8
 * @throws the codes of the JSON reader, of {@link parseSignatures} and of `parseSigned`
 */
export function parseMetadata<T extends SignedHeader>(bytes: Uint8Array, parseSigned: (raw: JsonObject, where: string) => T): Metadata<T> {
  return metadataFrom(parseJson(bytes), parseSigned);
}

/** As {@link parseMetadata}, of a value that is parsed already. */
export function metadataFrom<T extends SignedHeader>(value: JsonValue, parseSigned: (raw: JsonObject, where: string) => T): Metadata<T> {
  const raw = asObject(value, '$');
  const signedRaw = objectField(raw, 'signed', '$');
  let payload: Uint8Array | null = null;
  return {
    signed: parseSigned(signedRaw, '$.signed'),
    signatures: parseSignatures(arrayField(raw, 'signatures', '$'), '$.signatures'),
    // Made when it is first asked for: who edits a large file and signs the result never needs the payload of the old one.
    get payload(): Uint8Array {
      payload ??= encodeCanonicalJson(signedRaw);
      return payload;
    },
    raw,
  };
}

/** A signature to put into a file: `sig` in lower-case hex. */
export interface NewSignature {
  readonly keyId: KeyId;
  readonly sig: string;
}

/**
 * Encodes a file with exactly these signatures, sorted by keyid, so that the same facts give the same bytes.
 * Other members of `envelope` (unknown fields) are kept.
 */
export function encodeMetadata(signed: JsonObject, signatures: readonly NewSignature[], envelope: JsonObject = new Map()): Uint8Array {
  const entries = [...signatures].sort((a, b) => (a.keyId < b.keyId ? -1 : 1));
  const file = new Map<string, JsonValue>(envelope);
  file.set('signed', signed);
  file.set(
    'signatures',
    entries.map(
      ({ keyId, sig }): JsonObject =>
        new Map([
          ['keyid', keyId],
          ['sig', sig],
        ]),
    ),
  );
  return encodeJsonFile(file);
}
