// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { shellWord } from '../../src/render/shell-word.ts';

describe('a word of a command', () => {
  test.each(['releases', 'dir/releases#3', '/tmp/a_b-c.d', 'https://github.com/acme/app/pull/7'])('%s stays as it is', (text) => {
    expect(shellWord(text)).toBe(text);
  });

  test.each([
    '',
    ' ',
    'a b',
    "it's",
    '"',
    '$HOME',
    '`id`',
    '~',
    '#3',
    'a;b',
    'a&b',
    'a\\b',
    'a*',
    '?',
    '{a,b}',
    '!x',
    'a\nb',
    'größe',
    '<login>',
  ])('%j is read by a shell as what it is', (text) => {
    expect(shellWord(text)).not.toBe(text);
    expect(execFileSync('sh', ['-c', `printf '%s.' ${shellWord(text)}`], { encoding: 'utf8' })).toBe(`${text}.`);
  });
});
