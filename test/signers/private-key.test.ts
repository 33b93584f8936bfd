// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeKey } from '../../src/signers/tuf-key.ts';
import { MAX_KEY_BYTES, parsePrivateKey } from '../../src/signers/private-key.ts';
import { answer, expectRefusal, makeKeyFolder, never, PASSPHRASE, secretsOf, type KeyFolder } from './key-files.ts';
import { pem, seedOf } from './openssh-file.ts';

let folder: KeyFolder;
beforeAll(() => {
  folder = makeKeyFolder();
});
afterAll(() => folder.remove());

const parse = (text: string, ask = never) => parsePrivateKey(Buffer.from(text, 'utf8'), 'alice', ask);
const genpkey = (...options: readonly string[]): string => folder.openssl(['genpkey', '-algorithm', ...options]);
const encrypt = (key: string, ...options: readonly string[]): string =>
  folder.openssl(['pkcs8', '-topk8', '-passout', `pass:${PASSPHRASE}`, ...options], key);
const p256 = (): string => genpkey('EC', '-pkeyopt', 'ec_paramgen_curve:P-256');
const SEED = seedOf('a seed').toString('hex');

describe('formats that are read', () => {
  const rows: readonly { name: string; make: () => string; algorithm: string; passphrase?: string }[] = [
    { name: 'PKCS#8, ed25519', make: () => genpkey('ed25519'), algorithm: 'ed25519' },
    { name: 'PKCS#8, P-256', make: p256, algorithm: 'ecdsa-p256' },
    { name: 'PKCS#8, P-384', make: () => genpkey('EC', '-pkeyopt', 'ec_paramgen_curve:P-384'), algorithm: 'ecdsa-p384' },
    { name: 'PKCS#8, RSA 2048', make: () => genpkey('RSA', '-pkeyopt', 'rsa_keygen_bits:2048'), algorithm: 'rsa-pss-sha256' },
    { name: 'PKCS#8 with lines that end in CR LF', make: () => genpkey('ed25519').replaceAll('\n', '\r\n'), algorithm: 'ed25519' },
    { name: 'PKCS#8 without its last newline', make: () => genpkey('ed25519').trimEnd(), algorithm: 'ed25519' },
    { name: 'SEC 1', make: () => folder.openssl(['ec'], p256()), algorithm: 'ecdsa-p256' },
    { name: 'SEC 1 without the public half', make: () => folder.openssl(['ec', '-no_public'], p256()), algorithm: 'ecdsa-p256' },
    {
      name: 'SEC 1 after EC PARAMETERS',
      make: () => folder.openssl(['ecparam', '-genkey', '-name', 'secp384r1']),
      algorithm: 'ecdsa-p384',
    },
    { name: 'PKCS#1', make: () => folder.openssl(['genrsa', '-traditional', '2048']), algorithm: 'rsa-pss-sha256' },
    {
      name: 'SEC 1 encrypted by RFC 1421 headers',
      make: () => folder.openssl(['ec', '-aes128', '-passout', `pass:${PASSPHRASE}`], p256()),
      algorithm: 'ecdsa-p256',
      passphrase: PASSPHRASE,
    },
    { name: 'encrypted PKCS#8, PBES2', make: () => encrypt(genpkey('ed25519')), algorithm: 'ed25519', passphrase: PASSPHRASE },
    { name: 'encrypted PKCS#8, scrypt', make: () => encrypt(p256(), '-scrypt'), algorithm: 'ecdsa-p256', passphrase: PASSPHRASE },
    {
      name: 'encrypted PKCS#8, 3DES',
      make: () => encrypt(p256(), '-v1', 'PBE-SHA1-3DES'),
      algorithm: 'ecdsa-p256',
      passphrase: PASSPHRASE,
    },
    { name: 'a seed in hex', make: () => SEED, algorithm: 'ed25519' },
    { name: 'a seed in upper-case hex with a newline', make: () => `${SEED.toUpperCase()}\n`, algorithm: 'ed25519' },
    { name: 'a seed in hex with CR LF', make: () => `${SEED}\r\n`, algorithm: 'ed25519' },
  ];
  test.each(rows)('$name', async ({ make, algorithm, passphrase }) => {
    const key = await parse(make(), passphrase === undefined ? never : answer(passphrase));
    expect(key.type).toBe('private');
    expect(describeKey(key)).toMatchObject({ kind: 'supported', algorithm });
  });

  test('the key that was read is the one that was written', async () => {
    const text = genpkey('ed25519');
    const same = await parse(encrypt(text), answer(PASSPHRASE));
    expect(same.equals(createPrivateKey(text))).toBe(true);
    expect((await parse(SEED)).export({ format: 'der', type: 'pkcs8' }).subarray(-32).toString('hex')).toBe(SEED);
  });
});

