// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { quote } from '../../src/tuf/errors.ts';

describe('untrusted text in a message', () => {
  test.each([
    ['plain text', 'v1/app.tar', '"v1/app.tar"'],
    ['text of any script', '日本語/é 🍺', '"日本語/é 🍺"'],
    ['quotes and backslashes', 'a"b\\c', '"a\\"b\\\\c"'],
    ['a line end', 'a\nb', '"a\\nb"'],
    ['an order to a terminal', '\u001b[31m', '"\\u001b[31m"'],
    ['an order to a terminal in one character', '\u009b31m', '"\\u009b31m"'],
    ['the last control characters', '\u007f\u0085', '"\\u007f\\u0085"'],
    ['what turns text around', 'a\u202egpj.exe', '"a\\u202egpj.exe"'],
    ['what nobody sees', 'a\u200bb\ufeff', '"a\\u200bb\\ufeff"'],
    ['what nobody sees, of two units', 'a\u{e0061}', '"a\\udb40\\udc61"'],
    ['line separators', 'a\u2028\u2029', '"a\\u2028\\u2029"'],
    ['half a character', 'a\ud800', '"a\\ud800"'],
    ['80 characters', 'x'.repeat(80), `"${'x'.repeat(80)}"`],
    ['81 characters', 'x'.repeat(81), `"${'x'.repeat(79)}…"`],
  ])('%s', (_, text, expected) => {
    expect(quote(text)).toBe(expected);
    if (text.length <= 80) expect(JSON.parse(quote(text))).toBe(text);
  });
});
