// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { decodeBase64, isOneDerSequence, parsePem } from '../../src/signers/pem.ts';

describe('parsePem', () => {
  test('gives every block with its bytes', () => {
    const reading = parsePem('-----BEGIN A-----\nAQID\nBA==\n-----END A-----\n\n-----BEGIN B C-----\r\nBQ==\r\n-----END B C-----');
    const blocks = reading.kind === 'blocks' ? reading.blocks.map(({ label, body }) => [label, [...body]]) : [];
    expect(blocks).toEqual([
      ['A', [1, 2, 3, 4]],
      ['B C', [5]],
    ]);
  });

  test('tells by its headers a block that is encrypted', () => {
    const text = '-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAQID\n-----END A-----\n';
    const reading = parsePem(text);
    expect(reading.kind === 'blocks' && reading.blocks[0].encrypted).toBe(true);
    expect(reading.kind === 'blocks' && reading.blocks[0].text).toBe(text);
    const plain = parsePem(text.replace('Proc-Type: 4,ENCRYPTED', 'Comment: none'));
    expect(plain.kind === 'blocks' && plain.blocks[0].encrypted).toBe(false);
  });

  test.each([
    { name: 'a text without blocks', text: 'AQID', kind: 'none' },
    { name: 'a block in a block', text: '-----BEGIN A-----\n-----BEGIN A-----\nAQID\n-----END A-----\n', kind: 'malformed' },
    { name: 'an empty block', text: '-----BEGIN A-----\n-----END A-----\n', kind: 'malformed' },
    { name: 'a block of headers', text: '-----BEGIN A-----\nX: y\n\n-----END A-----\n', kind: 'malformed' },
    { name: 'a block that begins within a line', text: 'x -----BEGIN A-----\nAQID\n-----END A-----\n', kind: 'malformed' },
    { name: 'a label in lower case', text: '-----BEGIN a-----\nAQID\n-----END a-----\n', kind: 'malformed' },
    { name: 'an end without beginning', text: '-----BEGIN A-----\nAQID\n-----END A-----\n-----END A-----\n', kind: 'malformed' },
    { name: 'many beginnings', text: '-----BEGIN A-----\n'.repeat(50_000), kind: 'malformed' },
  ])('$name: $kind', ({ text, kind }) => {
    expect(parsePem(text).kind).toBe(kind);
  });
});

describe('decodeBase64', () => {
  test.each(['AQID', 'AQ==', '', '+/+/'])('reads %j', (text) => {
    expect(decodeBase64(text)?.toString('base64')).toBe(text);
  });
  test.each(['AQ=', 'AQ', 'AR==', 'A QID', '-_-_', 'AQID\n', 'AQ==AQ=='])('refuses %j', (text) => {
    expect(decodeBase64(text)).toBeNull();
  });
});

describe('isOneDerSequence', () => {
  const long = (head: readonly number[], length: number): Uint8Array => Buffer.concat([Buffer.from(head), Buffer.alloc(length)]);
  test.each([
    { name: 'an empty one', der: long([0x30, 0], 0), fits: true },
    { name: 'a short one', der: long([0x30, 5], 5), fits: true },
    { name: 'a byte too few', der: long([0x30, 5], 4), fits: false },
    { name: 'a byte too many', der: long([0x30, 5], 6), fits: false },
    { name: 'a length of one more byte', der: long([0x30, 0x81, 200], 200), fits: true },
    { name: 'a length of two more bytes', der: long([0x30, 0x82, 1, 0], 256), fits: true },
    { name: 'a length that is cut off', der: long([0x30, 0x82, 1], 0), fits: false },
    { name: 'an indefinite length', der: long([0x30, 0x80, 0, 0], 0), fits: false },
    { name: 'a length of five bytes', der: long([0x30, 0x85, 0, 0, 0, 0, 1], 1), fits: false },
    { name: 'another tag', der: long([0x31, 0], 0), fits: false },
    { name: 'nothing', der: long([], 0), fits: false },
  ])('$name: $fits', ({ der, fits }) => {
    expect(isOneDerSequence(der)).toBe(fits);
  });
});
