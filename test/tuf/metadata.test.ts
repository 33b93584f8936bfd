// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encodeCanonicalJson, encodeJsonFile } from '../../src/tuf/canonical.ts';
import { isJsonArray, isJsonObject, parseJson } from '../../src/tuf/json.ts';
import { parseKeyId } from '../../src/tuf/key.ts';
import { encodeMetadata, metadataFrom, parseMetadata, payloadDigest } from '../../src/tuf/metadata.ts';
import { parseSnapshotSigned, parseTimestampSigned } from '../../src/tuf/online.ts';
import { parseRootSigned } from '../../src/tuf/root.ts';
import { parseTargetsSigned } from '../../src/tuf/targets.ts';
import {
  bytes,
  codeOf,
  ed25519Key,
  json,
  object,
  rootSigned,
  signedFile,
  snapshotSigned,
  targetsSigned,
  timestampSigned,
} from './support.ts';

const alice = ed25519Key('alice');
const HASH = 'a1'.repeat(32);

describe('the head of a signed part', () => {
  test.each([
    ['as it should be', {}, 'accepted'],
    ['another type', { _type: 'root' }, 'type-mismatch'],
    ['the type in upper case', { _type: 'Targets' }, 'type-mismatch'],
    ['no type', { _type: undefined }, 'field-missing'],
    ['specification 1.0', { spec_version: '1.0' }, 'accepted'],
    ['specification 1.0.34', { spec_version: '1.0.34' }, 'accepted'],
    ['specification 1.2.0', { spec_version: '1.2.0' }, 'accepted'],
    ['specification 2.0.0', { spec_version: '2.0.0' }, 'spec-version'],
    ['specification 1', { spec_version: '1' }, 'spec-version'],
    ['specification 10.0', { spec_version: '10.0' }, 'spec-version'],
    ['specification 1.0.0 and more', { spec_version: '1.0.0-x' }, 'spec-version'],
    ['specification as a number', { spec_version: 1 }, 'field-type'],
    ['no specification', { spec_version: undefined }, 'field-missing'],
    ['version 2', { version: 2 }, 'accepted'],
    ['version 0', { version: 0 }, 'version-invalid'],
    ['version -1', { version: -1 }, 'version-invalid'],
    ['version as text', { version: '1' }, 'field-type'],
    ['no version', { version: undefined }, 'field-missing'],
    ['an expiry in the past', { expires: '2000-01-01T00:00:00Z' }, 'accepted'],
    ['an expiry that is no date', { expires: 'never' }, 'expires-invalid'],
    ['an expiry with fractions', { expires: '2030-01-01T00:00:00.000Z' }, 'expires-invalid'],
    ['no expiry', { expires: undefined }, 'field-missing'],
    ['an unknown field', { 'x-unknown': [1] }, 'accepted'],
  ])('%s: %s', (_, members, code) => {
    expect(codeOf(() => parseTargetsSigned(targetsSigned(members), '$'))).toBe(code);
  });
});

describe('a root (TUF §4.3)', () => {
  const role = { keyids: [alice.keyId], threshold: 1 };
  const roles = { root: role, timestamp: role, snapshot: role, targets: role };
  test.each([
    ['as it should be', {}, 'accepted'],
    ['no consistent_snapshot', { consistent_snapshot: undefined }, 'accepted'],
    ['consistent_snapshot as text', { consistent_snapshot: 'true' }, 'field-type'],
    ['the role mirrors', { roles: { ...roles, mirrors: role } }, 'accepted'],
    ['an unknown role', { roles: { ...roles, release: role } }, 'role-name-invalid'],
    ['no root role', { roles: { ...roles, root: undefined } }, 'role-missing'],
    ['no timestamp role', { roles: { ...roles, timestamp: undefined } }, 'role-missing'],
    ['no snapshot role', { roles: { ...roles, snapshot: undefined } }, 'role-missing'],
    ['no targets role', { roles: { ...roles, targets: undefined } }, 'role-missing'],
    ['threshold 0', { roles: { ...roles, timestamp: { ...role, threshold: 0 } } }, 'threshold-invalid'],
    ['the same keyid twice', { roles: { ...roles, root: { ...role, keyids: [alice.keyId, alice.keyId] } } }, 'keyid-repeated'],
    ['roles as an array', { roles: [role] }, 'field-type'],
    ['no keys', { keys: undefined }, 'field-missing'],
    ['a key that is no object', { keys: { a: 'b' } }, 'field-type'],
    ['a key under an empty id', { keys: new Map([['', alice.raw]]) }, 'key-invalid'],
  ])('%s: %s', (_, members, code) => {
    expect(codeOf(() => parseRootSigned(rootSigned([alice], members), '$'))).toBe(code);
  });

  test('without consistent_snapshot has none', () => {
    expect(parseRootSigned(rootSigned([alice]), '$').consistentSnapshot).toBe(true);
    expect(parseRootSigned(rootSigned([alice], { consistent_snapshot: undefined }), '$').consistentSnapshot).toBe(false);
  });
});

