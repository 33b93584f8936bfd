// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { findLookAlike, isInWords } from '../../src/trust/look-alike.ts';

test.each([
  ['words', 'nobody has a key yet', true],
  ['one short word', 'why', true],
  ['digits', '2030', true],
  ['words of another script', 'ещё нет ключей', true],
  ['three characters of a script without blanks', '試用中', true],
  ['letters with marks of their own', 'e\u0301te\u0301', true],
  ['words with something unseen between them', 'a\u200bb\u2063c', true],
  ['nothing', '', false],
  ['blanks', ' \t\u00a0\u3000', false],
  ['two letters', 'ok', false],
  ['two letters and signs', '-- ok! --', false],
  ['signs', '!!! ???', false],
  ['a zero-width space and an invisible separator', '\u200b\u2063', false],
  ['Hangul fillers', '\u3164\u3164\u3164\u3164', false],
  ['leading and vowel fillers of Hangul', '\u115f\u1160\u115f\u1160', false],
  ['half-width fillers', '\uffa0\uffa0\uffa0', false],
  ['combining marks alone', '\u0301\u0302\u0303\u0304', false],
  ['blanks of Braille', '\u2800\u2800\u2800', false],
  ['blanks of hieroglyphs', '\u{13441}\u{13442}\u{13441}', false],
  ['characters that turn text around', '\u202e\u202d\u2066', false],
  ['tags', '\u{e0041}\u{e0042}\u{e0043}', false],
  ['variation selectors', '\ufe00\ufe01\u{e0100}', false],
  ['private use', '\ue000\ue001\ue002', false],
  ['halves of surrogate pairs', '\ud800\ud800\ud800', false],
])('%s: says something or nothing', (_name, text, expected) => {
  expect(isInWords(text)).toBe(expected);
});

test.each([
  ['the same name', ['alice', 'alice'], null],
  ['names of their own', ['alice', 'bob', 'alice2', 'al-ice', 'al.ice', 'al_ice'], null],
  ['an i and an l', ['ian', 'lan'], null],
  ['a capital', ['alice', 'Alice'], 'Alice'],
  ['capitals', ['releases', 'docs', 'RELEASES'], 'RELEASES'],
  ['a one for an l', ['alice', 'a1ice'], 'a1ice'],
  ['a capital I for an l', ['alice', 'aIice'], 'aIice'],
  ['a zero for an o', ['bob', 'b0b'], 'b0b'],
  ['r and n for m', ['tim', 'tirn'], 'tirn'],
  ['two v for a w', ['wim', 'vvim'], 'vvim'],
  ['a look and a case', ['Bob', 'B0B'], 'B0B'],
  ['wide letters', ['alice', '\uff41lice'], '\uff41lice'],
  ['a ligature', ['file', '\ufb01le'], '\ufb01le'],
  ['something unseen', ['alice', 'ali\u200dce'], 'ali\u200dce'],
  ['another form of a letter', ['\u00e9va', 'e\u0301va'], 'e\u0301va'],
  ['sharp s', ['stra\u00dfe', 'strasse'], 'strasse'],
])('%s', (_name, names, expected) => {
  expect(findLookAlike(names)?.name ?? null).toBe(expected);
});
