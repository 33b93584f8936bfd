// SPDX-License-Identifier: Apache-2.0
// What makes parsers slow: long runs of one thing, and things that seem to open something.

/** `unit` repeated to about `size` UTF-16 units. */
export function runOf(unit: string): (size: number) => string {
  return (size) => unit.repeat(Math.max(1, Math.floor(size / unit.length)));
}

/** As many of `a` as of `b` after them: what has to be put into another order first. */
function halves(a: string, b: string): (size: number) => string {
  return (size) => runOf(a)(size / 2) + runOf(b)(size / 2);
}

const RUNS: Readonly<Record<string, string>> = {
  letters: 'a',
  digits: '1',
  zeros: '0',
  blanks: ' ',
  tabs: '\t',
  'blanks and tabs': ' \t',
  'no-break spaces': '\u00a0',
  newlines: '\n',
  'carriage returns': '\r',
  CRLF: '\r\n',
  'line separators': '\u2028',
  backticks: '`',
  tildes: '~',
  'fences of backticks': '```\n',
  'fences of tildes': '~~~\n',
  'fences in turn': '```\n~~~\n',
  'growing fences': '```a\n````b\n`````c\n',
  'blocks of ours': '```countersign\n{}\n```\n',
  'opening brackets': '[',
  'brackets that close': '[]',
  'opening braces': '{',
  'opening parentheses': '(',
  stars: '*',
  'stars and letters': '*a',
  'question marks': '?',
  'double quotes': '"',
  'single quotes': "'",
  backslashes: '\\',
  escapes: '\\u0041',
  'opening tags': '<',
  tags: '<a>',
  comments: '<!--',
  ampersands: '&',
  entities: '&#64;',
  'at signs': '@',
  hashes: '#',
  colons: ':',
  commands: '::a::',
  dots: '.',
  hyphens: '-',
  slashes: '/',
  'names and slashes': 'a/',
  'per cent': '%',
  'escaped slashes': '%2f',
  addresses: 'www.a',
  quotations: '> ',
  lists: '- ',
  keys: '? ',
  anchors: '&a ',
  aliases: '*a ',
  'tags of YAML': '!a ',
  commas: ',',
  NUL: '\0',
  'escape sequences': '\u001b[',
  'right-to-left marks': '\u202e',
  'unseen letters': '\u3164',
  'zero-width spaces': '\u200b',
  'combining marks': '\u0301',
  'letters with marks': 'e\u0301',
  'compositions of 18': '\ufdfa',
  'surrogate pairs': '\u{1f600}',
  'high surrogates': '\ud800',
  'low surrogates': '\udc00',
  'sharp s': '\u00df',
  'dotted capital I': '\u0130',
  sigmas: '\u03a3',
};

/** Texts of strangers, by what they are made of. */
export const SHAPES: ReadonlyMap<string, (size: number) => string> = new Map([
  ...Object.entries(RUNS).map(([name, unit]): [string, (size: number) => string] => [name, runOf(unit)]),
  ['marks out of order', (size: number): string => `a${halves('\u0315', '\u0316')(size)}`],
  ['blanks before a letter', (size: number): string => `${runOf(' ')(size)}a`],
  ['letters around blanks', (size: number): string => `a${runOf(' ')(size)}b`],
  ['opening then closing', halves('[', ']')],
  ['stars then letters', halves('*a', 'a')],
]);