describe('a passphrase', () => {
  test.each([
    { name: 'none given', ask: answer(null) },
    { name: 'an empty one', ask: answer('') },
    { name: 'a wrong one', ask: answer('correct horse battery!') },
    { name: 'one longer than OpenSSL takes', ask: answer('x'.repeat(5000)) },
  ])('$name is refused', async ({ ask }) => {
    const plain = p256();
    const headers = folder.openssl(['ec', '-aes128', '-passout', `pass:${PASSPHRASE}`], plain);
    for (const text of [encrypt(plain), encrypt(plain, '-scrypt'), headers]) {
      await expectRefusal(() => parse(text, ask), 'signer-passphrase', [PASSPHRASE, ...secretsOf(plain, text)]);
    }
  });

  test('is reported wrong also when what it opens looks padded', async () => {
    const text = encrypt(p256(), '-iter', '1');
    for (let i = 0; i < 300; i++) await expectRefusal(() => parse(text, answer(`wrong ${i}`)), 'signer-passphrase', [PASSPHRASE]);
  });

  test('is asked for once', async () => {
    let asked = 0;
    const ask = async () => {
      asked++;
      return PASSPHRASE;
    };
    await parse(encrypt(p256()), ask);
    expect(asked).toBe(1);
  });

  test('can not help where OpenSSL lacks the cipher', async () => {
    const text = encrypt(p256(), '-v1', 'PBE-MD5-DES', '-provider', 'legacy', '-provider', 'default');
    await expectRefusal(() => parse(text, answer(PASSPHRASE)), 'signer-key', [PASSPHRASE, ...secretsOf(text)]);
  });
});

/** The body of a PEM text. */
function der(text: string): Buffer {
  return Buffer.from(text.replace(/-----[^-]+-----|\s/g, ''), 'base64');
}

/** SEC 1 of a P-256 key whose public half is the point at infinity. Node 20 aborts when asked for details of such a key. */
function infinity(): string {
  const [scalar, curve, point] = [Buffer.alloc(32, 7), Buffer.from('a00a06082a8648ce3d030107', 'hex'), Buffer.from('a10403020000', 'hex')];
  const content = Buffer.concat([Buffer.from('0201010420', 'hex'), scalar, curve, point]);
  return pem('EC PRIVATE KEY', Buffer.concat([Buffer.from([0x30, content.length]), content]));
}

