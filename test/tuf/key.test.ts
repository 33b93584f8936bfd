// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, ECDH, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encodeCanonicalJson } from '../../src/tuf/canonical.ts';
import type { JsonObject } from '../../src/tuf/json.ts';
import { keyIdOf, parseKey, parseKeyId, parseKeyTable, type Algorithm, type KeyReader } from '../../src/tuf/key.ts';
import { countSignatures, parseRoleKeys } from '../../src/tuf/threshold.ts';
import { bytes, codeOf, ecdsaKey, ecdsaPrivateKey, ed25519Key, keyObject, object, pemOf, rsaKey } from './support.ts';

const P256_SPKI = '3059301306072a8648ce3d020106082a8648ce3d030107034200';
const ED25519 = ed25519Key(1).raw;
const ED25519_HEX = '01d4d1ff4d45e5b2d8a25b5ab6cb6b5f1cfd6a5b1ca4ff2b0f0b3aa47e5e0f4d';
const p256 = createPublicKey(ecdsaPrivateKey('P-256', 1));
const p384 = createPublicKey(ecdsaPrivateKey('P-384', 1));
const p521 = createPublicKey(ecdsaPrivateKey('P-521', 1));
const spki = p256.export({ format: 'der', type: 'spki' });
const point = spki.subarray(-65);
const rsa2048 = rsaKey();
const rsaPem = rsaPublicText(rsa2048.raw);

function rsaPublicText(raw: JsonObject): string {
  const keyval = raw.get('keyval');
  const text = keyval instanceof Map ? (keyval.get('public') as unknown) : undefined;
  if (typeof text !== 'string') throw new Error('expected PEM');
  return text;
}

