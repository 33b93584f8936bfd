// SPDX-License-Identifier: Apache-2.0
// That the table finds what it is for.
import { expect, test } from 'vitest';
import { measureGrowth } from './doubling.ts';
import { runOf, SHAPES } from './shapes.ts';

const SIZE = 4000;

/** Takes blanks off both ends as a countersignature's fence once did. */
const BLANKS = new RegExp('^[ \\t]+|[ \\t]+$', 'g');

function kindOf(shape: string, run: (text: string) => unknown): string {
  const make = SHAPES.get(shape);
  if (make === undefined) throw new Error(`no shape is called ${shape}`);
  return measureGrowth({ make, run, size: SIZE }).kind;
}

const SQUARES: readonly (readonly [string, string, (text: string) => unknown])[] = [
  ['blanks that a regular expression takes off', 'letters around blanks', (text) => text.replace(BLANKS, '')],
  ['marks that are put in order', 'marks out of order', (text) => text.normalize('NFC')],
  [
    'a list that is searched for each of its members',
    'letters',
    (text) => Array.from(text).filter((_one, index, all) => !all.slice(0, index).includes('b')),
  ],
];

test.each(SQUARES)('%s: a square is found', (_name, shape, run) => {
  expect(kindOf(shape, run)).toBe('steeper');
});

test.each<[string, (text: string) => unknown]>([
  ['cheap', (text) => text.split(',')],
  ['slow', (text) => Array.from(text, (one) => JSON.stringify({ one, two: [one] }))],
])('work that is %s but in proportion is none', (_name, run) => {
  expect(kindOf('letters', run)).not.toBe('steeper');
});

test('a shape is about as long as it is asked to be', () => {
  const lengths = [...SHAPES].map(([, make]) => make(SIZE).length / SIZE);
  expect(lengths.every((ratio) => ratio > 0.9 && ratio < 1.1)).toBe(true);
  expect(runOf('abc')(1)).toBe('abc');
});
