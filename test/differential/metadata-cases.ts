// SPDX-License-Identifier: Apache-2.0
import { constants, createPublicKey, ECDH, generateKeyPairSync, sign } from 'node:crypto';
import { encodeCanonicalJson } from '../../src/tuf/canonical.ts';
import { outcomeOf, type Outcome } from '../../src/tuf/errors.ts';
import { parseJson, type JsonObject, type JsonValue } from '../../src/tuf/json.ts';
import { keyIdOf, type KeyTable } from '../../src/tuf/key.ts';
import { parseMetadata, payloadDigest, type Metadata, type SignedHeader } from '../../src/tuf/metadata.ts';
import { parseDelegatedRoleName } from '../../src/tuf/names.ts';
import { parseRootSigned, type Root } from '../../src/tuf/root.ts';
import { delegatedKeys } from '../../src/tuf/delegations.ts';
import { parseTargetsSigned, type Targets } from '../../src/tuf/targets.ts';
import { countSignatures, type RoleKeys } from '../../src/tuf/threshold.ts';
import { requireRootTransition } from '../../src/tuf/trusted-set.ts';
import { bytes, ecdsaKey, ecdsaPrivateKey, ed25519Key, keyObject, pemOf } from '../tuf/support.ts';
import type { Random } from './random.ts';

/** What we make of one count: the keyids that have a vote. */
interface Count {
  readonly signed: readonly string[];
  readonly threshold: number;
  readonly reached: boolean;
}

/** Two files as text, and our verdict: the code of a refusal to read either, or the counts and the digest of what is signed. */
export interface MetadataCase {
  readonly kind: 'root' | 'delegate';
  /** The delegator; for a root the one before. */
  readonly delegator: string;
  readonly role: string;
  readonly file: string;
  readonly refused: string | null;
  readonly payload: string | null;
  /** By the delegator's keys; for a root also by its own. */
  readonly counts: readonly Count[];
  /** Whether the file is accepted, by version too where it is a root. */
  readonly verified: boolean;
}

/** A way to list and use one public key. */
interface PoolKey {
  readonly raw: JsonObject;
  /** How often it is chosen, compared with others. */
  readonly weight: number;
  sign(payload: Uint8Array): string;
}

function rsaPoolKey(bits: number, scheme: string, weight: number): PoolKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  const pss = scheme === 'rsassa-pss-sha256';
  const options = pss
    ? { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
    : { key: privateKey, padding: constants.RSA_PKCS1_PADDING };
  return { raw: keyObject('rsa', scheme, pemOf(publicKey)), weight, sign: (payload) => sign('sha256', payload, options).toString('hex') };
}

/**
 * An RSA key whose signatures are given without their first byte, which is zero: the same number, spelled shorter. A modulus
 * of one bit more than whole bytes makes half of all signatures begin so.
 */
function shortenedRsaPoolKey(weight: number): PoolKey {
  const { raw, sign: signWith } = rsaPoolKey(2049, 'rsassa-pss-sha256', weight);
  const signShort = (payload: Uint8Array): string => {
    for (;;) {
      const sig = signWith(payload);
      if (sig.startsWith('00')) return sig.slice(2);
    }
  };
  return { raw, weight, sign: signShort };
}

