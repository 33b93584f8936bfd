// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseMetaFile, requireLengthAndHashes } from '../../src/tuf/meta-file.ts';
import { bytes, codeOf, object } from './support.ts';

const data = bytes('content');
const sha256 = createHash('sha256').update(data).digest('hex');
const sha512 = createHash('sha512').update(data).digest('hex');
const wrong = '0'.repeat(64);

describe('bytes have the length and every digest that is listed for them', () => {
  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['only a version', {}, 'accepted'],
    ['the length', { length: 7 }, 'accepted'],
    ['one byte more', { length: 8 }, 'length-mismatch'],
    ['one byte less', { length: 6 }, 'length-mismatch'],
    ['length 0', { length: 0 }, 'length-mismatch'],
    ['sha256', { hashes: { sha256 } }, 'accepted'],
    ['another sha256', { hashes: { sha256: wrong } }, 'hash-mismatch'],
    ['sha512', { hashes: { sha512 } }, 'accepted'],
    ['both', { hashes: { sha256, sha512 } }, 'accepted'],
    ['a good sha256 beside a wrong sha512', { hashes: { sha256, sha512: wrong + wrong } }, 'hash-mismatch'],
    ['a good sha512 beside a wrong sha256', { hashes: { sha512, sha256: wrong } }, 'hash-mismatch'],
    ['a digest nobody knows beside sha256', { hashes: { 'x-hash': 'zz', sha256 } }, 'hash-invalid'],
    ['a digest nobody knows beside a wrong sha256', { hashes: { 'x-hash': 'zz', sha256: wrong } }, 'hash-invalid'],
    ['the length with a wrong sha256', { length: 7, hashes: { sha256: wrong } }, 'hash-mismatch'],
  ])('%s: %s', (_, members, code) => {
    const listed = parseMetaFile(object({ version: 1, ...members }), '$');
    expect(codeOf(() => requireLengthAndHashes(data, listed, 'file'))).toBe(code);
  });
});
