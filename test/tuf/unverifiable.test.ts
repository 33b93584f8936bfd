// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseKey } from '../../src/tuf/key.ts';
import { parseMetaFile, requireLengthAndHashes } from '../../src/tuf/meta-file.ts';
import { parseSnapshotSigned } from '../../src/tuf/online.ts';
import { parseRootSigned } from '../../src/tuf/root.ts';
import { bytes, codeOf, ed25519Key, object, rootSigned, snapshotSigned } from './support.ts';

const data = bytes('content');
const sha256 = createHash('sha256').update(data).digest('hex');
const md5 = createHash('md5').update(data).digest('hex');

describe('bytes must have all digests that are listed, so one that can not be verified refuses them', () => {
  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['sha256 alone', { sha256 }, 'accepted'],
    ['a wrong md5 beside it', { sha256, md5: '0'.repeat(32) }, 'hash-invalid'],
    ['a right md5 beside it', { sha256, md5 }, 'hash-invalid'],
    ['a digest that nobody knows beside it', { sha256, 'x-hash': 'zz' }, 'hash-invalid'],
    ['the name in upper case beside it', { sha256, SHA256: sha256 }, 'hash-invalid'],
  ])('%s', (_, hashes, code) => {
    const listed = parseMetaFile(object({ version: 1, hashes }), '$');
    expect(codeOf(() => requireLengthAndHashes(data, listed, 'file'))).toBe(code);
  });
});

describe('what a key holds is text', () => {
  const key = (keyval: unknown) => object({ keytype: 'ed25519', scheme: 'ed25519', keyval });
  const point = 'edcd0a32a07dce33f7c7873aaffbff36d20ea30787574ead335eefd337e4dacd';

  test.each<[string, unknown, string]>([
    ['public text', { public: point }, 'accepted'],
    ['public text and another', { public: point, private: '' }, 'accepted'],
    ['texts of a key type that nobody knows', { identity: 'a@example.org', issuer: 'https://example.org' }, 'accepted'],
    ['a list for the public text', { public: [point] }, 'field-type'],
    ['null for the public text', { public: null }, 'field-type'],
    ['a number beside the public text', { public: point, x: 1 }, 'field-type'],
  ])('%s', (_, keyval, code) => {
    expect(codeOf(() => parseKey(key(keyval), '$'))).toBe(code);
  });
});

describe('the role mirrors, which nothing reads, has keyids and a threshold as every role', () => {
  const role = { keyids: ['a'], threshold: 1 };
  const root = (mirrors: Readonly<Record<string, unknown>>) =>
    rootSigned([ed25519Key(1)], { roles: { root: role, timestamp: role, snapshot: role, targets: role, ...mirrors } });

  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['no such role', {}, 'accepted'],
    ['a role', { mirrors: role }, 'accepted'],
    ['a number', { mirrors: 1 }, 'field-type'],
    ['a threshold of 0', { mirrors: { ...role, threshold: 0 } }, 'threshold-invalid'],
    ['a keyid twice', { mirrors: { ...role, keyids: ['a', 'a'] } }, 'keyid-repeated'],
  ])('%s', (_, mirrors, code) => {
    expect(codeOf(() => parseRootSigned(root(mirrors), '$'))).toBe(code);
  });
});

describe('the entry of a snapshot for the root, which nothing reads, has a version as every entry', () => {
  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['no such entry', {}, 'accepted'],
    ['an entry', { 'root.json': { version: 1 } }, 'accepted'],
    ['version 0', { 'root.json': { version: 0 } }, 'version-invalid'],
    ['no version', { 'root.json': {} }, 'field-missing'],
    ['no object', { 'root.json': 1 }, 'field-type'],
  ])('%s', (_, meta, code) => {
    const signed = snapshotSigned({ meta: { 'targets.json': { version: 1 }, ...meta } });
    expect(codeOf(() => parseSnapshotSigned(signed, '$'))).toBe(code);
  });
});