function pem(der: Uint8Array, label = 'PUBLIC KEY'): string {
  const lines = Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

/** A P-256 key whose SPKI holds other point bytes. */
function pemOfPoint(bytesOfPoint: Uint8Array): string {
  const algorithm = Buffer.from('301306072a8648ce3d020106082a8648ce3d030107', 'hex');
  const bits = Buffer.concat([Buffer.from([0x03, bytesOfPoint.length + 1, 0]), bytesOfPoint]);
  return pem(Buffer.concat([Buffer.from([0x30, algorithm.length + bits.length]), algorithm, bits]));
}

const compressed = Buffer.from(ECDH.convertKey(point, 'prime256v1', undefined, undefined, 'compressed'));
const hybrid = Buffer.from(ECDH.convertKey(point, 'prime256v1', undefined, undefined, 'hybrid'));
const rsaJwk = createPublicKey(rsaPem).export({ format: 'jwk' });
const rsaWithExponent = (e: string): string => pemOf(createPublicKey({ key: { ...rsaJwk, e }, format: 'jwk' }));
const rsaPkcs1 = String(createPublicKey(rsaPem).export({ format: 'pem', type: 'pkcs1' }));
const rsaPssType = pemOf(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey);

type Row = [name: string, keytype: string, scheme: string, value: string, expected: Algorithm | 'unusable'];

describe('a key counts only when its material fits its type', () => {
  const ed = ed25519Key(1);
  const hex = rsaPublicText(ed.raw);
  const rows: Row[] = [
    ['ed25519 in lower-case hex', 'ed25519', 'ed25519', hex, 'ed25519'],
    ['ed25519 in upper-case hex', 'ed25519', 'ed25519', hex.toUpperCase(), 'unusable'],
    ['ed25519 one byte short', 'ed25519', 'ed25519', hex.slice(2), 'unusable'],
    ['ed25519 with a line end', 'ed25519', 'ed25519', `${hex}\n`, 'unusable'],
    [
      'ed25519 in PEM',
      'ed25519',
      'ed25519',
      pem(Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(hex, 'hex')])),
      'unusable',
    ],
    ['ed25519 under another scheme', 'ed25519', 'ed25519ph', hex, 'unusable'],
    ['a point of small order', 'ed25519', 'ed25519', `01${'00'.repeat(31)}`, 'unusable'],
    ['P-256 in PEM, keytype ecdsa', 'ecdsa', 'ecdsa-sha2-nistp256', pemOf(p256), 'ecdsa-p256'],
    ['P-256 in PEM, the old keytype', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp256', pemOf(p256), 'ecdsa-p256'],
    ['P-256 in PEM with CRLF', 'ecdsa', 'ecdsa-sha2-nistp256', pemOf(p256).replaceAll('\n', '\r\n'), 'ecdsa-p256'],
    ['P-256 in PEM, no line end at the end', 'ecdsa', 'ecdsa-sha2-nistp256', pemOf(p256).trimEnd(), 'ecdsa-p256'],
    ['P-256 in PEM after other text', 'ecdsa', 'ecdsa-sha2-nistp256', `x\n${pemOf(p256)}`, 'unusable'],
    ['P-256 as a point in hex', 'ecdsa', 'ecdsa-sha2-nistp256', point.toString('hex'), 'ecdsa-p256'],
    ['P-256 as a compressed point in hex', 'ecdsa', 'ecdsa-sha2-nistp256', compressed.toString('hex'), 'unusable'],
    ['P-256 as a point in hex, half a byte more', 'ecdsa', 'ecdsa-sha2-nistp256', `${point.toString('hex')}0`, 'unusable'],
    ['P-256 with keytype of P-384', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp256', pemOf(p256), 'unusable'],
    ['P-256 with scheme of P-384', 'ecdsa', 'ecdsa-sha2-nistp384', pemOf(p256), 'unusable'],
    ['P-384 in PEM, keytype ecdsa', 'ecdsa', 'ecdsa-sha2-nistp384', pemOf(p384), 'ecdsa-p384'],
    ['P-384 in PEM, its own keytype', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp384', pemOf(p384), 'ecdsa-p384'],
    ['P-384 with scheme of P-256', 'ecdsa', 'ecdsa-sha2-nistp256', pemOf(p384), 'unusable'],
    ['P-521', 'ecdsa', 'ecdsa-sha2-nistp521', pemOf(p521), 'unusable'],
    [
      'an ecdsa private key',
      'ecdsa',
      'ecdsa-sha2-nistp256',
      String(ecdsaPrivateKey('P-256', 1).export({ format: 'pem', type: 'pkcs8' })),
      'unusable',
    ],
    ['a compressed point in PEM: a second spelling', 'ecdsa', 'ecdsa-sha2-nistp256', pemOfPoint(compressed), 'unusable'],
    ['a hybrid point in PEM: a third spelling', 'ecdsa', 'ecdsa-sha2-nistp256', pemOfPoint(hybrid), 'unusable'],
    ['the uncompressed point, built the same way', 'ecdsa', 'ecdsa-sha2-nistp256', pemOfPoint(point), 'ecdsa-p256'],
    ['a byte behind the point', 'ecdsa', 'ecdsa-sha2-nistp256', pem(Buffer.concat([spki, Buffer.alloc(1)])), 'unusable'],
    [
      'a point that is not on the curve',
      'ecdsa',
      'ecdsa-sha2-nistp256',
      pemOfPoint(Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 7)])),
      'unusable',
    ],
    // Node aborts the whole process when it is asked for this key's curve.
    ['the point at infinity in PEM', 'ecdsa', 'ecdsa-sha2-nistp256', pemOfPoint(Buffer.alloc(1)), 'unusable'],
    ['the point at infinity in hex', 'ecdsa', 'ecdsa-sha2-nistp256', '3019301306072a8648ce3d020106082a8648ce3d03010703020000', 'unusable'],
    ['an RSA key as ecdsa', 'ecdsa', 'ecdsa-sha2-nistp256', rsaPem, 'unusable'],
    ['RSA of 2048 bits', 'rsa', 'rsassa-pss-sha256', rsaPem, 'rsa-pss-sha256'],
    ['RSA of 2048 bits as PKCS #1', 'rsa', 'rsassa-pss-sha256', rsaPkcs1, 'rsa-pss-sha256'],
    ['RSA of 1024 bits', 'rsa', 'rsassa-pss-sha256', rsaPublicText(rsaKey(1024).raw), 'unusable'],
    ['RSA with exponent 3', 'rsa', 'rsassa-pss-sha256', rsaWithExponent('Aw'), 'rsa-pss-sha256'],
    ['RSA with exponent 1: the signature is the message', 'rsa', 'rsassa-pss-sha256', rsaWithExponent('AQ'), 'unusable'],
    ['RSA with an even exponent', 'rsa', 'rsassa-pss-sha256', rsaWithExponent('Ag'), 'unusable'],
    ['RSA under PKCS #1 v1.5', 'rsa', 'rsa-pkcs1v15-sha256', rsaPem, 'unusable'],
    ['RSA restricted to PSS by its type', 'rsa', 'rsassa-pss-sha256', rsaPssType, 'unusable'],
    ['an ecdsa key as RSA', 'rsa', 'rsassa-pss-sha256', pemOf(p256), 'unusable'],
    ['a key type nobody knows', 'sigstore-oidc', 'Fulcio', hex, 'unusable'],
    ['PEM whose inside is no key', 'ecdsa', 'ecdsa-sha2-nistp256', pem(bytes('no key')), 'unusable'],
    ['an empty text', 'ecdsa', 'ecdsa-sha2-nistp256', '', 'unusable'],
  ];
  test.each(rows)('%s', (_, keytype, scheme, value, expected) => {
    const { material } = parseKey(keyObject(keytype, scheme, value), '$');
    expect(material.kind === 'usable' ? material.algorithm : material.kind).toBe(expected);
  });

  test('a keyval without public text is kept and never counts', () => {
    const raw = object({ keytype: 'ed25519', scheme: 'ed25519', keyval: { identity: 'a@example.org' } });
    expect(parseKey(raw, '$')).toMatchObject({ raw, material: { kind: 'unusable' } });
  });

  test.each([
    ['keytype', 'field-missing'],
    ['scheme', 'field-missing'],
    ['keyval', 'field-missing'],
  ])('a key without %s is no key', (field, code) => {
    const raw = new Map(ED25519);
    expect(codeOf(() => parseKey(raw, '$'))).toBe('accepted');
    raw.delete(field);
    expect(codeOf(() => parseKey(raw, '$'))).toBe(code);
  });

  test('a keyval of another type is no key', () => {
    expect(codeOf(() => parseKey(new Map(ED25519).set('keyval', ED25519_HEX), '$'))).toBe('field-type');
  });
});