/** P-256 keys written in other ways, with a compressed point or as a point in hex. */
function respelledP256(how: 'compressed' | 'hex', seed: number, weight: number): PoolKey {
  const point = createPublicKey(ecdsaPrivateKey('P-256', seed)).export({ format: 'der', type: 'spki' }).subarray(-65);
  const compressed = Buffer.from(ECDH.convertKey(point, 'prime256v1', undefined, undefined, 'compressed'));
  const spki = Buffer.concat([Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex'), compressed]);
  const pem = `-----BEGIN PUBLIC KEY-----\n${spki.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END PUBLIC KEY-----\n`;
  const value = how === 'hex' ? point.toString('hex') : pem;
  return { raw: keyObject('ecdsa', 'ecdsa-sha2-nistp256', value), weight, sign: (payload) => ecdsaKey('P-256', seed).sign(payload) };
}

function upperCaseEd25519(seed: number): PoolKey {
  const { raw, sign: signWith } = ed25519Key(seed);
  const text = new TextDecoder().decode(encodeCanonicalJson(raw)).replace(/[0-9a-f]{64}/, (hex) => hex.toUpperCase());
  const upper = parseJson(bytes(text));
  return { raw: upper instanceof Map ? upper : raw, weight: 1, sign: signWith };
}

/**
 * All keys that cases choose from. RSA keys and the signatures of RSA and ECDSA are new in each run, so two runs of one seed
 * are alike but for those bytes; what a verdict could owe to them has a class of its own.
 */
export function newKeyPool(): readonly PoolKey[] {
  const pool: PoolKey[] = [];
  for (let seed = 0; seed < 6; seed++) pool.push({ ...ed25519Key(seed), weight: 8 });
  for (let seed = 0; seed < 3; seed++) {
    // The same public key with an unknown field is a second key object with a correct keyid.
    pool.push({ ...ed25519Key(seed, { 'x-copy': seed }), weight: 4 });
    pool.push({ ...ecdsaKey('P-256', seed), weight: 8 });
    pool.push({ ...ecdsaKey('P-384', seed), weight: 5 });
  }
  pool.push({ ...ecdsaKey('P-256', 0, 'ecdsa-sha2-nistp256'), weight: 4 }, { ...ecdsaKey('P-384', 0, 'ecdsa-sha2-nistp384'), weight: 3 });
  pool.push({ ...ecdsaKey('P-521', 0), weight: 2 }, { ...ecdsaKey('P-521', 1), weight: 1 });
  pool.push(rsaPoolKey(2048, 'rsassa-pss-sha256', 6), rsaPoolKey(3072, 'rsassa-pss-sha256', 3), rsaPoolKey(1024, 'rsassa-pss-sha256', 2));
  pool.push(rsaPoolKey(2048, 'rsa-pkcs1v15-sha256', 2), rsaPoolKey(2049, 'rsassa-pss-sha256', 1), shortenedRsaPoolKey(1));
  pool.push(respelledP256('compressed', 1, 2), respelledP256('hex', 2, 2), upperCaseEd25519(5));
  // The point of order 1: this signature verifies for every payload.
  pool.push({ raw: keyObject('ed25519', 'ed25519', `01${'00'.repeat(31)}`), weight: 2, sign: () => `01${'00'.repeat(63)}` });
  pool.push({ raw: keyObject('sigstore-oidc', 'Fulcio', 'x'), weight: 1, sign: () => 'ab'.repeat(64) });
  return pool;
}

/** A pool key under the id that a file lists it by. */
interface Listed {
  readonly keyId: string;
  readonly key: PoolKey;
  readonly inTable: boolean;
}

function chooseKeys(random: Random, pool: readonly PoolKey[]): readonly Listed[] {
  const weighted = pool.flatMap((key) => new Array<PoolKey>(key.weight).fill(key));
  const chosen = new Set(random.some(weighted, 2 + random.below(4)));
  return [...chosen].map((key) => {
    const right = keyIdOf(key.raw);
    // A wrong id under which nothing else is listed.
    const keyId = random.chance(6) ? right.replace(/^../, random.pick(['zz', 'yy'])) : right;
    return { keyId, key, inTable: !random.chance(6) };
  });
}

function roleObject(random: Random, keys: readonly Listed[]): Map<string, JsonValue> {
  const ids = keys.map((key) => key.keyId);
  if (random.chance(1)) ids.push(ids[0] ?? '');
  const threshold = random.chance(1) ? 0 : 1 + random.below(Math.min(4, keys.length + (random.chance(10) ? 1 : 0)));
  return new Map<string, JsonValue>([
    ['keyids', ids],
    ['threshold', threshold],
  ]);
}

function keysObject(keys: readonly Listed[]): JsonObject {
  return new Map(keys.filter((key) => key.inTable).map((key) => [key.keyId, key.key.raw]));
}

/** One of the things that a signature may be instead of what it should. */
function spoil(sig: string, random: Random): string {
  const half = Math.floor(sig.length / 4) * 2;
  return random.pick<() => string>([
    () => '',
    () => sig.toUpperCase(),
    () => `${sig.slice(0, half)} ${sig.slice(half)}`,
    () => sig.slice(2),
    () => sig.slice(1),
    () => `${sig}zz`,
    () => 'no hex',
    () => Buffer.from(sig, 'hex').toString('base64'),
    () => `${sig.slice(0, half)}${sig.startsWith('00', half) ? '01' : '00'}${sig.slice(half + 2)}`,
    () => 'ab'.repeat(sig.length / 2),
  ])();
}

function signaturesOf(signed: JsonObject, signers: readonly Listed[], random: Random): JsonValue[] {
  const payload = encodeCanonicalJson(signed);
  const entries: JsonValue[] = [];
  for (const { keyId, key } of random.some(signers, signers.length)) {
    if (random.chance(12)) continue;
    const good = random.chance(95) ? key.sign(payload) : key.sign(bytes('{}'));
    const entry = new Map<string, JsonValue>([
      ['keyid', keyId],
      ['sig', random.chance(25) ? spoil(good, random) : good],
    ]);
    if (random.chance(5)) entry.set('bundle', new Map([['x', 1]]));
    entries.push(entry);
    if (random.chance(1)) entries.push(entry);
  }
  return entries;
}

function plain(value: JsonValue): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]: [string, JsonValue]) => [key, plain(item)]));
  return Array.isArray(value) ? value.map((item: JsonValue) => plain(item)) : value;
}

function fileText(signed: JsonObject, signatures: readonly JsonValue[]): string {
  return JSON.stringify({ signatures: signatures.map(plain), signed: plain(signed) });
}

const HEAD: readonly (readonly [string, JsonValue])[] = [
  ['spec_version', '1.0.31'],
  ['expires', '2030-01-01T00:00:00Z'],
];

