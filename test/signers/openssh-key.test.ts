// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ed25519FromSeed } from '../../src/signers/ed25519.ts';
import { parsePrivateKey } from '../../src/signers/private-key.ts';
import { parsePublicKey } from '../../src/signers/public-key.ts';
import { describeKey } from '../../src/signers/tuf-key.ts';
import { answer, expectRefusal, makeKeyFolder, never, PASSPHRASE, secretsOf, type KeyFolder } from './key-files.ts';
import { ed25519File, mpint, opensshPem, seedOf, sshString, uint32, type OpensshFile } from './openssh-file.ts';

let folder: KeyFolder;
beforeAll(() => {
  folder = makeKeyFolder();
});
afterAll(() => folder.remove());

const parse = (text: string, ask = never) => parsePrivateKey(Buffer.from(text, 'utf8'), 'alice', ask);
const FAST = ['-a', '4'];

describe('keys that ssh-keygen makes', () => {
  const types = ['-t ed25519', '-t ecdsa -b 256', '-t ecdsa -b 384', '-t rsa -b 2048'];
  const ciphers = ['aes128-ctr', 'aes192-ctr', 'aes256-ctr', 'aes256-cbc', 'aes128-gcm@openssh.com', 'aes256-gcm@openssh.com'];

  test.each(types)('%s, not encrypted and encrypted', async (type) => {
    const options = type.split(' ');
    const plain = folder.sshKey(`plain-${options.join('')}`, options);
    expect(describeKey(await parse(plain.pem))).toMatchObject({ kind: 'supported', publicKey: parsePublicKey(plain.line, 'alice') });
    const sealed = folder.sshKey(`sealed-${options.join('')}`, [...options, ...FAST], PASSPHRASE);
    const key = await parse(sealed.pem, answer(PASSPHRASE));
    expect(describeKey(key)).toMatchObject({ kind: 'supported', publicKey: parsePublicKey(sealed.line, 'alice') });
  });

  test.each(ciphers)('cipher %s: the right passphrase opens it, a wrong one, an empty one and none do not', async (cipher) => {
    const { pem, line } = folder.sshKey(`cipher-${cipher}`, ['-t', 'ed25519', '-Z', cipher, ...FAST], PASSPHRASE);
    expect(describeKey(await parse(pem, answer(PASSPHRASE)))).toMatchObject({ publicKey: parsePublicKey(line, 'alice') });
    for (const wrong of [`${PASSPHRASE} `, '', null]) {
      await expectRefusal(() => parse(pem, answer(wrong)), 'signer-passphrase', [PASSPHRASE, ...secretsOf(pem)]);
    }
  });

  test('a passphrase is UTF-8', async () => {
    const { pem } = folder.sshKey('utf8', ['-t', 'ed25519', ...FAST], 'schlüssel 鍵');
    expect((await parse(pem, answer('schlüssel 鍵'))).asymmetricKeyType).toBe('ed25519');
  });

  test.each([
    { name: 'P-521', options: ['-t', 'ecdsa', '-b', '521'] },
    { name: 'RSA of 1024 bits', options: ['-t', 'rsa', '-b', '1024'] },
    { name: 'DSA', options: ['-t', 'dsa'] },
    { name: 'an unknown cipher', options: ['-t', 'ed25519', '-Z', 'chacha20-poly1305@openssh.com'] },
  ])('$name is refused before the passphrase is asked for', async ({ options }) => {
    const { pem } = folder.sshKey(`refused-${options.join('')}`, [...options, ...FAST], PASSPHRASE);
    await expectRefusal(() => parse(pem), 'signer-key', [PASSPHRASE, ...secretsOf(pem)]);
  });
});

const SEED = seedOf('mine');
const POINT = createPublicKey(ed25519FromSeed(SEED)).export({ format: 'der', type: 'spki' }).subarray(-32);
const OTHER = createPublicKey(ed25519FromSeed(seedOf('other')))
  .export({ format: 'der', type: 'spki' })
  .subarray(-32);
