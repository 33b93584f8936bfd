// SPDX-License-Identifier: Apache-2.0
import {
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  constants,
  type KeyObject,
} from 'node:crypto';
import { encodeCanonicalJson } from '../../src/tuf/canonical.ts';
import { CountersignError, type ErrorCode } from '../../src/tuf/errors.ts';
import { asObject } from '../../src/tuf/fields.ts';
import { parseJson, type JsonObject, type JsonValue } from '../../src/tuf/json.ts';
import { keyIdOf, parseKey, parseKeyTable, type KeyId, type KeyTable, type PublicKey } from '../../src/tuf/key.ts';
import { encodeMetadata } from '../../src/tuf/metadata.ts';

/** A key pair for tests: the TUF key object, its id, and what signs with it. */
export interface TestKey {
  readonly raw: JsonObject;
  readonly keyId: KeyId;
  readonly key: PublicKey;
  /** Signs in the encoding that TUF uses; lower-case hex. */
  sign(payload: Uint8Array): string;
}

/** UTF-8 of a text. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A plain value as the reader would give it. */
export function json(value: unknown): JsonValue {
  return parseJson(bytes(JSON.stringify(value)));
}

/** A plain object as the reader would give it. */
export function object(value: Readonly<Record<string, unknown>>): JsonObject {
  return asObject(json(value), '$');
}

/** The code that `step` throws, or the word `accepted`. Anything but a CountersignError fails the test. */
export function codeOf(step: () => unknown): ErrorCode | 'accepted' {
  return errorOf(step)?.code ?? 'accepted';
}

/** The error that `step` throws; null when it throws none. */
export function errorOf(step: () => unknown): CountersignError | null {
  try {
    step();
    return null;
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return error;
  }
}

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** 32 bytes that depend on `seed` only. */
export function seedBytes(seed: number | string): Buffer {
  return createHash('sha256')
    .update(`countersign test key ${String(seed)}`)
    .digest();
}

/** PEM of a public key, as securesystemslib writes it. */
export function pemOf(key: KeyObject): string {
  return String(key.export({ format: 'pem', type: 'spki' }));
}

function testKey(raw: JsonObject, signer: (payload: Uint8Array) => Buffer): TestKey {
  return { raw, keyId: keyIdOf(raw), key: parseKey(raw, '$'), sign: (payload) => signer(payload).toString('hex') };
}

/** A key object; `extra` are unknown fields of it. */
export function keyObject(keytype: string, scheme: string, value: string, extra: Readonly<Record<string, unknown>> = {}): JsonObject {
  return object({ ...extra, keytype, scheme, keyval: { public: value } });
}

/** The ed25519 key of a seed. `extra` are unknown fields: they give the same key another keyid. */
export function ed25519Key(seed: number | string, extra: Readonly<Record<string, unknown>> = {}): TestKey {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seedBytes(seed)]), format: 'der', type: 'pkcs8' });
  const point = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
  return testKey(keyObject('ed25519', 'ed25519', point, extra), (payload) => sign(null, payload, privateKey));
}

const CURVES = {
  'P-256': { openssl: 'prime256v1', bytes: 32, digest: 'sha256', scheme: 'ecdsa-sha2-nistp256' },
  'P-384': { openssl: 'secp384r1', bytes: 48, digest: 'sha384', scheme: 'ecdsa-sha2-nistp384' },
  'P-521': { openssl: 'secp521r1', bytes: 66, digest: 'sha512', scheme: 'ecdsa-sha2-nistp521' },
} as const;
export type Curve = keyof typeof CURVES;

/** The private half of the ecdsa key of a seed. */
export function ecdsaPrivateKey(curve: Curve, seed: number | string): KeyObject {
  const { openssl, bytes: size } = CURVES[curve];
  const scalar = Buffer.concat([Buffer.alloc(size - 32), seedBytes(seed)]);
  const ecdh = createECDH(openssl);
  ecdh.setPrivateKey(scalar);
  const point = ecdh.getPublicKey();
  const base64 = (part: Buffer): string => part.toString('base64url');
  const jwk = { kty: 'EC', crv: curve, d: base64(scalar), x: base64(point.subarray(1, 1 + size)), y: base64(point.subarray(1 + size)) };
  return createPrivateKey({ key: jwk, format: 'jwk' });
}

