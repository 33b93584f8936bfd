// SPDX-License-Identifier: Apache-2.0
// Kinds of signatures that other makers use and clients read: RSA-PSS with sha384 and sha512, and ML-DSA by TAP 21. The files are securesystemslib's own.
import { readFileSync } from 'node:fs';
import { constants, createPrivateKey, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ml_dsa44, ml_dsa65, ml_dsa87 } from '@noble/post-quantum/ml-dsa.js';
import { requireClaimedKeys, type People } from '../../src/trust/people.ts';
import { parsePublicKey } from '../../src/signers/public-key.ts';
import { reviewKey } from '../../src/tuf/compatibility.ts';
import { parseInstant } from '../../src/tuf/instant.ts';
import { objectField, stringField } from '../../src/tuf/fields.ts';
import type { JsonObject } from '../../src/tuf/json.ts';
import { keyIdOf, parseKey, parseKeyTable, type PublicKey } from '../../src/tuf/key.ts';
import { mlDsaAlgorithmOf, mlDsaMessage, verifyMlDsa, type MlDsaAlgorithm } from '../../src/tuf/ml-dsa.ts';
import { parseRoot, parseRootAs } from '../../src/tuf/root.ts';
import { verifySignature } from '../../src/tuf/signature.ts';
import { countSignatures, parseRoleKeys } from '../../src/tuf/threshold.ts';
import { trustInitialRoot } from '../../src/tuf/trusted-set.ts';
import { RSA_2048_KEY } from '../fakes/keys/private-keys.ts';
import { publicTextOf, rsaSigner } from '../fakes/test-signer.ts';
import { bytes, errorOf, keyObject, object, seedBytes } from './support.ts';

const TIME = parseInstant('2030-01-01T00:00:00Z', 'test');
const RSA = ['rsassa-pss-sha384', 'rsassa-pss-sha512'] as const;
const ML_DSA: readonly MlDsaAlgorithm[] = ['ml-dsa-44', 'ml-dsa-65', 'ml-dsa-87'];
const SETS = { 'ml-dsa-44': ml_dsa44, 'ml-dsa-65': ml_dsa65, 'ml-dsa-87': ml_dsa87 };

const rootOf = (name: string): Buffer => readFileSync(new URL(`../data/securesystemslib/${name}.root.json`, import.meta.url));

/** The one key of a root, its payload and its signature. */
function parts(name: string): { readonly key: PublicKey; readonly payload: Uint8Array; readonly sig: string } {
  const { signed, payload, signatures } = parseRootAs('client', rootOf(name));
  const [[, key] = []] = signed.keys;
  const sig = signatures[0]?.sig;
  if (key === undefined || sig === undefined) throw new Error(`${name} has no key`);
  return { key, payload, sig };
}

/** The text of a key object. */
function publicTextIn(raw: JsonObject): string {
  return stringField(objectField(raw, 'keyval', '$'), 'public', '$');
}

/** The hex of a signature with its last bit changed. */
const spoilt = (sig: string): string => sig.slice(0, -1) + (Number.parseInt(sig.slice(-1), 16) ^ 1).toString(16);

describe.each([...RSA, ...ML_DSA])('a root by securesystemslib with a key of %s', (name) => {
  test('is accepted by clients', () => {
    expect(trustInitialRoot(rootOf(name), TIME)).toMatchObject({ kind: 'accepted' });
  });

  test('is refused with one bit of the signature changed', () => {
    const { sig } = parts(name);
    const text = rootOf(name).toString().replace(sig, spoilt(sig));
    expect(trustInitialRoot(bytes(text), TIME)).toMatchObject({ kind: 'refused', refusal: { code: 'threshold' } });
  });

  test('is refused with one letter of the content changed', () => {
    const text = rootOf(name).toString().replace('2031-01-01', '2032-01-01');
    expect(trustInitialRoot(bytes(text), TIME)).toMatchObject({ kind: 'refused', refusal: { code: 'threshold' } });
  });

  test.each([
    ['a byte short', (sig: string) => sig.slice(2), 'malformed'],
    ['a byte longer', (sig: string) => `${sig}00`, 'malformed'],
    ['in upper case', (sig: string) => sig.toUpperCase(), 'malformed'],
    ['all zeros', (sig: string) => '0'.repeat(sig.length), 'invalid'],
  ])('does not count with its signature %s', (_, change, verdict) => {
    const { key, payload, sig } = parts(name);
    expect(verifySignature(key, payload, sig)).toBe('valid');
    expect(verifySignature(key, payload, change(sig))).toBe(verdict);
  });

  test('has no vote for whoever writes, signs or gathers, who is told why', () => {
    const { signed, payload, signatures } = parseRoot(rootOf(name));
    const count = countSignatures({ payload, signatures, keys: signed.keys, role: signed.roles.root });
    expect(count.votes.size).toBe(0);
    const [[keyId] = []] = signed.keys;
    if (keyId === undefined) throw new Error('expected a key');
    const people: People = {
      byKey: new Map([[keyId, { name: 'alice', account: null, custody: false }]]),
      custodyQuorum: new Map(),
    };
    const refused = errorOf(() => requireClaimedKeys('targets', signed.roles.targets, signed.keys, people));
    expect(refused?.code).toBe('people-invalid');
    expect(refused?.detail).toMatch(
      /^expected a usable key for "alice", got few clients verify .* signatures, and nothing may depend on one$/,
    );
  });

  test('has a key that may not be written', () => {
    expect(reviewKey(parts(name).key).map(({ severity }) => severity)).toEqual(['refused']);
  });
});

