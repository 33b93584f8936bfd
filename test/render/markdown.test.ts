// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { countText } from '../../src/render/count-text.ts';
import { codeMarkdown, escapeMarkdown, fittingLines, nameList, signCommand } from '../../src/render/markdown.ts';
import { answers } from '../event/support.ts';

test('what others write can not format, mention, link or hide', () => {
  expect(
    answers({
      mention: () => escapeMarkdown('@octocat'),
      issue: () => escapeMarkdown('#1'),
      'an issue by the other name': () => escapeMarkdown('GH-1 gh-2 GHOST-3'),
      html: () => escapeMarkdown('<img src=x>'),
      'a link': () => escapeMarkdown('[a](https://evil.test)'),
      'a bare link': () => escapeMarkdown('www.evil.test'),
      'a formula': () => escapeMarkdown('$x$'),
      'a digest': () => escapeMarkdown('sha256:00'),
      'a table cell': () => escapeMarkdown('a|b\n| c'),
      'an entity': () => escapeMarkdown('&lt;'),
      'a right-to-left override': () => escapeMarkdown('gpj\u202e.exe'),
      'a code span': () => codeMarkdown('`</code>@octocat'),
      'very long': () => escapeMarkdown('x'.repeat(1000)).length,
      'a pair of surrogates at the end': () => encodeURIComponent(escapeMarkdown(`${'x'.repeat(198)}💥💥`)).slice(-15),
    }),
  ).toEqual({
    mention: '&#64;&#8203;octocat',
    issue: '&#35;&#8203;1',
    'an issue by the other name': 'GH&#8203;-1 gh&#8203;-2 GHOST-3',
    html: '&#60;img src=x&#62;',
    'a link': '&#91;a&#93;&#40;https&#58;&#8203;//evil.test&#41;',
    'a bare link': 'www&#46;&#8203;evil.test',
    'a formula': '&#36;x&#36;',
    'a digest': 'sha256&#58;00',
    'a table cell': 'a&#124;b &#124; c',
    'an entity': '&#38;lt;',
    'a right-to-left override': 'gpj&#92;u202e.exe',
    'a code span': '<code>&#96;&#60;/code&#62;&#64;octocat</code>',
    'very long': 200,
    'a pair of surrogates at the end': '%92%A5%E2%80%A6',
  });
});

test('the command stands in a block of its own only where a shell reads one word', () => {
  expect(
    answers({
      'a page of the host': () => signCommand('https://forge.test/acme/app/pull/7'),
      'a directory': () => signCommand('/srv/demo#7'),
      'a second command': () => signCommand('https://forge.test/$(id)'),
      'an end of the block': () => signCommand('https://forge.test/\n```\n@octocat'),
      'no page yet': () => signCommand(''),
    }),
  ).toEqual({
    'a page of the host': ['```sh', 'countersign sign https://forge.test/acme/app/pull/7 --key file:KEY', '```'],
    'a directory': ['```sh', 'countersign sign /srv/demo#7 --key file:KEY', '```'],
    'a second command': ['<code>countersign sign https&#58;//forge.test/&#36;&#40;id&#41; --key file&#58;KEY</code>'],
    'an end of the block': ['<code>countersign sign https&#58;//forge.test/ &#96;&#96;&#96; &#64;octocat --key file&#58;KEY</code>'],
    'no page yet': ['`countersign sign ADDRESS --key file:KEY`, with the address of this page.'],
  });
});

test('a list of names ends somewhere', () => {
  expect(nameList(['a', 'b', 'c'], 3)).toBe('a, b, c');
  expect(nameList(['a', 'b', 'c', 'd'], 3)).toBe('a, b, c and 1 more');
  expect(nameList(Array.from({ length: 1_020 }, () => 'a')).slice(-14)).toBe('and 1,000 more');
});

test('numbers are grouped for people', () => {
  expect([0, 999, 1_000, 100_000, 1_234_567].map(countText)).toEqual(['0', '999', '1,000', '100,000', '1,234,567']);
});

test('what does not fit is counted, and never rendered', () => {
  const rendered: number[] = [];
  const render = (item: number): string => {
    rendered.push(item);
    return 'x'.repeat(9);
  };
  const more = (count: number): string => `… ${String(count)}`;
  expect(fittingLines([1, 2, 3], render, 100, more)).toHaveLength(3);
  rendered.length = 0;
  expect(fittingLines([1, 2, 3, 4, 5], render, 26, more)).toEqual(['x'.repeat(9), 'x'.repeat(9), '… 3']);
  expect(rendered).toEqual([1, 2, 3]);
});
