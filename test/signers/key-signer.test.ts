// SPDX-License-Identifier: Apache-2.0
import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  verify,
  type KeyObject,
} from 'node:crypto';
import { verifyAsync } from '@noble/ed25519';
import { describe, expect, test } from 'vitest';
import { ed25519FromPoint, ed25519FromSeed } from '../../src/signers/ed25519.ts';
import { generateEd25519 } from '../../src/signers/generate.ts';
import { signerFromPrivateKey } from '../../src/signers/key-signer.ts';
import type { JsonObject } from '../../src/tuf/json.ts';
import { parseKey } from '../../src/tuf/key.ts';
import { verifySignature } from '../../src/tuf/signature.ts';
import { expectRefusal } from './key-files.ts';
import { seedOf } from './openssh-file.ts';

const ec = (namedCurve: string): KeyObject => generateKeyPairSync('ec', { namedCurve }).privateKey;
const KEYS: ReadonlyMap<string, KeyObject> = new Map([
  ['ed25519', ed25519FromSeed(seedOf('signer'))],
  ['p256', ec('P-256')],
  ['p384', ec('P-384')],
  ['rsa', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
]);
const PAYLOADS = ['', 'a', '{"_type":"targets"}', 'x'.repeat(100_000)].map((text) => Buffer.from(text));

function publicText(key: JsonObject): string {
  const keyval = key.get('keyval');
  const text = keyval instanceof Map ? keyval.get('public') : undefined;
  if (typeof text !== 'string') throw new Error('no public text');
  return text;
}

const pemOf = (key: KeyObject): string => createPublicKey(key).export({ format: 'pem', type: 'spki' }).toString();
function keyNamed(name: string): KeyObject {
  const key = KEYS.get(name);
  if (key === undefined) throw new Error(name);
  return key;
}

describe('a signer of a key', () => {
  test.each([
    { name: 'ed25519', keytype: 'ed25519', scheme: 'ed25519' },
    { name: 'p256', keytype: 'ecdsa', scheme: 'ecdsa-sha2-nistp256' },
    { name: 'p384', keytype: 'ecdsa', scheme: 'ecdsa-sha2-nistp384' },
    { name: 'rsa', keytype: 'rsa', scheme: 'rsassa-pss-sha256' },
  ])('$name: describes the key as TUF does, and only its public half', async ({ name, keytype, scheme }) => {
    const key = await signerFromPrivateKey(keyNamed(name)).publicKey();
    expect([...key.keys()].sort()).toEqual(['keytype', 'keyval', 'scheme']);
    expect([key.get('keytype'), key.get('scheme')]).toEqual([keytype, scheme]);
    expect([...(key.get('keyval') as JsonObject).keys()]).toEqual(['public']);
    const text = publicText(key);
    if (name === 'ed25519') expect(text).toMatch(/^[0-9a-f]{64}$/);
    else expect(text).toBe(pemOf(keyNamed(name)));
    expect(parseKey(key, 'key').material.kind).toBe('usable');
  });

  test.each([...KEYS.keys()])('%s: signs what clients verify, and nothing else', async (name) => {
    const signer = signerFromPrivateKey(keyNamed(name));
    const key = parseKey(await signer.publicKey(), 'key');
    for (const payload of PAYLOADS) {
      const sig = await signer.sign(payload);
      expect(sig).toMatch(/^(?:[0-9a-f]{2})+$/);
      expect(verifySignature(key, payload, sig)).toBe('valid');
      expect(verifySignature(key, Buffer.concat([payload, Buffer.from(' ')]), sig)).toBe('invalid');
    }
  });

  test('ed25519: noble, which shares no code with us, verifies', async () => {
    const signer = signerFromPrivateKey(keyNamed('ed25519'));
    const point = Buffer.from(publicText(await signer.publicKey()), 'hex');
    for (const payload of PAYLOADS) {
      const sig = Buffer.from(await signer.sign(payload), 'hex');
      expect(await verifyAsync(sig, payload, point)).toBe(true);
      sig[0] = (sig[0] ?? 0) ^ 1;
      expect(await verifyAsync(sig, payload, point)).toBe(false);
    }
  });

  test.each([
    { name: 'p256', hash: 'sha256', other: 'sha384' },
    { name: 'p384', hash: 'sha384', other: 'sha256' },
  ])('$name: signatures are DER over $hash', async ({ name, hash, other }) => {
    const payload = Buffer.from('payload');
    const sig = Buffer.from(await signerFromPrivateKey(keyNamed(name)).sign(payload), 'hex');
    const key = createPublicKey(keyNamed(name));
    expect(verify(hash, payload, { key, dsaEncoding: 'der' }, sig)).toBe(true);
    expect(verify(other, payload, { key, dsaEncoding: 'der' }, sig)).toBe(false);
    expect(verify(hash, payload, { key, dsaEncoding: 'ieee-p1363' }, sig)).toBe(false);
  });

  test('rsa: signatures are PSS over sha256 with a salt of 32 bytes', async () => {
    const payload = Buffer.from('payload');
    const sig = Buffer.from(await signerFromPrivateKey(keyNamed('rsa')).sign(payload), 'hex');
    const key = createPublicKey(keyNamed('rsa'));
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    expect(verify('sha256', payload, { key, padding, saltLength: 32 }, sig)).toBe(true);
    expect(verify('sha256', payload, { key, padding, saltLength: 31 }, sig)).toBe(false);
    expect(verify('sha256', payload, { key, padding: constants.RSA_PKCS1_PADDING }, sig)).toBe(false);
  });

  test('gives out no signature that the public half does not verify', async () => {
    const [mine, other] = [ec('P-256'), ec('P-256')].map((key) => key.export({ format: 'der', type: 'sec1' }));
    if (mine === undefined || other === undefined) throw new Error('no keys');
    const torn = Buffer.concat([mine.subarray(0, -64), other.subarray(-64)]);
    const signer = signerFromPrivateKey(createPrivateKey({ key: torn, format: 'der', type: 'sec1' }));
    await expectRefusal(() => signer.sign(Buffer.from('payload')), 'signer-key', [mine.subarray(7, 39).toString('hex')]);
  });

  test.each([
    { name: 'a public key', make: () => createPublicKey(ec('P-256')) },
    { name: 'a symmetric key', make: () => createSecretKey(seedOf('symmetric')) },
    { name: 'ed448', make: () => generateKeyPairSync('ed448').privateKey },
    { name: 'P-521', make: () => ec('P-521') },
    { name: 'a curve spelled out', make: () => generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }).privateKey },
    { name: 'RSA of 1024 bits', make: () => generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey },
    { name: 'RSA that may do only PSS', make: () => generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey },
  ])('refuses $name', async ({ make }) => {
    await expectRefusal(() => signerFromPrivateKey(make(), 'alice'), 'signer-key', []);
  });
});

describe('ed25519 keys', () => {
  test('of a seed are those of RFC 8032 §7.1', async () => {
    const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
    const signer = signerFromPrivateKey(ed25519FromSeed(seed));
    expect(publicText(await signer.publicKey())).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
    expect(
      createHash('sha256')
        .update(await signer.sign(Buffer.alloc(0)))
        .digest('hex'),
    ).toBe(
      createHash('sha256')
        .update(
          'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
        )
        .digest('hex'),
    );
  });

  test.each([0, 31, 33])('of %i bytes are refused', async (length) => {
    await expectRefusal(() => ed25519FromSeed(Buffer.alloc(length, 0xab)), 'signer-key', ['abababababab']);
    await expectRefusal(() => ed25519FromPoint(Buffer.alloc(length)), 'key-invalid', []);
  });

  test('that are new differ, and their PEM holds the private half of the public key', async () => {
    const [one, two] = [generateEd25519(), generateEd25519()];
    expect(publicText(one.publicKey)).not.toBe(publicText(two.publicKey));
    expect(one.pem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(await signerFromPrivateKey(createPrivateKey(one.pem)).publicKey()).toEqual(one.publicKey);
  });
});