/** The ecdsa key of a seed. */
export function ecdsaKey(curve: Curve, seed: number | string, keytype = 'ecdsa', extra: Readonly<Record<string, unknown>> = {}): TestKey {
  const privateKey = ecdsaPrivateKey(curve, seed);
  const { digest, scheme } = CURVES[curve];
  const raw = keyObject(keytype, scheme, pemOf(createPublicKey(privateKey)), extra);
  return testKey(raw, (payload) => sign(digest, payload, privateKey));
}

/** A new RSA key; its bits are random, and no verdict depends on them. `saltLength` in bytes. */
export function rsaKey(modulusLength = 2048, saltLength = 32): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength });
  const raw = keyObject('rsa', 'rsassa-pss-sha256', pemOf(publicKey));
  return testKey(raw, (payload) => sign('sha256', payload, { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }));
}

/** The `keys` of a role, by their own keyids. */
export function keysObject(...keys: readonly TestKey[]): JsonObject {
  return new Map(keys.map(({ keyId, raw }) => [keyId, raw]));
}

/** A key table as the parser gives it. */
export function keyTable(...keys: readonly TestKey[]): KeyTable {
  return parseKeyTable(keysObject(...keys), '$.keys', 'maker');
}

/** A file with the signatures of these keys. */
export function signedFile(signed: JsonObject, ...signers: readonly TestKey[]): Uint8Array {
  const payload = encodeCanonicalJson(signed);
  return encodeMetadata(
    signed,
    signers.map((key) => ({ keyId: key.keyId, sig: key.sign(payload) })),
  );
}

/** A copy of an object with some members replaced; undefined removes one. */
export function withMembers(base: JsonObject, members: Readonly<Record<string, unknown>>): JsonObject {
  const copy = new Map<string, JsonValue>(base);
  for (const [key, value] of Object.entries(members)) {
    if (value === undefined) copy.delete(key);
    else copy.set(key, value instanceof Map ? value : json(value));
  }
  return copy;
}

/** The head of every signed part, for tests that change one of its members. */
export const HEADER: Readonly<Record<string, unknown>> = { spec_version: '1.0.0', version: 1, expires: '2030-01-01T00:00:00Z' };

/** A root whose four roles have these keys and the threshold 1, unless `members` say otherwise. */
export function rootSigned(keys: readonly TestKey[], members: Readonly<Record<string, unknown>> = {}): JsonObject {
  const role = { keyids: keys.map((key) => key.keyId), threshold: 1 };
  const roles = { root: role, timestamp: role, snapshot: role, targets: role };
  return withMembers(object({ _type: 'root', ...HEADER, consistent_snapshot: true, roles }), { keys: keysObject(...keys), ...members });
}

/** A targets role that lists nothing, unless `members` say otherwise. */
export function targetsSigned(members: Readonly<Record<string, unknown>> = {}): JsonObject {
  return withMembers(object({ _type: 'targets', ...HEADER, targets: {} }), members);
}

/** A snapshot that lists targets at version 1, unless `members` say otherwise. */
export function snapshotSigned(members: Readonly<Record<string, unknown>> = {}): JsonObject {
  return withMembers(object({ _type: 'snapshot', ...HEADER, meta: { 'targets.json': { version: 1 } } }), members);
}

/** A timestamp of snapshot version 1, unless `members` say otherwise. */
export function timestampSigned(members: Readonly<Record<string, unknown>> = {}): JsonObject {
  return withMembers(object({ _type: 'timestamp', ...HEADER, meta: { 'snapshot.json': { version: 1 } } }), members);
}