describe('RSA-PSS', () => {
  test('counts with the digest of its scheme alone', () => {
    const [a, b] = [parts(RSA[0]), parts(RSA[1])];
    const other = { ...a.key, material: b.key.material };
    expect(verifySignature(other, a.payload, a.sig)).toBe('invalid');
    expect(verifySignature(parseKey(new Map(a.key.raw).set('scheme', 'rsassa-pss-sha512'), '$'), a.payload, a.sig)).toBe('invalid');
    expect(verifySignature(parseKey(new Map(a.key.raw).set('scheme', 'rsassa-pss-sha256'), '$'), a.payload, a.sig)).toBe('invalid');
  });

  test.each([
    ['rsassa-pss-sha224', 'unusable'],
    ['rsa-pkcs1v15-sha384', 'unusable'],
    ['rsassa-pss-sha3-512', 'unusable'],
    ['rsassa-pss-sha384', 'usable'],
  ])('under the scheme %s is %s', (scheme, kind) => {
    expect(parseKey(keyObject('rsa', scheme, publicTextOf(rsaSigner(RSA_2048_KEY))), '$').material.kind).toBe(kind);
  });

  test('one key under two schemes has one vote', () => {
    const privateKey = createPrivateKey(RSA_2048_KEY);
    const payload = bytes('{}');
    const text = publicTextOf(rsaSigner(RSA_2048_KEY));
    const keys = ['sha256', 'sha384', 'sha512'].map((hash) => {
      const raw = keyObject('rsa', `rsassa-pss-${hash}`, text);
      const sig = sign(hash, payload, { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
      return { raw, keyId: keyIdOf(raw), sig: sig.toString('hex') };
    });
    const table = parseKeyTable(new Map(keys.map(({ keyId, raw }) => [keyId, raw])), '$', 'client');
    const role = parseRoleKeys(object({ keyids: keys.map(({ keyId }) => keyId), threshold: 2 }), '$');
    const { entries, reached } = countSignatures({ payload, signatures: keys, keys: table, role });
    expect(entries.map(({ verdict }) => verdict)).toEqual(['counts', 'same-key', 'same-key']);
    expect(reached).toBe(false);
  });
});

describe.each(ML_DSA)('%s by TAP 21', (name) => {
  const set = SETS[name];
  const { publicKey, secretKey } = set.keygen(seedBytes(name));
  const payload = bytes('{"_type":"root"}');
  const { key } = parts(name);
  const spki = key.material.kind === 'usable' && 'spki' in key.material ? key.material.spki : new Uint8Array();
  const own = Buffer.concat([spki.subarray(0, spki.length - publicKey.length), publicKey]);

  test.each<[string, Uint8Array, Uint8Array | undefined, string]>([
    ['what TAP 21 says', mlDsaMessage(payload), undefined, 'valid'],
    ['the bare payload', payload, undefined, 'invalid'],
    ['another version byte', Buffer.concat([Buffer.from('tuf\u0002'), mlDsaMessage(payload).subarray(4)]), undefined, 'invalid'],
    ['the digest without the prefix', mlDsaMessage(payload).subarray(4), undefined, 'invalid'],
    ['a context that is not empty', mlDsaMessage(payload), bytes('tuf'), 'invalid'],
  ])('over %s: as expected', (_, message, context, verdict) => {
    const signature = set.sign(message, secretKey, context === undefined ? {} : { context });
    expect(verifyMlDsa(name, own, payload, signature)).toBe(verdict);
  });

  test('has one verdict, by Node where it can and by the library', () => {
    const { payload: signedBytes, sig } = parts(name);
    for (const hex of [sig, spoilt(sig), '0'.repeat(sig.length), sig.slice(2)]) {
      const signature = Buffer.from(hex, 'hex');
      const verdict = verifyMlDsa(name, spki, signedBytes, signature, 'library');
      expect(verifyMlDsa(name, spki, signedBytes, signature)).toBe(verdict);
    }
  });

  test.each<[string, string, string, string | null]>([
    ['its key', 'ml-dsa', `${name}/1`, null],
    ['its key, a version that nobody knows', 'ml-dsa', `${name}/2`, null],
    ['its key without a version', 'ml-dsa', name, null],
    ['its key under another type', 'mldsa', `${name}/1`, null],
    ['no PEM', 'ml-dsa', `${name}/1`, 'abcd'],
    ['the key in hex', 'ml-dsa', `${name}/1`, Buffer.from(spki).toString('hex')],
  ])('%s', (what, keytype, scheme, text) => {
    const raw = key.raw;
    const value = text ?? publicTextIn(raw);
    expect(parseKey(keyObject(keytype, scheme, value), '$').material.kind).toBe(what === 'its key' ? 'usable' : 'unusable');
  });

  test('is no key of other parameters, nor one with a byte more or less', () => {
    expect(mlDsaAlgorithmOf(spki)).toBe(name);
    expect(mlDsaAlgorithmOf(spki.subarray(0, -1))).toBe(null);
    expect(mlDsaAlgorithmOf(Buffer.concat([spki, Buffer.alloc(1)]))).toBe(null);
    const pem = publicTextIn(key.raw);
    for (const other of ML_DSA.filter((one) => one !== name))
      expect(parseKey(keyObject('ml-dsa', `${other}/1`, pem), '$').material.kind).toBe('unusable');
  });

  test('is refused as the key of a person, in words', () => {
    const pem = publicTextIn(key.raw);
    expect(errorOf(() => parsePublicKey(pem, 'people.alice.key'))?.message).toBe(
      `people.alice.key: expected an ed25519, P-256, P-384 or RSA key, got one of ${name}: few clients verify its signatures yet, and nothing may depend on one`,
    );
  });
});
