// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { CountersignError, quote } from './errors.ts';
import { asString, integerField, objectField } from './fields.ts';
import { jsonPath, type JsonObject } from './json.ts';
import { parseVersion, type Version } from './names.ts';

/** Digests by algorithm, lower-case hex. Only sha256 and sha512 can be verified; others are kept. */
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
  const path = jsonPath(where, 'hashes');
  const hashes = new Map<string, string>();
  for (const [algorithm, value] of objectField(raw, 'hashes', where)) {
    const hex = asString(value, jsonPath(path, algorithm));
    const digits = KNOWN.get(algorithm);
    // @check hash-digits
    if (digits !== undefined && !(hex.length === digits && /^[0-9a-f]*$/.test(hex))) {
      throw new CountersignError(
        'hash-invalid',
        jsonPath(path, algorithm),
        `expected ${String(digits)} lower-case hex digits, got ${quote(hex)}`,
      );
    }
    hashes.set(algorithm, hex);
  }
  // @check hashes-present
  if (![...hashes.keys()].some((algorithm) => KNOWN.has(algorithm))) {
    throw new CountersignError('hashes-missing', path, 'expected sha256 or sha512, got neither');
  }
  return hashes;
}

/** Parses an entry of `meta`. @throws `version-invalid`, `length-invalid`, `hashes-missing`, `hash-invalid`, `field-*` */
export function parseMetaFile(raw: JsonObject, where: string): MetaFile {
  return {
    version: parseVersion(integerField(raw, 'version', where), jsonPath(where, 'version')),
    length: raw.has('length') ? parseLength(raw, where) : null,
    hashes: raw.has('hashes') ? parseHashes(raw, where) : null,
  };
}

/**
 * Requires bytes to have the length and all the known digests that are listed for them (TUF §5.5.2, §5.6.2, §5.7.3).
 * @throws `length-mismatch`, `hash-mismatch`
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
  for (const [algorithm, hex] of expected.hashes ?? []) {
    if (!KNOWN.has(algorithm)) continue;
    const actual = createHash(algorithm).update(bytes).digest('hex');
    // @check hash-matches
    if (actual !== hex) throw new CountersignError('hash-mismatch', where, `expected ${algorithm} ${hex}, got ${actual}`);
  }
}
