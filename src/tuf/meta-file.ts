// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { CountersignError, quote } from './errors.ts';
import { asString, integerField, objectField } from './fields.ts';
import { jsonPath, type JsonObject } from './json.ts';
import { parseVersion, type Version } from './names.ts';

/** Digests by algorithm, lower-case hex. Only sha256 and sha512 can be verified; others are kept, and refuse the bytes that they are listed for. */
export type Hashes = ReadonlyMap<string, string>;

/** What one metadata file says of another (TUF §4.4, §4.6). */
export interface MetaFile {
  readonly version: Version;
  /** In bytes. */
  readonly length: number | null;
  readonly hashes: Hashes | null;
}

const KNOWN: ReadonlyMap<string, number> = new Map([
  ['sha256', 64],
  ['sha512', 128],
]);

/** Parses a length in bytes. @throws `length-invalid` when negative */
export function parseLength(raw: JsonObject, where: string): number {
  const length = integerField(raw, 'length', where);
  // @check length-negative
  if (length < 0) throw new CountersignError('length-invalid', jsonPath(where, 'length'), `expected at least 0, got ${String(length)}`);
  return length;
}

/**
 * Parses `hashes`: at least one, and at least one that can be verified here; else a file would be accepted unverified (tuf-js
 * downloads such a target).
 * @throws `hashes-missing`, `hash-invalid`
 */
export function parseHashes(raw: JsonObject, where: string): Hashes {
  const hashes = new Map<string, string>();
  let known = 0;
  for (const [algorithm, value] of objectField(raw, 'hashes', where)) {
    // A path only for what is refused: this runs for each of many thousand targets.
    const hex = typeof value === 'string' ? value : asString(value, jsonPath(jsonPath(where, 'hashes'), algorithm));
    const digits = KNOWN.get(algorithm);
    if (digits !== undefined) known++;
    // @check hash-digits
    if (digits !== undefined && !(hex.length === digits && /^[0-9a-f]*$/.test(hex))) {
      throw new CountersignError(
        'hash-invalid',
        jsonPath(jsonPath(where, 'hashes'), algorithm),
        `expected ${String(digits)} lower-case hex digits, got ${quote(hex)}`,
      );
    }
    hashes.set(algorithm, hex);
  }
  // @check hashes-present
  if (known === 0) {
    throw new CountersignError('hashes-missing', jsonPath(where, 'hashes'), 'expected sha256 or sha512, got neither');
  }
  return hashes;
}

/** Parses an entry of `meta`. @throws `version-invalid`, `length-invalid`, `hashes-missing`, `hash-invalid`, `field-*` */
export function parseMetaFile(raw: JsonObject, where: string): MetaFile {
  return {
    version: parseVersion(integerField(raw, 'version', where), `${where}.version`),
    length: raw.has('length') ? parseLength(raw, where) : null,
    hashes: raw.has('hashes') ? parseHashes(raw, where) : null,
  };
}

/**
 * Requires that each digest that is listed for some bytes can be verified here: they must match all of them (TUF §5.5.2, §5.6.2, §5.7.3), and of
 * one that nobody computes nobody knows whether they do. Other clients refuse such bytes too.
 * @throws `hash-invalid`
 */
export function requireKnownDigests(hashes: Hashes, where: string): void {
  for (const algorithm of hashes.keys()) {
    // @check hash-known
    if (!KNOWN.has(algorithm))
      throw new CountersignError('hash-invalid', where, `expected sha256 and sha512 only, got ${quote(algorithm)} too`);
  }
}

/**
 * Requires bytes to have the length and all the digests that are listed for them (TUF §5.5.2, §5.6.2, §5.7.3).
 * @throws `length-mismatch`, `hash-mismatch`, `hash-invalid`
 */
export function requireLengthAndHashes(
  bytes: Uint8Array,
  expected: { readonly length: number | null; readonly hashes: Hashes | null },
  where: string,
): void {
  // @check length-matches
  if (expected.length !== null && bytes.length !== expected.length) {
    throw new CountersignError('length-mismatch', where, `expected ${String(expected.length)} bytes, got ${String(bytes.length)}`);
  }
  if (expected.hashes === null) return;
  requireKnownDigests(expected.hashes, where);
  for (const [algorithm, hex] of expected.hashes) {
    const actual = createHash(algorithm).update(bytes).digest('hex');
    // @check hash-matches
    if (actual !== hex) throw new CountersignError('hash-mismatch', where, `expected ${algorithm} ${hex}, got ${actual}`);
  }
}
