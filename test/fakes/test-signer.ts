// SPDX-License-Identifier: Apache-2.0
import { constants, createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { ml_dsa44, ml_dsa65, ml_dsa87 } from '@noble/post-quantum/ml-dsa.js';
import { keyIdOf } from '../../src/tuf/key.ts';
import { objectFromPlain, type PlainObject } from './plain-json.ts';

/** A key that signs in tests: the public part as metadata lists it, and a signing function without I/O. */
export interface TestSigner {
  /** As {@link keyIdOf} gives it, unless a test says otherwise. */
  readonly keyId: string;
  /** The key object for `keys`. */
  readonly key: PlainObject;
  /** Signs a payload; lower-case hex. */
  readonly sign: (payload: Uint8Array) => string;
}

const ED25519_PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

function signer(keytype: string, scheme: string, publicText: string, signPayload: (payload: Uint8Array) => Buffer): TestSigner {
  const key = { keytype, scheme, keyval: { public: publicText } };
  return { keyId: keyIdOf(objectFromPlain(key)), key, sign: (payload) => signPayload(payload).toString('hex') };
}

/** An ed25519 key made of a name: the seed is the name, padded with zero bytes to 32. Its signatures are the same each time. */
export function ed25519Signer(name: string): TestSigner {
  const seed = Buffer.alloc(32);
  seed.write(name);
  const privateKey = createPrivateKey({ key: Buffer.concat([ED25519_PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const point = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
  return signer('ed25519', 'ed25519', point.toString('hex'), (payload) => sign(null, payload, privateKey));
}

function pemOf(key: KeyObject): string {
  return createPublicKey(key).export({ format: 'pem', type: 'spki' }).toString();
}

/** An ECDSA key from PKCS#8 PEM, on P-256 or P-384; the scheme follows the curve. */
export function ecdsaSigner(pem: string, keytype = 'ecdsa'): TestSigner {
  const privateKey = createPrivateKey(pem);
  const [scheme, hash] =
    privateKey.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? ['ecdsa-sha2-nistp384', 'sha384'] : ['ecdsa-sha2-nistp256', 'sha256'];
  return signer(keytype, scheme, pemOf(privateKey), (payload) => sign(hash, payload, privateKey));
}

/** An RSA-PSS key from PKCS#8 PEM. */
export function rsaSigner(pem: string, hash: 'sha256' | 'sha384' | 'sha512' = 'sha256'): TestSigner {
  const privateKey = createPrivateKey(pem);
  const pss = { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  return signer('rsa', `rsassa-pss-${hash}`, pemOf(privateKey), (payload) => sign(hash, payload, pss));
}

const ML_DSA = { 44: ml_dsa44, 65: ml_dsa65, 87: ml_dsa87 };

/** An ML-DSA key made of a name, which signs as TAP 21 says. */
export function mlDsaSigner(name: string, parameters: 44 | 65 | 87): TestSigner {
  const seed = Buffer.alloc(32);
  seed.write(name);
  const { publicKey, secretKey } = ML_DSA[parameters].keygen(seed);
  const oid = Buffer.from(`300b06096086480165030403${{ 44: '11', 65: '12', 87: '13' }[parameters]}`, 'hex');
  const lengthOf = (bytes: number): Buffer => Buffer.from([0x82, bytes >> 8, bytes & 0xff]);
  const bits = Buffer.concat([Buffer.from([0x03]), lengthOf(publicKey.length + 1), Buffer.alloc(1), publicKey]);
  const spki = Buffer.concat([Buffer.from([0x30]), lengthOf(oid.length + bits.length), oid, bits]);
  const lines = spki.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  const pem = `-----BEGIN PUBLIC KEY-----\n${lines}\n-----END PUBLIC KEY-----\n`;
  const messageOf = (payload: Uint8Array): Buffer =>
    Buffer.concat([Buffer.from('tuf\u0001'), createHash('sha512').update(payload).digest()]);
  return signer('ml-dsa', `ml-dsa-${String(parameters)}/1`, pem, (payload) =>
    Buffer.from(ML_DSA[parameters].sign(messageOf(payload), secretKey, { extraEntropy: false })),
  );
}

/** `base` with members of its key object changed; the keyid follows, the private part stays. */
export function withKey(base: TestSigner, change: PlainObject): TestSigner {
  const key = { ...base.key, ...change };
  return { ...base, key, keyId: keyIdOf(objectFromPlain(key)) };
}

/** The text under `keyval.public`. */
export function publicTextOf({ key }: TestSigner): string {
  const keyval = key['keyval'];
  const text = typeof keyval === 'object' && keyval !== null && !Array.isArray(keyval) ? keyval['public'] : undefined;
  if (typeof text !== 'string') throw new Error('the key has no public text');
  return text;
}

/** `base` with another spelling of the public text. */
export function withPublicText(base: TestSigner, text: string): TestSigner {
  return withKey(base, { keyval: { public: text } });
}

/** The signers of {@link newRepository}: two people for root and targets, two for releases, one key each for what is online. */
export const ALICE: TestSigner = ed25519Signer('alice');
export const BOB: TestSigner = ed25519Signer('bob');
export const CAROL: TestSigner = ed25519Signer('carol');
export const DAVE: TestSigner = ed25519Signer('dave');
/** Somebody whom no repository names. */
export const MALLORY: TestSigner = ed25519Signer('mallory');
export const SNAPSHOT_KEY: TestSigner = ed25519Signer('snapshot');
export const TIMESTAMP_KEY: TestSigner = ed25519Signer('timestamp');
/** What online keys are rotated to. */
export const NEW_SNAPSHOT_KEY: TestSigner = ed25519Signer('new snapshot');
export const NEW_TIMESTAMP_KEY: TestSigner = ed25519Signer('new timestamp');