function rootSigned(random: Random, version: number, keys: readonly Listed[], role: string, strangers: readonly Listed[] = []): JsonObject {
  const roles = new Map<string, JsonValue>();
  for (const name of ['root', 'timestamp', 'snapshot', 'targets'])
    roles.set(name, roleObject(random, name === role ? keys : keys.slice(0, 1)));
  if (random.chance(1)) roles.set('mirrors', roleObject(random, keys.slice(0, 1)));
  if (random.chance(1)) roles.delete('snapshot');
  return new Map<string, JsonValue>([
    ['_type', 'root'],
    ...HEAD,
    ['version', version],
    ['consistent_snapshot', true],
    ['keys', keysObject([...keys, ...strangers])],
    ['roles', roles],
  ]);
}

function targetsSigned(random: Random, delegated: readonly Listed[] | null, strangers: readonly Listed[] = []): JsonObject {
  const signed = new Map<string, JsonValue>([['_type', 'targets'], ...HEAD, ['version', 1 + random.below(9)], ['targets', new Map()]]);
  if (random.chance(30)) signed.set('x-\u{1f600}\n', ['e\u0301', '\uffff']);
  if (delegated !== null) {
    const role = roleObject(random, delegated).set('name', 'release').set('terminating', false).set('paths', ['*']);
    signed.set(
      'delegations',
      new Map<string, JsonValue>([
        ['keys', keysObject([...delegated, ...strangers])],
        ['roles', [role]],
      ]),
    );
  }
  return signed;
}

function countOf(file: Metadata<SignedHeader>, keys: KeyTable, role: RoleKeys): Count {
  const { votes, threshold, reached } = countSignatures({ payload: file.payload, signatures: file.signatures, keys, role });
  return { signed: [...votes.values()].sort(), threshold, reached };
}

type Verdict = Pick<MetadataCase, 'refused' | 'payload' | 'counts' | 'verified'>;

function verdict(
  outcome: Outcome<{ readonly counts: readonly Count[]; readonly file: Metadata<SignedHeader>; readonly verified: boolean }>,
): Verdict {
  if (outcome.kind === 'refused') return { refused: outcome.refusal.code, payload: null, counts: [], verified: false };
  const { counts, file, verified } = outcome.value;
  return { refused: null, payload: payloadDigest(file.payload), counts, verified };
}

function rootCase(random: Random, pool: readonly PoolKey[]): MetadataCase {
  const oldKeys = chooseKeys(random, pool);
  const newKeys = random.chance(50)
    ? oldKeys
    : [...oldKeys.slice(1), ...chooseKeys(random, pool).filter((key) => !oldKeys.some((old) => old.keyId === key.keyId))];
  const old = fileText(rootSigned(random, 3, oldKeys, 'root'), []);
  const signed = rootSigned(random, random.chance(10) ? 3 + random.below(3) : 4, newKeys, 'root');
  const signers = [...oldKeys, ...newKeys.filter((key) => !oldKeys.some((one) => one.keyId === key.keyId))];
  const text = fileText(signed, signaturesOf(signed, signers, random));
  const outcome = outcomeOf(() => {
    const before: Metadata<Root> = parseMetadata(bytes(old), parseRootSigned);
    const file: Metadata<Root> = parseMetadata(bytes(text), parseRootSigned);
    const counts = [before, file].map((by) => countOf(file, by.signed.keys, by.signed.roles.root));
    return { counts, file, verified: outcomeOf(() => requireRootTransition(before, file)).kind === 'accepted' };
  });
  return { kind: 'root', delegator: old, role: 'root', file: text, ...verdict(outcome) };
}

function delegateCase(random: Random, pool: readonly PoolKey[]): MetadataCase {
  const keys = chooseKeys(random, pool);
  const byRoot = random.chance(50);
  // Keys of the file's table that are not of this role.
  const strangers = random.chance(20) ? chooseKeys(random, pool).filter((key) => !keys.some((one) => one.keyId === key.keyId)) : [];
  const by = byRoot ? rootSigned(random, 1, keys, 'targets', strangers) : targetsSigned(random, keys, strangers);
  const delegator = fileText(by, []);
  const signed = targetsSigned(random, null);
  const text = fileText(signed, signaturesOf(signed, [...keys, ...strangers], random));
  const outcome = outcomeOf(() => {
    const read = parseMetadata<Root | Targets>(bytes(delegator), byRoot ? parseRootSigned : parseTargetsSigned).signed;
    const file = parseMetadata(bytes(text), parseTargetsSigned);
    const delegations = read.kind === 'targets' ? read.delegations : null;
    const role =
      read.kind === 'root' ? read.roles.targets : delegations && delegatedKeys(delegations, parseDelegatedRoleName('release', '$'));
    const table = read.kind === 'root' ? read.keys : delegations?.keys;
    if (!role || table === undefined) throw new Error('expected a delegation');
    const count = countOf(file, table, role);
    return { counts: [count], file, verified: count.reached };
  });
  return { kind: 'delegate', delegator, role: byRoot ? 'targets' : 'release', file: text, ...verdict(outcome) };
}

/** A random pair of files, mostly of a delegation, in two fifths of all cases of two roots. */
export function metadataCase(random: Random, pool: readonly PoolKey[]): MetadataCase {
  return random.chance(40) ? rootCase(random, pool) : delegateCase(random, pool);
}
