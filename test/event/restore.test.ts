// SPDX-License-Identifier: Apache-2.0
// To which commit an event goes back whose signed content somebody has written over.
import { describe, expect, test } from 'vitest';
import type { CommitSha } from '../../src/trust/accounts.ts';
import type { EventFacts } from '../../src/event/facts.ts';
import { restorationOf, signedCommit } from '../../src/event/restore.ts';
import {
  BASE,
  CAROL,
  DAVE,
  ERIN,
  eventOf,
  lineOf,
  MALLORY,
  NEXT,
  OLD_COMMIT,
  RELEASES_PATH,
  review,
  seal,
  TARGETS_PATH,
  targetsSigned,
  WORLD,
  type Member,
} from './support.ts';

const OTHER = seal(targetsSigned({ version: 2, files: { 'v1/app': 'one', 'v2/app': 'another' } }));
/** A change that no event may make. */
const PROBLEM = { 'countersign.yaml': new TextEncoder().encode('people: []\n') };

/** An event with one content at its head and one at an earlier commit, and who has signed which, in this order. */
function written(
  head: Uint8Array,
  before: Uint8Array,
  signed: readonly (readonly [Member, Uint8Array])[],
  more: Record<string, Uint8Array> = {},
): EventFacts {
  return eventOf({
    changes: { [RELEASES_PATH]: head, ...more },
    before: { [RELEASES_PATH]: before },
    rewritten: [OLD_COMMIT],
    reviews: signed.map(([one, file]) => review(one, [lineOf(one, 'releases', file)])),
  });
}

/** Carol has signed what is there, and Erin, whose key is in custody, has approved the same file at a commit that had others. */
function approved(littered: readonly CommitSha[]): EventFacts {
  return eventOf({
    changes: { [RELEASES_PATH]: NEXT },
    before: { [RELEASES_PATH]: NEXT },
    rewritten: [OLD_COMMIT],
    littered,
    reviews: [review(CAROL, [lineOf(CAROL, 'releases', NEXT)]), review(ERIN, [], 'APPROVED', OLD_COMMIT)],
  });
}

describe('an event goes back', () => {
  const rows: Readonly<Record<string, readonly [EventFacts, 'goes back' | 'stays']>> = {
    'where nobody signed what is there': [written(OTHER, NEXT, [[CAROL, NEXT]]), 'goes back'],
    'where fewer signed what is there': [
      written(OTHER, NEXT, [
        [CAROL, OTHER],
        [CAROL, NEXT],
        [DAVE, NEXT],
      ]),
      'goes back',
    ],
    'not where more signed what is there': [
      written(NEXT, OTHER, [
        [DAVE, OTHER],
        [CAROL, NEXT],
        [DAVE, NEXT],
      ]),
      'stays',
    ],
    'where as many signed what is there, but later': [
      written(OTHER, NEXT, [
        [CAROL, NEXT],
        [DAVE, OTHER],
      ]),
      'goes back',
    ],
    'not where as many signed what is there, and earlier': [
      written(NEXT, OTHER, [
        [CAROL, NEXT],
        [DAVE, OTHER],
      ]),
      'stays',
    ],
    'where only junk was put beside what was signed': [written(NEXT, NEXT, [[CAROL, NEXT]], PROBLEM), 'goes back'],
    'where what is there has a problem, and fewer signed it': [written(OTHER, NEXT, [[CAROL, NEXT]], PROBLEM), 'goes back'],
    'not where what is there has a problem, but more signed it': [
      written(
        NEXT,
        OTHER,
        [
          [DAVE, OTHER],
          [CAROL, NEXT],
          [DAVE, NEXT],
        ],
        PROBLEM,
      ),
      'stays',
    ],
    'not where what is there has a problem, but as many signed it, and earlier': [
      written(
        NEXT,
        OTHER,
        [
          [CAROL, NEXT],
          [DAVE, OTHER],
        ],
        PROBLEM,
      ),
      'stays',
    ],
    'to what a custody signer has approved, more of them than signed what is there': [approved([]), 'goes back'],
    'not to what a custody signer has approved beside a file that no event can hold': [approved([OLD_COMMIT]), 'stays'],
    'not where nobody has signed anything': [written(OTHER, NEXT, []), 'stays'],
  };
  test.each(Object.entries(rows))('%s', (_, [event, expected]) => {
    expect(signedCommit(event, BASE)).toBe(expected === 'stays' ? null : OLD_COMMIT);
  });
});

describe('what nobody claims is taken off an event', () => {
  const junk = { 'junk.txt': new TextEncoder().encode('junk'), 'countersign.yaml': new TextEncoder().encode('people: []\n') };
  const event = (signed: readonly Member[], file: Uint8Array = NEXT): EventFacts =>
    eventOf({ changes: { [RELEASES_PATH]: file, ...junk }, reviews: signed.map((one) => review(one, [lineOf(one, 'releases', file)])) });
  const rows: Readonly<Record<string, readonly [EventFacts, readonly string[] | null]>> = {
    'that somebody has signed': [event([CAROL]), [RELEASES_PATH]],
    'and so is a file of the base in other bytes': [
      eventOf({
        changes: { [RELEASES_PATH]: NEXT, [TARGETS_PATH]: new Uint8Array([...(WORLD.roles['targets'] ?? []), 10]) },
        reviews: [review(CAROL, [lineOf(CAROL, 'releases', NEXT)])],
      }),
      [RELEASES_PATH],
    ],
    'not that nobody has signed': [event([]), null],
    'not that a stranger has signed': [event([MALLORY]), null],
    'not where its own file can not be read': [event([CAROL], new TextEncoder().encode('{"signed":{"version":2},"signatures":[]}')), null],
    'not where there is nothing to take off': [
      eventOf({ changes: { [RELEASES_PATH]: NEXT }, reviews: [review(CAROL, [lineOf(CAROL, 'releases', NEXT)])] }),
      null,
    ],
  };
  test.each(Object.entries(rows))('%s', (_, [facts, expected]) => {
    const found = restorationOf(facts, BASE);
    expect(found === null ? null : [...(found.keep ?? [])]).toEqual(expected);
  });
});
