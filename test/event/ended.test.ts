// SPDX-License-Identifier: Apache-2.0
// Which ended events are read, from what was said on them.
import { describe, expect, test } from 'vitest';
import { mayBeSigned, proposesAbove, signedVersion, type EndedFacts } from '../../src/event/ended.ts';
import { parseAccountId } from '../../src/trust/accounts.ts';
import { BASE, CAROL, DAVE, ERIN, lineOf, MALLORY, NEXT, releases, RELEASES_PATH, review } from './support.ts';

const AUTOMATION = parseAccountId(99, 'automation');
const bot = { ...MALLORY, account: { id: AUTOMATION, login: 'github-actions[bot]' } };
const SIGNED = releases(1, { 'v1/app': 'one' });
const heard = new Set([CAROL, DAVE, ERIN, bot].flatMap(({ account }) => account?.id ?? []));

function said(reviews: EndedFacts['reviews'], files: readonly Uint8Array[] = []): boolean {
  const facts = { reviews, comments: [], heard, automation: new Set([AUTOMATION]) };
  return mayBeSigned({ ...facts, files: new Map(files.map((file) => [RELEASES_PATH, file])) }, BASE);
}

describe('somebody may have signed an ended event', () => {
  const forged = { ...lineOf(ERIN, 'releases', NEXT), sig: 'ab'.repeat(64) };
  const rows: Readonly<Record<string, readonly [boolean, boolean]>> = {
    'not where nobody said anything': [said([]), false],
    'where a signer posted a line above the signed state': [said([review(CAROL, [lineOf(CAROL, 'releases', NEXT)], 'COMMENTED')]), true],
    'where our automation did': [said([review(bot, [lineOf(ERIN, 'releases', NEXT)], 'COMMENTED')]), true],
    'where the line is of a payload that the head has not, or not any more': [
      said([review(CAROL, [lineOf(CAROL, 'releases', NEXT)])]),
      true,
    ],
    'not where the line is at the signed version': [said([review(CAROL, [lineOf(CAROL, 'releases', SIGNED)])]), false],
    'not where it is of a role that nobody signs': [said([review(CAROL, [lineOf(CAROL, 'nobody', NEXT)])]), false],
    'not where it only approves': [said([review(CAROL)]), false],
    'not where the block can not be read': [said([{ ...review(CAROL), body: '```countersign\n{"payload"\n```\n' }]), false],
    'not where a stranger posted a copy of it': [said([review(MALLORY, [lineOf(CAROL, 'releases', NEXT)])], [NEXT]), false],
    'where a stranger brings a signature of a key in custody over what the head proposes': [
      said([review(MALLORY, [lineOf(ERIN, 'releases', NEXT)])], [NEXT]),
      true,
    ],
    'not where that is no signature': [said([review(MALLORY, [forged])], [NEXT]), false],
    'not where the head proposes something else': [said([review(MALLORY, [lineOf(ERIN, 'releases', NEXT)])], [releases(2, {})]), false],
  };
  test.each(Object.entries(rows))('%s', (_, [found, expected]) => expect(found).toBe(expected));
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
