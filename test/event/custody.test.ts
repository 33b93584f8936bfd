// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { EventFacts } from '../../src/event/facts.ts';
import { CAROL, DAVE, ERIN, evaluate, lineOf, NEXT, OLD_COMMIT, releases, RELEASES_PATH, review, signedBy } from './support.ts';

const OLD = releases(2, { 'v1/app': 'one' });

/** Erin's reviews beside carol's signature. */
function withErin(reviews: EventFacts['reviews'], before: Uint8Array = OLD): EventFacts {
  return signedBy([], { reviews: [review(CAROL, [lineOf(CAROL, 'releases', NEXT)]), ...reviews], before: { [RELEASES_PATH]: before } });
}

/** Whose custody keys may sign now. */
function approved(facts: EventFacts): readonly string[] {
  return evaluate(facts).roles.flatMap(({ requirements }) => requirements.flatMap((one) => one.approved.map(({ person }) => person)));
}

test.each<[string, EventFacts, readonly string[]]>([
  ['she approved these bytes', withErin([review(ERIN)]), ['erin']],
  ['she has not said anything', withErin([]), []],
  ['she commented', withErin([review(ERIN, [], 'COMMENTED')]), []],
  ['her approval was dismissed', withErin([review(ERIN, [], 'DISMISSED')]), []],
  ['she asked for changes since', withErin([review(ERIN), review(ERIN, [], 'CHANGES_REQUESTED')]), []],
  ['she commented since', withErin([review(ERIN), review(ERIN, [], 'COMMENTED')]), ['erin']],
  ['she approved older bytes', withErin([review(ERIN, [], 'APPROVED', OLD_COMMIT)]), []],
  ['she approved the same bytes at an older commit', withErin([review(ERIN, [], 'APPROVED', OLD_COMMIT)], NEXT), ['erin']],
  ['her review names no commit', withErin([review(ERIN, [], 'APPROVED', null)]), []],
  ['somebody whose key is their own approved', withErin([review(DAVE)]), []],
  ['her key has signed already', withErin([review(ERIN), review(CAROL, [lineOf(ERIN, 'releases', NEXT)])]), []],
  ['her key has signed other bytes', withErin([review(ERIN), review(CAROL, [lineOf(ERIN, 'releases', OLD)])]), ['erin']],
])('%s', (_, facts, expected) => {
  expect(approved(facts)).toEqual(expected);
});
