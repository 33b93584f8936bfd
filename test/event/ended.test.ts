// SPDX-License-Identifier: Apache-2.0
// Which ended events are read, from what was said on them.
import { describe, expect, test } from 'vitest';
import { mayBeSigned, proposesAbove, signedVersion } from '../../src/event/ended.ts';
import { BASE, CAROL, lineOf, NEXT, releases, review } from './support.ts';

const SIGNED = releases(1, { 'v1/app': 'one' });

describe('somebody may have signed an ended event', () => {
  const line = (file: Uint8Array, role = 'releases'): ReturnType<typeof review> => review(CAROL, [lineOf(CAROL, role, file)], 'COMMENTED');
  const rows: Readonly<Record<string, readonly [readonly ReturnType<typeof review>[], boolean]>> = {
    'not where nobody said anything': [[], false],
    'where a line is above the signed state': [[line(NEXT)], true],
    'where one of many is': [[review(CAROL), line(SIGNED), line(NEXT)], true],
    'not where the line is at the signed version': [[line(SIGNED)], false],
    'not where it is of a role that nobody signs': [[line(NEXT, 'nobody')], false],
    'not where somebody only approves': [[review(CAROL)], false],
    'not where the block can not be read': [[{ ...review(CAROL), body: '```countersign\n{"payload"\n```\n' }], false],
  };
  test.each(Object.entries(rows))('%s', (_, [reviews, expected]) => expect(mayBeSigned(reviews, BASE)).toBe(expected));
});

test.each([
  ['root', 1],
  ['targets', 1],
  ['releases', 1],
  ['nobody', null],
])('the signed version of %s', (role, expected) => {
  expect(signedVersion(BASE, role)).toBe(expected);
});

test.each<[string, string | Uint8Array, boolean]>([
  ['the next version', NEXT, true],
  ['the signed one', SIGNED, false],
  ['no JSON', '{', false],
  ['no metadata', '[]', false],
  ['a version that is no number', '{"signed":{"version":"9"}}', false],
  ['nothing but a version', '{"signed":{"version":9}}', true],
])('%s is above the signed state, or not', (_, file, expected) => {
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file;
  expect([proposesAbove(BASE, 'releases', bytes), proposesAbove(BASE, 'nobody', bytes)]).toEqual([expected, false]);
});