describe('what is refused', () => {
  const rows: readonly { name: string; make: () => string }[] = [
    { name: 'nothing', make: () => '' },
    { name: 'white space', make: () => ' \n' },
    { name: 'another text', make: () => 'ThisIsAPasswordOfSomeone' },
    { name: 'bytes', make: () => der(genpkey('ed25519')).toString('latin1') },
    { name: '62 hex digits', make: () => SEED.slice(2) },
    { name: '63 hex digits', make: () => SEED.slice(1) },
    { name: '65 hex digits', make: () => `${SEED}0` },
    { name: 'a seed with two newlines', make: () => `${SEED}\n\n` },
    { name: 'a seed with a space before it', make: () => ` ${SEED}` },
    { name: 'a seed with 0x', make: () => `0x${SEED.slice(2)}` },
    { name: 'RSA of 1024 bits, PKCS#8', make: () => genpkey('RSA', '-pkeyopt', 'rsa_keygen_bits:1024') },
    { name: 'RSA of 2047 bits, PKCS#1', make: () => folder.openssl(['genrsa', '-traditional', '2047']) },
    {
      name: 'RSA with the exponent 3 and PSS only',
      make: () => genpkey('RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:2048', '-pkeyopt', 'rsa_keygen_pubexp:3'),
    },
    { name: 'P-521', make: () => genpkey('EC', '-pkeyopt', 'ec_paramgen_curve:P-521') },
    { name: 'secp256k1', make: () => genpkey('EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1') },
    {
      name: 'a curve spelled out',
      make: () => genpkey('EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-pkeyopt', 'ec_param_enc:explicit'),
    },
    { name: 'a point at infinity', make: infinity },
    { name: 'ed448', make: () => genpkey('ed448') },
    { name: 'x25519', make: () => genpkey('x25519') },
    {
      name: 'DSA',
      make: () =>
        generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 })
          .privateKey.export({ format: 'pem', type: 'pkcs8' })
          .toString(),
    },
    { name: 'a public key', make: () => folder.openssl(['pkey', '-pubout'], genpkey('ed25519')) },
    { name: 'an OpenSSH public key', make: () => folder.sshKey('public', ['-t', 'ed25519']).line },
    { name: 'a PuTTY key', make: () => 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n' },
    { name: 'two keys', make: () => genpkey('ed25519') + p256() },
    { name: 'a key and its public half', make: () => ((key) => key + folder.openssl(['pkey', '-pubout'], key))(genpkey('ed25519')) },
    { name: 'parameters alone', make: () => folder.openssl(['ecparam', '-name', 'prime256v1']) },
    { name: 'text before the block', make: () => `Bag Attributes\n${genpkey('ed25519')}` },
    { name: 'text after the block', make: () => `${genpkey('ed25519')}and more` },
    { name: 'a block without its end', make: () => genpkey('ed25519').replace(/-----END[^]*/, '') },
    { name: 'a block with another end', make: () => genpkey('ed25519').replace('-----END PRIVATE', '-----END PUBLIC') },
    { name: 'base64 with a stray character', make: () => p256().replace(/\n(.)/, '\n*$1') },
    { name: 'base64 with a line lost', make: () => p256().replace(/\n.{64}\n/, '\n') },
    { name: 'a body that is cut off', make: () => pem('PRIVATE KEY', der(p256()).subarray(0, -1)) },
    { name: 'a body of one byte', make: () => pem('PRIVATE KEY', Buffer.from([0x30])) },
    { name: 'a body with a byte after it', make: () => pem('PRIVATE KEY', Buffer.concat([der(p256()), Buffer.from([0])])) },
    { name: 'encrypted PKCS#8 under the label of SEC 1', make: () => encrypt(p256()).replaceAll('ENCRYPTED', 'EC') },
    { name: 'encrypted PKCS#8 under the label of a plain one', make: () => encrypt(p256()).replaceAll('ENCRYPTED ', '') },
    { name: 'a sequence of nothing', make: () => pem('PRIVATE KEY', Buffer.from([0x30, 0x00])) },
    {
      name: 'SEC 1 with the public half of another key',
      make: () => {
        const [key, other] = [der(folder.openssl(['ec'], p256())), der(folder.openssl(['ec'], p256()))];
        return pem('EC PRIVATE KEY', Buffer.concat([key.subarray(0, -64), other.subarray(-64)]));
      },
    },
  ];
  test.each(rows)('$name', async ({ make }) => {
    const text = make();
    await expectRefusal(() => parse(text), 'signer-key', secretsOf(text, SEED));
  });

  test('names what was found', async () => {
    const rows = [
      [genpkey('ed448'), /ed448/],
      [genpkey('EC', '-pkeyopt', 'ec_paramgen_curve:P-521'), /P-521/],
      [genpkey('RSA', '-pkeyopt', 'rsa_keygen_bits:1024'), /1024 bits/],
      [folder.openssl(['pkey', '-pubout'], genpkey('ed25519')), /"PUBLIC KEY"/],
    ] as const;
    for (const [text, found] of rows) expect((await expectRefusal(() => parse(text), 'signer-key', [])).detail).toMatch(found);
  });

  test('is an encrypted key of a kind that TUF has no use for', async () => {
    const text = encrypt(genpkey('ed448'));
    await expectRefusal(() => parse(text, answer(PASSPHRASE)), 'signer-key', [PASSPHRASE, ...secretsOf(text)]);
  });

  test.each([
    { name: 'too long', length: MAX_KEY_BYTES + 1, code: 'too-large' },
    { name: 'as long as may be', length: MAX_KEY_BYTES, code: 'signer-key' },
  ] as const)('a file that is $name', async ({ length, code }) => {
    await expectRefusal(() => parse('a'.repeat(length)), code, ['aaaaaaaaaaaa']);
  });
});