describe('the entries of a targets role (TUF §4.5)', () => {
  const entry = { length: 1, hashes: { sha256: HASH } };
  test.each([
    ['sha256', entry, 'accepted'],
    ['length 0', { ...entry, length: 0 }, 'accepted'],
    ['length -1', { ...entry, length: -1 }, 'length-invalid'],
    ['no length', { hashes: entry.hashes }, 'field-missing'],
    ['length as text', { ...entry, length: '1' }, 'field-type'],
    ['no hashes', { length: 1 }, 'field-missing'],
    ['empty hashes', { ...entry, hashes: {} }, 'hashes-missing'],
    ['only md5', { ...entry, hashes: { md5: 'a1' } }, 'hashes-missing'],
    ['md5 beside sha256', { ...entry, hashes: { md5: 'a1', sha256: HASH } }, 'accepted'],
    ['sha512 alone', { ...entry, hashes: { sha512: HASH + HASH } }, 'accepted'],
    ['sha512 as long as sha256', { ...entry, hashes: { sha512: HASH } }, 'hash-invalid'],
    ['sha256 in upper case', { ...entry, hashes: { sha256: HASH.toUpperCase() } }, 'hash-invalid'],
    ['sha256 one digit short', { ...entry, hashes: { sha256: HASH.slice(1) } }, 'hash-invalid'],
    ['a hash that is no text', { ...entry, hashes: { sha256: 1 } }, 'field-type'],
    ['custom', { ...entry, custom: { a: 1 } }, 'accepted'],
    ['custom that is no object', { ...entry, custom: 'a' }, 'field-type'],
    ['an unknown field', { ...entry, 'x-unknown': 1 }, 'accepted'],
  ])('%s: %s', (_, value, code) => {
    expect(codeOf(() => parseTargetsSigned(targetsSigned({ targets: { 'a/b': value } }), '$'))).toBe(code);
  });

  test('a path that objects have already is only a path', () => {
    const signed = parseTargetsSigned(targetsSigned({ targets: JSON.parse(`{"__proto__":${JSON.stringify(entry)}}`) as object }), '$');
    expect([...signed.targets.keys()]).toEqual(['__proto__']);
    expect(codeOf(() => parseTargetsSigned(targetsSigned({ targets: { '': entry } }), '$'))).toBe('target-path-invalid');
  });
});

