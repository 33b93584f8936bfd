// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { visibleJson, visibleName } from '../../src/render/visible-text.ts';

describe('a name that looks like another is shown as what it is', () => {
  const rows: Readonly<Record<string, readonly [string, string]>> = {
    'ASCII stays': ['v1/app-1.0_x86~64 (1).tgz', 'v1/app-1.0_x86~64 (1).tgz'],
    'a Cyrillic a': ['v1/\u0430pp.tgz', 'v1/\\u0430pp.tgz'],
    'a whole word of Cyrillic look-alikes': ['v1/\u0430\u0440\u0440', 'v1/\\u0430\\u0440\\u0440'],
    'a Russian word': ['v1/привет.txt', 'v1/привет.txt'],
    'a Russian word with a Latin letter': ['v1/пpивет', 'v1/\\u043fp\\u0438\\u0432\\u0435\\u0442'],
    'a Greek omicron': ['g\u03bf\u03bfgle', 'g\\u03bf\\u03bfgle'],
    'a Greek word': ['λόγος', 'λόγος'],
    'an Armenian o': ['app\u0585', 'app\\u0585'],
    'a Cherokee letter': ['\u13aepp', '\\u13aepp'],
    'an overlaid stroke': ['v1/app\u0336', 'v1/app\\u0336'],
    'a sign that is composed otherwise': ['cafe\u0301', 'cafe\\u0301'],
    'a composed letter': ['café', 'café'],
    'two signs on one letter': ['\u1edf', 'ở'],
    'a dotless i': ['l\u0131b', 'l\\u0131b'],
    'a script g': ['\u0261it', '\\u0261it'],
    'full-width letters': ['\uff41pp', '\\uff41pp'],
    'mathematical letters': ['\u{1d41a}pp', '\\u{1d41a}pp'],
    'a ligature': ['\ufb01le', '\\ufb01le'],
    'a fraction slash': ['v1\u2044app', 'v1\\u2044app'],
    'a division slash': ['v1\u2215app', 'v1\\u2215app'],
    'a Katakana slash': ['v1\u30ceapp', 'v1\\u30ceapp'],
    'a hyphen that is none': ['a\u2010b\u2212c', 'a\\u2010b\\u2212c'],
    'a dot leader': ['app\u2024exe', 'app\\u2024exe'],
    'a letter that looks like a click': ['app\u01c3', 'app\\u01c3'],
    'an Arabic zero': ['v1\u0660', 'v1\\u0660'],
    Chinese: ['v1/中文2.txt', 'v1/中文2.txt'],
    Korean: ['한국', '한국'],
    'a sign of Hindi on a Latin letter': ['a\u0947pp', 'a\\u0947pp'],
    Hindi: ['हिन्दी', 'हिन्दी'],
    'nothing that is seen': ['a\u200bb\u202e', 'a\\u200bb\\u202e'],
    'a letter that is blank': ['a\u3164', 'a\\u3164'],
    'what looks like a mark but is written out': ['v1/\\u0430pp', 'v1/\\\\u0430pp'],
    'half a surrogate pair': ['a\ud83d', 'a\\ud83d'],
    'a picture': ['a\u{1f600}', 'a\\u{1f600}'],
  };
  test.each(Object.entries(rows))('%s', (_name, [name, shown]) => {
    expect(visibleName(name)).toBe(shown);
  });
});

test('two names never look alike by this: what is shown can be read back', () => {
  const back = (shown: string): string =>
    shown.replace(/\\(?:\\|u\{([0-9a-f]+)\}|u([0-9a-f]{4}))/g, (_all, long?: string, short?: string) => {
      const hex = long ?? short;
      return hex === undefined ? '\\' : String.fromCodePoint(Number.parseInt(hex, 16));
    });
  const anything = fc.string({
    unit: fc.oneof(fc.constantFrom('\\', 'u', '0', '{', 'а', 'a', '\u0336', 'é', '中', '/'), fc.string({ unit: 'binary' })),
  });
  fc.assert(fc.property(anything, (name) => back(visibleName(name)) === name));
});

test('a value keeps the backslashes that JSON has given it', () => {
  expect(visibleJson('"a\\\\b\u0430"')).toBe('"a\\\\b\\u0430"');
});
