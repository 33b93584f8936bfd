// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import {
  encodeRoleName,
  parseDelegatedRoleName,
  parseSha256,
  parseTargetPath,
  parseTargetsRoleName,
  parseThreshold,
  parseVersion,
} from '../../src/tuf/names.ts';
import { codeOf } from './support.ts';

describe('versions and thresholds are safe integers of at least 1', () => {
  test.each([
    [1, true],
    [0, false],
    [-1, false],
    [1.5, false],
    [Number.MAX_SAFE_INTEGER, true],
    [Number.MAX_SAFE_INTEGER + 1, false],
    [Number.NaN, false],
    [Number.POSITIVE_INFINITY, false],
  ])('%d: %s', (value, good) => {
    expect(codeOf(() => parseVersion(value, '$'))).toBe(good ? 'accepted' : 'version-invalid');
    expect(codeOf(() => parseThreshold(value, '$'))).toBe(good ? 'accepted' : 'threshold-invalid');
  });
});

describe('names of delegated roles', () => {
  test.each([
    ['release', 'accepted'],
    ['', 'role-name-invalid'],
    ['team/release', 'accepted'],
    ['../root', 'accepted'],
    ['a\nb', 'role-name-invalid'],
    ['a\u0000', 'role-name-invalid'],
    ['a\u007f', 'role-name-invalid'],
    ['a\u0085', 'role-name-invalid'],
    ['a\u00a0', 'accepted'],
    ['root', 'role-name-invalid'],
    ['Root', 'accepted'],
    ['timestamp', 'role-name-invalid'],
    ['snapshot', 'role-name-invalid'],
    ['targets', 'role-name-invalid'],
    ['targets2', 'accepted'],
    ['mirrors', 'role-name-invalid'],
    ['constructor', 'accepted'],
    ['x'.repeat(200), 'accepted'],
    ['x'.repeat(201), 'role-name-invalid'],
    ['/'.repeat(66), 'accepted'],
    // Percent-encoded, as its file is named, this one has 201 characters.
    ['/'.repeat(67), 'role-name-invalid'],
    ['é'.repeat(33), 'accepted'],
    ['é'.repeat(34), 'role-name-invalid'],
  ])('%j: %s', (name, code) => {
    expect(codeOf(() => parseDelegatedRoleName(name, '$'))).toBe(code);
  });

  test('a targets role may also be the top-level one', () => {
    expect(codeOf(() => parseTargetsRoleName('targets', '$'))).toBe('accepted');
    expect(codeOf(() => parseTargetsRoleName('snapshot', '$'))).toBe('role-name-invalid');
  });

  // Python: urllib.parse.quote(name, safe="").
  test.each([
    ['release-1.0_a~b', 'release-1.0_a~b'],
    ['a/b', 'a%2Fb'],
    ['../x', '..%2Fx'],
    ["!'()*", '%21%27%28%29%2A'],
    ['$&+,/:;=?@', '%24%26%2B%2C%2F%3A%3B%3D%3F%40'],
    ['a b%', 'a%20b%25'],
    ['é\u{1f600}', '%C3%A9%F0%9F%98%80'],
  ])('%j is in files as %s', (name, expected) => {
    expect(encodeRoleName(name)).toBe(expected);
  });
});

describe('target paths and digests', () => {
  test.each([
    ['a/b.bin', 'accepted'],
    ['', 'target-path-invalid'],
    ['a\nb', 'target-path-invalid'],
    ['a b', 'accepted'],
    ['a\u007fb', 'target-path-invalid'],
    ['a\u009b31mb', 'target-path-invalid'],
    ['a\u00a0b', 'accepted'],
    ['/a', 'accepted'],
    ['__proto__', 'accepted'],
  ])('path %j: %s', (path, code) => {
    expect(codeOf(() => parseTargetPath(path, '$'))).toBe(code);
  });

  test.each([
    ['64 digits', 'a1'.repeat(32), 'accepted'],
    ['63 digits', 'a1'.repeat(32).slice(1), 'hash-invalid'],
    ['upper case', 'A1'.repeat(32), 'hash-invalid'],
    ['no hex digits', 'g1'.repeat(32), 'hash-invalid'],
    ['a line end', `${'a1'.repeat(32)}\n`, 'hash-invalid'],
  ])('sha256 of %s: %s', (_, text, code) => {
    expect(codeOf(() => parseSha256(text, '$'))).toBe(code);
  });
});
