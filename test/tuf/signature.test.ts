// SPDX-License-Identifier: Apache-2.0
import { createPublicKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { isJsonArray } from '../../src/tuf/json.ts';
import { parseKey } from '../../src/tuf/key.ts';
import { parseSignatures, verifySignature } from '../../src/tuf/signature.ts';
import { bytes, codeOf, ecdsaKey, ed25519Key, json, keyObject, pemOf, rsaKey, type TestKey } from './support.ts';

const payload = bytes('{"a":1}');
const ed25519 = ed25519Key(1);
const p256 = ecdsaKey('P-256', 1);
const p384 = ecdsaKey('P-384', 1);
const rsa = rsaKey();
// 2048 bits leave 256 bytes, less 32 of hash and 2 of padding.
const rsaLongestSalt = rsaKey(2048, 222);
const rsaNoSalt = rsaKey(2048, 0);
const rsa3072 = rsaKey(3072);

function flip(hex: string, byte: number): string {
  const data = Buffer.from(hex, 'hex');
  data[byte] = (data[byte] ?? 0) ^ 1;
  return data.toString('hex');
}

/** The DER of an ecdsa signature in parts. */
function derParts(hex: string): { readonly r: Buffer; readonly s: Buffer } {
  const der = Buffer.from(hex, 'hex');
  const rLength = der[3] ?? 0;
  const sLength = der[5 + rLength] ?? 0;
  return { r: der.subarray(4, 4 + rLength), s: der.subarray(6 + rLength, 6 + rLength + sLength) };
}

function der(r: Buffer, s: Buffer): string {
  const integers = Buffer.concat([Buffer.from([2, r.length]), r, Buffer.from([2, s.length]), s]);
  return Buffer.concat([Buffer.from([0x30, integers.length]), integers]).toString('hex');
}

describe.each<[string, TestKey]>([
  ['ed25519', ed25519],
  ['P-256', p256],
  ['P-384', p384],
  ['RSA, salt of 32 bytes', rsa],
  ['RSA, longest salt', rsaLongestSalt],
  ['RSA, no salt', rsaNoSalt],
  ['RSA of 3072 bits', rsa3072],
])('a signature of %s', (_, key) => {
  const sig = key.sign(payload);
  test('is valid over its payload and no other', () => {
    expect(verifySignature(key.key, payload, sig)).toBe('valid');
    expect(verifySignature(key.key, bytes('{"a":2}'), sig)).toBe('invalid');
    expect(verifySignature(key.key, new Uint8Array(), sig)).toBe('invalid');
  });

  test.each([
    ['a bit of the first byte', (hex: string) => flip(hex, 0), 'invalid'],
    ['a bit of the last byte', (hex: string) => flip(hex, hex.length / 2 - 1), 'invalid'],
    ['a bit in the middle', (hex: string) => flip(hex, Math.floor(hex.length / 4)), 'invalid'],
    ['upper case', (hex: string) => hex.toUpperCase(), 'malformed'],
    ['half a byte less', (hex: string) => hex.slice(1), 'malformed'],
    ['a character that is no hex digit at the end', (hex: string) => `${hex}zz`, 'malformed'],
    ['white space at the end', (hex: string) => `${hex}\n`, 'malformed'],
    ['white space inside', (hex: string) => `${hex.slice(0, 2)} ${hex.slice(2)}`, 'malformed'],
    ['0x before it', (hex: string) => `0x${hex}`, 'malformed'],
    ['base64', (hex: string) => Buffer.from(hex, 'hex').toString('base64'), 'malformed'],
    ['nothing', () => '', 'malformed'],
  ])('is not valid with %s', (_name, change, expected) => {
    expect(verifySignature(key.key, payload, change(sig))).toBe(expected);
  });

  test('is not valid with a byte more or less', () => {
    expect(verifySignature(key.key, payload, `${sig}00`)).not.toBe('valid');
    expect(verifySignature(key.key, payload, `00${sig}`)).not.toBe('valid');
    expect(verifySignature(key.key, payload, sig.slice(2))).not.toBe('valid');
  });

  test('is not valid for another key', () => {
    for (const other of [ed25519Key(2), ecdsaKey('P-256', 2), ecdsaKey('P-384', 2), rsaKey()]) {
      expect(verifySignature(other.key, payload, sig)).not.toBe('valid');
    }
  });
});

test.each<[string, TestKey]>([
  ['a salt of 32 bytes', rsa],
  ['the longest salt', rsaLongestSalt],
])('an RSA signature with %s that begins with a zero byte is not valid without it', (_, key) => {
  // One of 256 does.
  let sig = key.sign(payload);
  while (!sig.startsWith('00')) sig = key.sign(payload);
  expect(verifySignature(key.key, payload, sig)).toBe('valid');
  expect(verifySignature(key.key, payload, sig.slice(2))).toBe('malformed');
});

describe.each<[string, TestKey]>([
  ['P-256', p256],
  ['P-384', p384],
])('the DER of a signature of %s', (_, key) => {
  const { r, s } = derParts(key.sign(payload));
  test.each([
    ['as it was', der(r, s), 'valid'],
    ['with a zero before r', der(Buffer.concat([Buffer.alloc(1), r]), s), 'invalid'],
    ['with a zero before s', der(r, Buffer.concat([Buffer.alloc(1), s])), 'invalid'],
    ['with r and s exchanged', der(s, r), 'invalid'],
    ['with r negative', der(Buffer.from(r).fill(0xff, 0, 1), s), 'invalid'],
    ['with r zero', der(Buffer.alloc(1), s), 'invalid'],
    ['in the long form of lengths', der(r, s).replace(/^30/, '3081'), 'invalid'],
    ['as r and s side by side', Buffer.concat([r, s]).toString('hex'), 'invalid'],
  ])('%s is %s', (_name, sig, expected) => {
    expect(verifySignature(key.key, payload, sig)).toBe(expected);
  });
});

describe('a key that is unusable', () => {
  test('has no valid signature, however well it verifies elsewhere', () => {
    const weak = parseKey(keyObject('ed25519', 'ed25519', `01${'00'.repeat(31)}`), '$');
    // The point of order 1: R = [s]B for any s and any message. Here s = 0, so R is the same point.
    const forged = `01${'00'.repeat(63)}`;
    expect(verifySignature(weak, payload, forged)).toBe('key-unusable');
    expect(verifySignature(parseKey(keyObject('x', 'y', 'z'), '$'), payload, ed25519.sign(payload))).toBe('key-unusable');
    const pem = pemOf(
      createPublicKey({ key: Buffer.from(`302a300506032b6570032100${'02'.repeat(32)}`, 'hex'), format: 'der', type: 'spki' }),
    );
    expect(verifySignature(parseKey(keyObject('ed25519', 'ed25519', pem), '$'), payload, forged)).toBe('key-unusable');
  });
});

describe('the signatures of a file', () => {
  test.each([
    [
      'two keyids',
      [
        { keyid: 'a', sig: '00' },
        { keyid: 'b', sig: '00' },
      ],
      'accepted',
    ],
    [
      'the same keyid twice',
      [
        { keyid: 'a', sig: '00' },
        { keyid: 'a', sig: '01' },
      ],
      'keyid-repeated',
    ],
    ['an empty signature', [{ keyid: 'a', sig: '' }], 'accepted'],
    ['an empty keyid', [{ keyid: '', sig: '00' }], 'key-invalid'],
    ['no keyid', [{ sig: '00' }], 'field-missing'],
    ['no signature', [{ keyid: 'a' }], 'field-missing'],
    ['a number as signature', [{ keyid: 'a', sig: 0 }], 'field-type'],
    ['an entry that is no object', ['a'], 'field-type'],
    ['none', [], 'accepted'],
    [
      'a keyid that objects have already',
      [
        { keyid: '__proto__', sig: '00' },
        { keyid: 'constructor', sig: '00' },
      ],
      'accepted',
    ],
  ])('%s: %s', (_, value, code) => {
    const values = json(value);
    if (!isJsonArray(values)) throw new Error('expected an array');
    expect(codeOf(() => parseSignatures(values, '$'))).toBe(code);
  });
});