const GOOD = ed25519File(SEED, POINT);
const fields = (point: Uint8Array, secret: Uint8Array): Buffer =>
  Buffer.concat([sshString('ssh-ed25519'), sshString(point), sshString(secret)]);
const contentLength = 8 + GOOD.privateFields.length;
/** A comment of such a length that no padding is needed. */
const ALIGNED = sshString('x'.repeat((8 - ((contentLength + 4) % 8)) % 8));

function ecParts(jwk: JsonWebKey): { readonly point: Buffer; readonly d: string } {
  const bytes = (text = ''): Buffer => Buffer.from(text, 'base64url');
  return { point: Buffer.concat([Buffer.from([4]), bytes(jwk.x), bytes(jwk.y)]), d: bytes(jwk.d).toString('hex') };
}

describe('the file', () => {
  const accepted: readonly { name: string; spoil: Partial<OpensshFile> }[] = [
    { name: 'as it should be', spoil: {} },
    { name: 'without padding', spoil: { comment: ALIGNED } },
    { name: 'padded by a whole block', spoil: { comment: ALIGNED, padding: Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]) } },
    { name: 'with an empty comment', spoil: { comment: sshString('') } },
  ];
  test.each(accepted)('$name is read', async ({ spoil }) => {
    const key = await parse(opensshPem({ ...GOOD, ...spoil }));
    expect(key.equals(ed25519FromSeed(SEED))).toBe(true);
  });

  const refused: readonly { name: string; spoil: Partial<OpensshFile> }[] = [
    { name: 'two check numbers that differ', spoil: { checks: [1, 2] } },
    { name: 'two keys', spoil: { count: 2 } },
    { name: 'no key', spoil: { count: 0 } },
    { name: 'the public half of another key outside', spoil: { publicBlob: Buffer.concat([sshString('ssh-ed25519'), sshString(OTHER)]) } },
    { name: 'the public half of another key inside', spoil: { privateFields: fields(OTHER, Buffer.concat([SEED, POINT])) } },
    { name: 'the public half of another key after the seed', spoil: { privateFields: fields(POINT, Buffer.concat([SEED, OTHER])) } },
    {
      name: 'the public half of another key everywhere',
      spoil: {
        publicBlob: Buffer.concat([sshString('ssh-ed25519'), sshString(OTHER)]),
        privateFields: fields(OTHER, Buffer.concat([SEED, OTHER])),
      },
    },
    { name: 'a seed alone', spoil: { privateFields: fields(POINT, SEED) } },
    { name: 'another type inside', spoil: { privateFields: Buffer.concat([sshString('ssh-ed448'), sshString(POINT), sshString(SEED)]) } },
    { name: 'bytes after the public half', spoil: { publicBlob: Buffer.concat([GOOD.publicBlob, Buffer.from([0])]) } },
    { name: 'a public half that is cut off', spoil: { publicBlob: GOOD.publicBlob.subarray(0, -1) } },
    { name: 'a short point', spoil: { publicBlob: Buffer.concat([sshString('ssh-ed25519'), sshString(POINT.subarray(1))]) } },
    { name: 'padding of other bytes', spoil: { comment: ALIGNED, padding: Buffer.from([1, 2, 3, 4, 5, 6, 7, 0]) } },
    { name: 'two blocks of padding', spoil: { comment: ALIGNED, padding: Buffer.from(Array.from({ length: 16 }, (_, i) => i + 1)) } },
    { name: 'a part of a block', spoil: { comment: ALIGNED, padding: Buffer.from([1]) } },
    { name: 'a comment longer than the file', spoil: { comment: uint32(0xffffffff) } },
    { name: 'bytes after the file', spoil: { tail: Buffer.from([0]) } },
    { name: 'a kdf without a cipher', spoil: { kdf: 'bcrypt', kdfOptions: Buffer.concat([sshString('salt'), uint32(4)]) } },
    { name: 'kdf options without a kdf', spoil: { kdfOptions: sshString('salt') } },
    { name: 'a kdf without a cipher and options', spoil: { kdf: 'bcrypt' } },
    {
      name: 'a kdf that is not known',
      spoil: { cipher: 'aes256-cbc', kdf: 'scrypt', kdfOptions: Buffer.concat([sshString('salt'), uint32(4)]), comment: sshString('') },
    },
    { name: 'a cipher without a kdf', spoil: { cipher: 'aes256-ctr' } },
    { name: 'a cipher that is not known', spoil: { cipher: 'rot13', kdf: 'bcrypt' } },
    { name: 'a cipher named in other bytes', spoil: { cipher: 'none\n' } },
    {
      name: 'a security key',
      spoil: { publicBlob: Buffer.concat([sshString('sk-ssh-ed25519@openssh.com'), sshString(POINT), sshString('ssh:')]) },
    },
    { name: 'a certificate', spoil: { publicBlob: Buffer.concat([sshString('ssh-ed25519-cert-v01@openssh.com'), sshString(POINT)]) } },
  ];
  test.each(refused)('$name is refused', async ({ spoil }) => {
    const text = opensshPem({ ...GOOD, ...spoil });
    await expectRefusal(() => parse(text), 'signer-key', [SEED.toString('hex'), SEED.toString('base64'), ...secretsOf(text)]);
  });

  test('a file cut off anywhere is refused', async () => {
    const body = Buffer.from(opensshPem(GOOD).replace(/-----[^-]+-----|\s/g, ''), 'base64');
    for (let length = 1; length < body.length; length++) {
      const text = `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.subarray(0, length).toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`;
      await expectRefusal(() => parse(text), 'signer-key', [SEED.toString('base64').slice(0, 40)]);
    }
  });

  test.each([
    { name: 'no rounds', options: Buffer.concat([sshString('0123456789abcdef'), uint32(0)]) },
    { name: 'rounds for years', options: Buffer.concat([sshString('0123456789abcdef'), uint32(0xffffffff)]) },
    { name: 'no salt', options: Buffer.concat([sshString(''), uint32(4)]) },
    { name: 'no options', options: Buffer.alloc(0) },
  ])('a kdf with $name is refused before the passphrase is asked for', async ({ options }) => {
    const text = opensshPem({
      ...GOOD,
      cipher: 'aes256-ctr',
      kdf: 'bcrypt',
      kdfOptions: options,
      comment: sshString('12345678'),
      padding: null,
    });
    const padded = opensshPem({ ...GOOD, cipher: 'aes128-ctr', kdf: 'bcrypt', kdfOptions: options, comment: sshString(''), padding: null });
    for (const one of [text, padded]) await expectRefusal(() => parse(one), 'signer-key', secretsOf(one));
  });
});

