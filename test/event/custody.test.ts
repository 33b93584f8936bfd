// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { Base } from '../../src/event/base.ts';
import type { EventFacts } from '../../src/event/facts.ts';
import {
  ALICE,
  BASE,
  baseOf,
  BOB,
  CAROL,
  DAVE,
  ERIN,
  evaluate,
  eventOf,
  lineOf,
  MALLORY,
  member,
  NEXT,
  OLD_COMMIT,
  releases,
  RELEASES,
  RELEASES_PATH,
  review,
  rootChanges,
  rootSigned,
  seal,
  signedBy,
  TARGETS_PATH,
  topTargets,
  WORLD,
  type Member,
} from './support.ts';

const OLD = releases(2, { 'v1/app': 'one' });

/** Erin's reviews beside carol's signature. */
function withErin(reviews: EventFacts['reviews'], before: Uint8Array = OLD): EventFacts {
  return signedBy([], { reviews: [review(CAROL, [lineOf(CAROL, 'releases', NEXT)]), ...reviews], before: { [RELEASES_PATH]: before } });
}

/** Whose custody keys may sign now. */
function approved(facts: EventFacts, base: Base | null = BASE): readonly string[] {
  return evaluate(facts, base).roles.flatMap(({ requirements }) => requirements.flatMap((one) => one.approved.map(({ person }) => person)));
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

/** Erin's key, as a proposal of mallory's says whose it is. */
const LENT = member('erin', 66, { custody: true });
const LENDING = seal(topTargets({ version: 2, delegations: [{ ...RELEASES, signers: [CAROL, DAVE, LENT] }] }));

/** A proposal that says so in targets, with content for releases, and who has signed the targets. */
function lending(approver: Member, signers: readonly Member[]): EventFacts {
  const signatures = signers.map((one) => review(one, [lineOf(one, 'targets', LENDING)]));
  return eventOf({ changes: { [TARGETS_PATH]: LENDING, [RELEASES_PATH]: NEXT }, reviews: [...signatures, review(approver)] });
}

const SIGNERS = [ALICE, BOB, ERIN];
const REASON = { 'custody-quorum': { root: 'a test' } };
// The first root is signed by each of its keys.
const CUSTODY_ROOT = baseOf({
  ...WORLD,
  roots: [seal(rootSigned({ root: { signers: SIGNERS, threshold: 2 }, binding: REASON }), SIGNERS)],
});
const LENDING_ROOT = seal(rootSigned({ version: 2, root: { signers: [ALICE, BOB, LENT], threshold: 2 }, binding: REASON }));

function lendingRoot(approver: Member, signers: readonly Member[]): EventFacts {
  const signatures = signers.map((one) => review(one, [lineOf(one, 'root', LENDING_ROOT)]));
  return eventOf({ changes: rootChanges(LENDING_ROOT, 2), reviews: [...signatures, review(approver)] });
}

test.each<[string, EventFacts, Base | null, readonly string[]]>([
  ['nobody has signed', lending(MALLORY, []), BASE, []],
  ['one of two has signed', lending(MALLORY, [ALICE]), BASE, []],
  ['the quorum has signed', lending(MALLORY, [ALICE, BOB]), BASE, ['erin']],
  ['the quorum has signed, and whose it was before approves', lending(ERIN, [ALICE, BOB]), BASE, []],
  ['nobody has signed, in root', lendingRoot(MALLORY, []), CUSTODY_ROOT, []],
  ['one of two has signed, in root', lendingRoot(MALLORY, [ALICE]), CUSTODY_ROOT, []],
  ['the quorum has signed, in root', lendingRoot(MALLORY, [ALICE, BOB]), CUSTODY_ROOT, ['erin']],
  ['nobody has signed, in root, and whose it is approves', lendingRoot(ERIN, []), CUSTODY_ROOT, ['erin']],
  ['there is no signed root yet', lendingRoot(MALLORY, [ALICE, BOB]), null, []],
])('a proposal that lends a custody key to somebody else, which %s', (_, facts, base, expected) => {
  expect(approved(facts, base)).toEqual(expected);
});