describe('a snapshot and a timestamp (TUF §4.4, §4.6)', () => {
  test.each([
    ['targets alone', { 'targets.json': { version: 1 } }, 'accepted'],
    ['no entry for targets', { 'release.json': { version: 1 } }, 'meta-invalid'],
    ['a delegated role', { 'targets.json': { version: 1 }, 'release.json': { version: 2 } }, 'accepted'],
    ['a name without .json', { 'targets.json': { version: 1 }, release: { version: 2 } }, 'meta-invalid'],
    ['a name of only .json', { 'targets.json': { version: 1 }, '.json': { version: 2 } }, 'role-name-invalid'],
    ['the old entry for root', { 'targets.json': { version: 1 }, 'root.json': { version: 1 } }, 'accepted'],
    ['an entry for timestamp', { 'targets.json': { version: 1 }, 'timestamp.json': { version: 1 } }, 'role-name-invalid'],
    ['version 0', { 'targets.json': { version: 0 } }, 'version-invalid'],
    ['no version', { 'targets.json': {} }, 'field-missing'],
    ['length and hashes', { 'targets.json': { version: 1, length: 1, hashes: { sha256: HASH } } }, 'accepted'],
    ['length below 0', { 'targets.json': { version: 1, length: -1 } }, 'length-invalid'],
    ['empty hashes', { 'targets.json': { version: 1, hashes: {} } }, 'hashes-missing'],
  ])('snapshot: %s: %s', (_, meta, code) => {
    expect(codeOf(() => parseSnapshotSigned(snapshotSigned({ meta }), '$'))).toBe(code);
  });

  test.each([
    ['snapshot alone', { 'snapshot.json': { version: 1 } }, 'accepted'],
    ['nothing', {}, 'meta-invalid'],
    ['something else', { 'targets.json': { version: 1 } }, 'meta-invalid'],
    ['something else beside it', { 'snapshot.json': { version: 1 }, 'targets.json': { version: 1 } }, 'meta-invalid'],
    ['version 0', { 'snapshot.json': { version: 0 } }, 'version-invalid'],
  ])('timestamp: %s: %s', (_, meta, code) => {
    expect(codeOf(() => parseTimestampSigned(timestampSigned({ meta }), '$'))).toBe(code);
  });
});

describe('a file', () => {
  const file = signedFile(targetsSigned({ 'x-unknown': { b: 1, a: 2 } }), alice);
  const parse = (text: string): unknown => parseMetadata(bytes(text), parseTargetsSigned);
  test.each([
    ['as it should be', Buffer.from(file).toString(), 'accepted'],
    ['no signatures', '{"signed":{}}', 'field-missing'],
    ['no signed part', '{"signatures":[]}', 'field-missing'],
    [
      'signatures as an object',
      Buffer.from(file)
        .toString()
        .replace(/"signatures": \[[^\]]*\]/, '"signatures": {}'),
      'field-type',
    ],
    ['an array', '[]', 'field-type'],
    ['an empty file', '', 'json-syntax'],
  ])('%s: %s', (_, text, code) => {
    expect(codeOf(() => parse(text))).toBe(code);
  });

  test('is signed over the canonical form of all of signed', () => {
    const metadata = parseMetadata(file, parseTargetsSigned);
    expect(metadata.payload).toEqual(encodeCanonicalJson(targetsSigned({ 'x-unknown': { b: 1, a: 2 } })));
    expect(payloadDigest(metadata.payload)).toBe(createHash('sha256').update(metadata.payload).digest('hex'));
    expect(metadataFrom(parseJson(file), parseTargetsSigned).payload).toEqual(metadata.payload);
  });

  test('is written with signatures by keyid, and with the unknown fields of the envelope', () => {
    const envelope = object({ 'x-envelope': [1], signatures: [{ keyid: 'old', sig: '00' }], signed: { old: true } });
    const written = parseJson(
      encodeMetadata(
        targetsSigned(),
        [
          { keyId: parseKeyId('b', '$'), sig: '01' },
          { keyId: parseKeyId('a', '$'), sig: '02' },
        ],
        envelope,
      ),
    );
    expect(isJsonObject(written) && written.get('x-envelope')).toEqual(json([1]));
    expect(isJsonObject(written) && written.get('signed')).toEqual(targetsSigned());
    const signatures = isJsonObject(written) ? written.get('signatures') : undefined;
    expect(isJsonArray(signatures) && signatures).toEqual(
      json([
        { keyid: 'a', sig: '02' },
        { keyid: 'b', sig: '01' },
      ]),
    );
  });

  test('keeps the unknown fields of its signatures when all of it is written again', () => {
    const raw = json({ signed: { x: 1 }, signatures: [{ keyid: 'a', sig: '00', bundle: { b: 1 } }], extra: null });
    expect(parseJson(encodeJsonFile(raw))).toEqual(raw);
  });
});