describe('ecdsa and rsa files', () => {
  const jwk = (curve: string): JsonWebKey => generateKeyPairSync('ec', { namedCurve: curve }).privateKey.export({ format: 'jwk' });
  const ecFile = (outside: Buffer, inside: Buffer, d: Buffer, name = 'nistp256', type = 'ecdsa-sha2-nistp256', inner = name): string =>
    opensshPem({
      ...GOOD,
      publicBlob: Buffer.concat([sshString(type), sshString(name), sshString(outside)]),
      privateFields: Buffer.concat([sshString(type), sshString(inner), sshString(inside), d]),
    });
  const mine = ecParts(jwk('P-256'));
  const other = ecParts(jwk('P-256'));
  const big = ecParts(jwk('P-384'));
  const compressed = Buffer.concat([Buffer.from([2 + ((mine.point.at(-1) ?? 0) & 1)]), mine.point.subarray(1, 33)]);
  const hybrid = Buffer.concat([Buffer.from([6 + ((mine.point.at(-1) ?? 0) & 1)]), mine.point.subarray(1)]);
  const offCurve = Buffer.concat([mine.point.subarray(0, -1), Buffer.from([(mine.point.at(-1) ?? 0) ^ 1])]);

  test('a well-formed P-256 file is read', async () => {
    expect(describeKey(await parse(ecFile(mine.point, mine.point, mpint(mine.d))))).toMatchObject({ algorithm: 'ecdsa-p256' });
  });

  test.each([
    { name: 'the public half of another key outside', text: ecFile(other.point, mine.point, mpint(mine.d)) },
    { name: 'the public half of another key inside', text: ecFile(mine.point, other.point, mpint(mine.d)) },
    { name: 'the public half of another key in both places', text: ecFile(other.point, other.point, mpint(mine.d)) },
    { name: 'a compressed point', text: ecFile(compressed, compressed, mpint(mine.d)) },
    { name: 'a point that is not on the curve', text: ecFile(offCurve, offCurve, mpint(mine.d)) },
    {
      name: 'the name of another curve outside',
      text: ecFile(mine.point, mine.point, mpint(mine.d), 'nistp384', 'ecdsa-sha2-nistp256', 'nistp256'),
    },
    {
      name: 'the name of another curve inside',
      text: ecFile(mine.point, mine.point, mpint(mine.d), 'nistp256', 'ecdsa-sha2-nistp256', 'nistp384'),
    },
    { name: 'a hybrid point', text: ecFile(hybrid, hybrid, mpint(mine.d)) },
    { name: 'a hybrid point outside', text: ecFile(hybrid, mine.point, mpint(mine.d)) },
    { name: 'a point at infinity', text: ecFile(Buffer.from([0]), Buffer.from([0]), mpint(mine.d)) },
    { name: 'the point and name of another curve', text: ecFile(big.point, big.point, mpint(big.d), 'nistp384') },
    { name: 'a number beyond the order', text: ecFile(mine.point, mine.point, mpint('f'.repeat(64))) },
    { name: 'a number of too many bytes', text: ecFile(mine.point, mine.point, mpint(`01${mine.d}`)) },
    { name: 'the number zero', text: ecFile(mine.point, mine.point, sshString('')) },
    { name: 'a negative number', text: ecFile(mine.point, mine.point, sshString(Buffer.from([0xff]))) },
    { name: 'a number with a needless zero', text: ecFile(mine.point, mine.point, sshString(Buffer.from([0, 1]))) },
  ])('$name is refused', async ({ text }) => {
    await expectRefusal(() => parse(text), 'signer-key', [mine.d, big.d, BigInt(`0x${mine.d}`).toString(), ...secretsOf(text)]);
  });

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const part = (name: 'n' | 'e' | 'd' | 'p' | 'q' | 'qi'): string => Buffer.from(rsa[name] ?? '', 'base64url').toString('hex');
  const rsaFile = (change: Partial<Record<'d' | 'p' | 'q' | 'qi', string>>): string =>
    opensshPem({
      ...GOOD,
      publicBlob: Buffer.concat([sshString('ssh-rsa'), mpint(part('e')), mpint(part('n'))]),
      privateFields: Buffer.concat([
        sshString('ssh-rsa'),
        mpint(part('n')),
        mpint(part('e')),
        ...(['d', 'qi', 'p', 'q'] as const).map((name) => mpint(change[name] ?? part(name))),
      ]),
    });

  test('a well-formed RSA file is read', async () => {
    expect(describeKey(await parse(rsaFile({})))).toMatchObject({ algorithm: 'rsa-pss-sha256' });
  });

  test.each([
    { name: 'd', change: { d: '03' } },
    { name: 'qi', change: { qi: '03' } },
    { name: 'p', change: { p: '03' } },
    { name: 'p and q both 1', change: { p: '01', q: '01' } },
    { name: 'p, which is n, and q, which is 1', change: { p: part('n'), q: '01', qi: '01' } },
    { name: 'p and q in each other’s place', change: { p: part('q'), q: part('p') } },
  ])('RSA with another $name is refused', async ({ change }) => {
    const text = rsaFile(change);
    const numbers = [part('d'), part('p'), part('q')].flatMap((hex) => [hex, BigInt(`0x${hex}`).toString(), hex.slice(0, 40)]);
    await expectRefusal(() => parse(text), 'signer-key', [...numbers, ...secretsOf(text)]);
  });
});
