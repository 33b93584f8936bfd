// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  binName,
  binOfPath,
  delegatedKeys,
  delegationCovers,
  hashOfPath,
  isBinName,
  parseDelegations,
  type SuccinctRoles,
} from '../../src/tuf/delegations.ts';
import { parseDelegatedRoleName, parseThreshold } from '../../src/tuf/names.ts';
import { codeOf, object } from './support.ts';

const ROLE = { name: 'release', keyids: ['a'], threshold: 1, terminating: false, paths: ['*'] };
const { paths: _, ...ROLE_WITHOUT_PATHS } = ROLE;
const BINS = { keyids: ['a'], threshold: 1, bit_length: 4, name_prefix: 'bin' };

describe('delegations (TUF §4.5)', () => {
  test.each([
    ['one role', { keys: {}, roles: [ROLE] }, 'accepted'],
    ['no role', { keys: {}, roles: [] }, 'accepted'],
    ['bins', { keys: {}, succinct_roles: BINS }, 'accepted'],
    ['roles and bins', { keys: {}, roles: [ROLE], succinct_roles: BINS }, 'delegations-invalid'],
    ['neither', { keys: {} }, 'delegations-invalid'],
    ['no keys', { roles: [ROLE] }, 'field-missing'],
    ['two roles', { keys: {}, roles: [ROLE, { ...ROLE, name: 'other' }] }, 'accepted'],
    ['the same role twice', { keys: {}, roles: [ROLE, { ...ROLE, paths: ['b'] }] }, 'role-name-repeated'],
    ['a role named root', { keys: {}, roles: [{ ...ROLE, name: 'root' }] }, 'role-name-invalid'],
    ['a role named targets', { keys: {}, roles: [{ ...ROLE, name: 'targets' }] }, 'role-name-invalid'],
    ['no paths', { keys: {}, roles: [ROLE_WITHOUT_PATHS] }, 'paths-invalid'],
    ['an empty list of paths, for nothing', { keys: {}, roles: [{ ...ROLE, paths: [] }] }, 'accepted'],
    ['hash prefixes', { keys: {}, roles: [{ ...ROLE_WITHOUT_PATHS, path_hash_prefixes: ['0a'] }] }, 'accepted'],
    ['hash prefixes in upper case', { keys: {}, roles: [{ ...ROLE_WITHOUT_PATHS, path_hash_prefixes: ['0A'] }] }, 'paths-invalid'],
    ['an empty hash prefix', { keys: {}, roles: [{ ...ROLE_WITHOUT_PATHS, path_hash_prefixes: [''] }] }, 'paths-invalid'],
    ['a hash prefix of 65 digits', { keys: {}, roles: [{ ...ROLE_WITHOUT_PATHS, path_hash_prefixes: ['0'.repeat(65)] }] }, 'paths-invalid'],
    ['paths and hash prefixes', { keys: {}, roles: [{ ...ROLE, path_hash_prefixes: ['0a'] }] }, 'paths-invalid'],
    ['a path that is no string', { keys: {}, roles: [{ ...ROLE, paths: [1] }] }, 'field-type'],
    ['terminating left out', { keys: {}, roles: [{ ...ROLE, terminating: undefined }] }, 'field-missing'],
    ['terminating as a number', { keys: {}, roles: [{ ...ROLE, terminating: 1 }] }, 'field-type'],
    ['the same keyid twice', { keys: {}, roles: [{ ...ROLE, keyids: ['a', 'a'] }] }, 'keyid-repeated'],
    ['threshold 0', { keys: {}, roles: [{ ...ROLE, threshold: 0 }] }, 'threshold-invalid'],
    ['bins of 1 bit', { keys: {}, succinct_roles: { ...BINS, bit_length: 1 } }, 'accepted'],
    ['bins of 0 bits', { keys: {}, succinct_roles: { ...BINS, bit_length: 0 } }, 'delegations-invalid'],
    ['bins of 32 bits', { keys: {}, succinct_roles: { ...BINS, bit_length: 32 } }, 'accepted'],
    ['bins of 33 bits', { keys: {}, succinct_roles: { ...BINS, bit_length: 33 } }, 'delegations-invalid'],
    ['an empty prefix', { keys: {}, succinct_roles: { ...BINS, name_prefix: '' } }, 'accepted'],
    ['a prefix with a control character', { keys: {}, succinct_roles: { ...BINS, name_prefix: 'a\n' } }, 'role-name-invalid'],
    ['the longest prefix for 32 bits', { keys: {}, succinct_roles: { ...BINS, bit_length: 32, name_prefix: 'x'.repeat(191) } }, 'accepted'],
    ['one character more', { keys: {}, succinct_roles: { ...BINS, bit_length: 32, name_prefix: 'x'.repeat(192) } }, 'role-name-invalid'],
  ])('%s: %s', (_name, value, code) => {
    expect(codeOf(() => parseDelegations('maker', object(value), '$'))).toBe(code);
  });

  test('keep their order, which is priority, even for names that are numbers', () => {
    const roles = ['10', '9', 'a', '1'].map((name) => ({ ...ROLE, name }));
    const delegations = parseDelegations('maker', object({ keys: {}, roles }), '$');
    expect(delegations.kind === 'roles' && delegations.roles.map((role) => role.name)).toEqual(['10', '9', 'a', '1']);
  });

  test('give keys to the roles they name and to no others', () => {
    const named = parseDelegations('maker', object({ keys: {}, roles: [ROLE] }), '$');
    expect(delegatedKeys(named, parseDelegatedRoleName('release', '$'))?.threshold).toBe(1);
    expect(delegatedKeys(named, parseDelegatedRoleName('constructor', '$'))).toBeNull();
    const bins = parseDelegations('maker', object({ keys: {}, succinct_roles: BINS }), '$');
    expect(delegatedKeys(bins, parseDelegatedRoleName('bin-f', '$'))?.threshold).toBe(1);
    expect(delegatedKeys(bins, parseDelegatedRoleName('bin-10', '$'))).toBeNull();
  });
});

