// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import {
  reviewHashBins,
  reviewKey,
  reviewPattern,
  reviewRoleName,
  reviewTargetPath,
  type CompatibilityFinding,
} from '../../src/tuf/compatibility.ts';
import { parseKey } from '../../src/tuf/key.ts';
import { ecdsaKey, ed25519Key, keyObject, rsaKey } from './support.ts';

/** `refused tuf-js tough` for each finding, in order of appearance. */
const summary = (findings: readonly CompatibilityFinding[]): readonly string[] =>
  findings.map(({ severity, clients }) => [severity, ...clients].join(' '));

const STAR_CROSSES = 'warning tough php-tuf';
const ALL = 'python-tuf tuf-js go-tuf tough rust-tuf php-tuf';
const MARK_CROSSES = 'warning tough';
const STAR_IS_PREFIX = 'warning rust-tuf';
const LEADING_WILDCARD = 'warning tuf-js';

describe('patterns on which clients disagree', () => {
  test.each([
    ['a literal', 'dir/file.txt', []],
    ['a star in a segment', 'dir/v1-*', [STAR_CROSSES, STAR_IS_PREFIX]],
    ['a question mark in a segment', 'dir/v?', [MARK_CROSSES]],
    ['a segment that begins with a star', 'dir/*', [LEADING_WILDCARD, STAR_CROSSES, STAR_IS_PREFIX]],
    ['a segment that begins with a question mark', 'dir/?', [LEADING_WILDCARD, MARK_CROSSES]],
    ['two stars', 'dir/a**', ['refused php-tuf go-tuf tough', STAR_CROSSES, STAR_IS_PREFIX]],
    ['a set', 'dir/[ab]', ['refused python-tuf tuf-js php-tuf go-tuf tough']],
    ['half a set', 'dir/a]', ['refused python-tuf tuf-js php-tuf go-tuf tough']],
    ['braces', '{a,b}', ['refused tuf-js tough']],
    ['a leading exclamation mark', '!a', ['refused tuf-js']],
    ['one further on', 'a!', []],
    ['a leading number sign', '#a', ['refused tuf-js']],
    ['one further on', 'a#', []],
    ['an extended pattern', 'a+(b|c)', ['refused tuf-js']],
    ['parentheses', 'a(b)', []],
    ['a backslash', 'a\\b', ['refused go-tuf tuf-js tough']],
    ['nothing', '', ['refused rust-tuf tuf-js']],
    ['a leading slash', '/a', ['refused rust-tuf tuf-js']],
    ['a trailing slash', 'a/', ['refused rust-tuf tuf-js']],
    ['a doubled slash', 'a//b', ['refused rust-tuf tuf-js']],
  ])('%s: %s', (_, pattern, expected) => {
    expect(summary(reviewPattern(pattern))).toEqual(expected);
  });
});

describe('names of roles', () => {
  test.each([
    ['release', []],
    ['release-1.0_a', []],
    ['1a', []],
    ['1', ['refused tuf-js']],
    ['123456', ['refused tuf-js']],
    ['', ['refused python-tuf tuf-js go-tuf tough']],
    ['team/a', ['refused python-tuf tuf-js go-tuf tough']],
    ['-a', ['refused python-tuf tuf-js go-tuf tough']],
    ['a b', ['refused python-tuf tuf-js go-tuf tough']],
    ["a'", ['refused python-tuf tuf-js go-tuf tough']],
    ['é', ['refused python-tuf tuf-js go-tuf tough']],
    ['x'.repeat(100), []],
    ['x'.repeat(101), ['refused python-tuf tuf-js go-tuf tough']],
  ])('%j', (name, expected) => {
    expect(summary(reviewRoleName(name))).toEqual(expected);
  });
});

describe('target paths', () => {
  test.each([
    ['dir/file-1.0.tar.gz', []],
    ['dir/a file', []],
    ['/a', ['refused tuf-js rust-tuf']],
    ['a/', ['refused tuf-js rust-tuf']],
    ['a//b', ['refused tuf-js rust-tuf']],
    ['a/../b', ['refused tuf-js rust-tuf tough', 'warning tuf-js']],
    ['./a', ['refused tuf-js rust-tuf tough', 'warning tuf-js']],
    ['a..b', []],
    ['a\\b', ['refused tuf-js tough rust-tuf php-tuf']],
    ['a#b', [`refused ${ALL}`]],
    ['a?b', [`refused ${ALL}`]],
    ['a%41', [`refused ${ALL}`]],
    ['c:a', ['refused rust-tuf php-tuf']],
    ['dir/.hidden', ['warning tuf-js']],
    ['é', ['warning php-tuf']],
    ['e\u0301', ['refused tough', 'warning php-tuf']],
    ['\u{1f600}', ['refused tuf-js', 'warning php-tuf']],
  ])('%j', (path, expected) => {
    expect(summary(reviewTargetPath(path))).toEqual(expected);
  });
});

describe('keys and hash bins', () => {
  test.each([
    ['ed25519', ed25519Key(1).key, []],
    ['P-256', ecdsaKey('P-256', 1).key, ['warning rust-tuf php-tuf']],
    ['P-384', ecdsaKey('P-384', 1).key, ['warning tough rust-tuf php-tuf']],
    [
      'P-384 under a keytype of its own',
      { ...ecdsaKey('P-384', 1).key, keytype: 'ecdsa-sha2-nistp384' },
      ['warning go-tuf tough rust-tuf php-tuf'],
    ],
    ['RSA', rsaKey().key, ['warning rust-tuf php-tuf']],
    ['an unknown type', parseKey(keyObject('x', 'y', 'z'), '$'), ['refused python-tuf tough php-tuf']],
  ])('%s', (_, key, expected) => {
    expect(summary(reviewKey(key))).toEqual(expected);
  });

  test('bins and prefixes are not read by all', () => {
    expect(summary(reviewHashBins('succinct', 'a'))).toEqual(['warning tough rust-tuf php-tuf']);
    expect(summary(reviewHashBins('hash-prefixes', 'a'))).toEqual(['warning go-tuf rust-tuf']);
  });

  test('findings name what they are about', () => {
    expect(reviewPattern('[a]').map((finding) => finding.subject)).toEqual(['[a]']);
    expect(reviewKey(ecdsaKey('P-256', 1).key)[0]?.subject).toBe(ecdsaKey('P-256', 1).keyId);
  });
});
