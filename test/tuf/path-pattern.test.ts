// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { matchPattern, type PatternMatch } from '../../src/tuf/path-pattern.ts';

describe('patterns of paths: * and ? within a segment, everything else literally', () => {
  test.each<[pattern: string, path: string, expected: PatternMatch]>([
    ['a', 'a', 'match'],
    ['a', 'A', 'no-match'],
    ['a', 'ab', 'no-match'],
    ['a/b', 'a/b', 'match'],
    ['a/b', 'a/c', 'no-match'],
    ['*', 'a', 'match'],
    ['*', '', 'match'],
    ['*', 'a/b', 'no-match'],
    ['*', '.hidden', 'match'],
    ['*/*', 'a/b', 'match'],
    ['*/*', 'a', 'no-match'],
    ['*/*', 'a/b/c', 'no-match'],
    ['a/*', 'a/b', 'match'],
    ['a/*', 'a', 'no-match'],
    ['a/*', 'a/', 'match'],
    ['a/**', 'a/b', 'match'],
    ['a/**', 'a/b/c', 'no-match'],
    ['**', 'a/b', 'no-match'],
    ['*.txt', 'a.txt', 'match'],
    ['*.txt', '.txt', 'match'],
    ['*.txt', 'a.txt.gz', 'no-match'],
    ['a*b*c', 'aXbYc', 'match'],
    ['a*b*c', 'abbc', 'match'],
    ['a*b*c', 'aXcYb', 'no-match'],
    ['a*a', 'a', 'no-match'],
    ['a*a', 'aa', 'match'],
    ['?', 'a', 'match'],
    ['?', '', 'no-match'],
    ['?', 'ab', 'no-match'],
    ['?', '/', 'no-match'],
    ['?', '\u{1f600}', 'match'],
    ['??', '\u{1f600}', 'no-match'],
    ['?*', 'a', 'match'],
    ['a?c', 'abc', 'match'],
    ['a?c', 'a/c', 'no-match'],
    ['{a,b}', 'a', 'ambiguous'],
    ['{a,b}', '{a,b}', 'ambiguous'],
    ['a}', 'a}', 'match'],
    ['!a', 'b', 'ambiguous'],
    ['!a', '!a', 'ambiguous'],
    ['a!', 'a!', 'match'],
    ['#a', '#a', 'match'],
    ['+(a|b)', 'ab', 'ambiguous'],
    ['@(a)', 'a', 'ambiguous'],
    ['a?(b)', 'a', 'ambiguous'],
    ['a*(b)', 'a', 'ambiguous'],
    ['a!(b)', 'a', 'ambiguous'],
    ['(a)', '(a)', 'match'],
    ['a.c', 'abc', 'no-match'],
    ['a\\*', 'a*', 'no-match'],
    ['a\\*', 'a\\b', 'match'],
    ['[!a]', 'b', 'ambiguous'],
    ['[^a]', 'b', 'ambiguous'],
    ['[ab]', 'c', 'ambiguous'],
    ['x/[ab]', 'y/a', 'ambiguous'],
    [']', ']', 'match'],
    ['', '', 'match'],
    ['', 'a', 'no-match'],
    ['/a', 'a', 'no-match'],
    ['a//b', 'a/b', 'no-match'],
  ])('%j against %j: %s', (pattern, path, expected) => {
    expect(matchPattern(pattern, path)).toBe(expected);
  });

  test('a pattern made to take exponential time ends', () => {
    expect(matchPattern(`${'*a'.repeat(100)}b`, 'a'.repeat(2000))).toBe('no-match');
  });
});

test('a pattern that takes the product of two long lengths has no answer; one as long as a file name may be has', () => {
  const stars = (length: number): string => `*${'a'.repeat(length / 2)}b`;
  expect([matchPattern(stars(200), 'a'.repeat(255)), matchPattern(stars(4000), 'a'.repeat(4000))]).toEqual(['no-match', 'ambiguous']);
});