describe('what a delegation covers', () => {
  test.each([
    ['any of its patterns', ['a', 'b/*'], 'b/c', 'match'],
    ['none of them', ['a', 'b/*'], 'c', 'no-match'],
    ['no pattern at all', [], 'a', 'no-match'],
    ['a match before an ambiguous one', ['a', '[a]'], 'a', 'match'],
    ['a match behind an ambiguous one', ['[a]', 'a'], 'a', 'match'],
    ['only an ambiguous one', ['b', '[a]'], 'a', 'ambiguous'],
  ])('patterns: %s', (_name, patterns, path, expected) => {
    expect(delegationCovers({ kind: 'patterns', patterns }, path)).toBe(expected);
  });

  const hash = createHash('sha256').update('dir/é.bin', 'utf8').digest('hex');
  test.each([
    ['one digit', [hash.slice(0, 1)], 'match'],
    ['the whole hash', [hash], 'match'],
    ['another last digit', [`${hash.slice(0, 63)}${hash.endsWith('0') ? '1' : '0'}`], 'no-match'],
    ['a later part of the hash', [hash.slice(1)], 'no-match'],
    ['one of several', ['x', hash.slice(0, 3)], 'match'],
    ['none', [], 'no-match'],
  ])('hash prefixes: %s', (_name, prefixes, expected) => {
    expect(hashOfPath('dir/é.bin')).toBe(hash);
    expect(delegationCovers({ kind: 'hash-prefixes', prefixes }, 'dir/é.bin')).toBe(expected);
  });
});

describe('hash bins (TAP 15)', () => {
  const succinct = (bitLength: number, namePrefix = 'bin'): SuccinctRoles => ({
    bitLength,
    namePrefix,
    keyIds: [],
    threshold: parseThreshold(1, '$'),
  });

  test.each([
    [1, 0, 'bin-0'],
    [1, 1, 'bin-1'],
    [4, 15, 'bin-f'],
    [5, 0, 'bin-00'],
    [5, 31, 'bin-1f'],
    [8, 255, 'bin-ff'],
    [9, 1, 'bin-001'],
    [32, 2 ** 32 - 1, 'bin-ffffffff'],
  ])('of %i bits: number %i is %s', (bits, bin, name) => {
    expect(binName(succinct(bits), bin)).toBe(name);
    expect(isBinName(succinct(bits), name)).toBe(true);
  });

  test.each([
    [4, 'bin-10'],
    [4, 'bin-0f'],
    [4, 'bin-F'],
    [4, 'bin-'],
    [4, 'bin-g'],
    [4, 'bon-f'],
    [4, 'binxf'],
    [4, 'f'],
    [4, 'bin-f\n'],
    [1, 'bin-2'],
    [5, 'bin-20'],
    [5, 'bin-1'],
    [8, 'bin-100'],
    [32, 'bin-100000000'],
  ])('of %i bits: %j is none', (bits, name) => {
    expect(isBinName(succinct(bits), name)).toBe(false);
  });

  test.each([1, 4, 5, 8, 31, 32])('of %i bits: the bin of a path is the leftmost bits of its hash, and a bin', (bits) => {
    const seen = new Set<string>();
    for (let i = 0; i < 200; i++) {
      const path = `dir/file-${String(i)}`;
      const leftmost = BigInt(`0x${hashOfPath(path)}`) >> BigInt(256 - bits);
      const name = binOfPath(succinct(bits), path);
      expect(name).toBe(binName(succinct(bits), Number(leftmost)));
      expect(isBinName(succinct(bits), name)).toBe(true);
      seen.add(name);
    }
    expect(seen.size).toBe(Math.min(2 ** bits, seen.size));
    expect(seen.size).toBeGreaterThan(Math.min(2 ** bits, 100) / 2);
  });
});