describe('one key has one identity, however it is written', () => {
  const identity = (keytype: string, scheme: string, value: string): string | null => {
    const { material } = parseKey(keyObject(keytype, scheme, value), '$');
    return material.kind === 'usable' ? material.identity : null;
  };
  test('P-256 in PEM, PEM with CRLF, hex, and under both keytypes', () => {
    const scheme = 'ecdsa-sha2-nistp256';
    const spellings = [
      identity('ecdsa', scheme, pemOf(p256)),
      identity(scheme, scheme, pemOf(p256)),
      identity('ecdsa', scheme, pemOf(p256).replaceAll('\n', '\r\n')),
      identity('ecdsa', scheme, point.toString('hex')),
      identity('ecdsa', scheme, point.toString('hex').toUpperCase()),
      identity('ecdsa', scheme, P256_SPKI + point.toString('hex')),
    ];
    expect(new Set(spellings).size).toBe(1);
    expect(spellings[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  test('RSA as SPKI, without the NULL parameter, and as PKCS #1', () => {
    const der = createPublicKey(rsaPem).export({ format: 'der', type: 'spki' });
    const bits = der.subarray(der.indexOf(Buffer.from('06092a864886f70d0101010500', 'hex')) + 13);
    const body = Buffer.concat([Buffer.from('300b06092a864886f70d010101', 'hex'), bits]);
    const withoutNull = pem(Buffer.concat([Buffer.from([0x30, 0x82, body.length >> 8, body.length & 0xff]), body]));
    const scheme = 'rsassa-pss-sha256';
    const known = identity('rsa', scheme, rsaPem);
    expect(known).toMatch(/^[0-9a-f]{64}$/);
    expect(identity('rsa', scheme, withoutNull)).toBe(known);
    expect(identity('rsa', scheme, rsaPkcs1)).toBe(known);
  });

  test('one signature, offered under a second spelling of the same key, stays one vote', () => {
    const alice = ecdsaKey('P-256', 1);
    const copy = keyObject('ecdsa', 'ecdsa-sha2-nistp256', pemOfPoint(compressed));
    const payload = bytes('{}');
    const sig = alice.sign(payload);
    const keys = parseKeyTable(
      new Map([
        [alice.keyId, alice.raw],
        [keyIdOf(copy), copy],
      ]),
      '$.keys',
      'client',
    );
    const role = parseRoleKeys(object({ keyids: [alice.keyId, keyIdOf(copy)], threshold: 2 }), '$');
    const count = countSignatures({
      payload,
      keys,
      role,
      signatures: [
        { keyId: alice.keyId, sig },
        { keyId: keyIdOf(copy), sig },
      ],
    });
    expect(count.reached).toBe(false);
    expect(count.votes.size).toBe(1);
  });
});

describe('keyids', () => {
  test('are the sha256 of the canonical key object, unknown fields included', () => {
    const known = object({
      keytype: 'ed25519',
      scheme: 'ed25519',
      keyval: { public: 'edcd0a32a07dce33f7c7873aaffbff36d20ea30787574ead335eefd337e4dacd' },
    });
    // The public key of the TUF specification's example (§4.3); securesystemslib gives this keyid.
    expect(Buffer.from(encodeCanonicalJson(known)).toString()).toBe(
      '{"keytype":"ed25519","keyval":{"public":"edcd0a32a07dce33f7c7873aaffbff36d20ea30787574ead335eefd337e4dacd"},"scheme":"ed25519"}',
    );
    expect(keyIdOf(known)).toBe('2345a90ad8d76f3677f9ad6695b0ba0b5c7b7fbf27fb0ed35fbdf7b71264a679');
    expect(keyIdOf(new Map(known).set('x-name', 'alice'))).not.toBe(keyIdOf(known));
  });

  test('do not depend on the order of fields', () => {
    const { raw, keyId } = ed25519Key(1, { 'x-name': 'alice' });
    expect(keyIdOf(new Map([...raw].reverse()))).toBe(keyId);
  });

  test.each([
    ['a', 'accepted'],
    ['', 'key-invalid'],
  ])('the id %j is %s', (id, code) => {
    expect(codeOf(() => parseKeyId(id, '$'))).toBe(code);
  });

  const { raw, keyId } = ed25519Key(1);
  test.each([
    ['its own id', keyId, 'usable', 'usable'],
    ['its own id in upper case', keyId.toUpperCase(), 'unusable', 'usable'],
    ['an id of zeros', '0'.repeat(64), 'unusable', 'usable'],
    [
      'the id of its key object without the x- fields',
      keyIdOf(ed25519Key(1).raw),
      'unusable',
      'usable',
      { 'x-tuf-on-ci-keyowner': '@alice' },
    ],
    ['a name', 'alice', 'unusable', 'usable'],
  ])('a key under %s: for a maker and for a client', (_, id, maker, client, extra: Record<string, string> = {}) => {
    const keys = new Map([[id, Object.keys(extra).length === 0 ? raw : ed25519Key(1, extra).raw]]);
    const kinds = (reader: KeyReader): unknown => [...parseKeyTable(keys, '$', reader)].map(([listed, key]) => [listed, key.material.kind]);
    expect(kinds('maker')).toEqual([[id, maker]]);
    expect(kinds('client')).toEqual([[id, client]]);
  });

  test('say of what a maker does not take which id the key has', () => {
    const [key] = parseKeyTable(new Map([['alice', raw]]), '$', 'maker').values();
    expect(key?.material).toEqual({ kind: 'unusable', reason: `its keyid is ${keyId}, not "alice"` });
  });
});
