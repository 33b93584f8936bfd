// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideGather } from '../../src/event/decide-gather.ts';
import type { EventFacts, EventStatus } from '../../src/event/facts.ts';
import type { Comment, Review, ReviewState } from '../../src/trust/accounts.ts';
import type { Countersignature } from '../../src/trust/countersignature.ts';
import { parseVersion } from '../../src/tuf/names.ts';
import {
  ALICE,
  BASE,
  BOB,
  CAROL,
  comment,
  DAVE,
  ERIN,
  evaluate,
  eventOf,
  FRANK,
  lineOf,
  MALLORY,
  NEXT,
  NOW,
  OLD_COMMIT,
  OTHER_REPOSITORY,
  RELEASES,
  RELEASES_PATH,
  review,
  seal,
  TARGETS_PATH,
  targetsSigned,
  topTargets,
  type Member,
} from './support.ts';

const RUNS = { seed: 1, numRuns: 60 };
const EARLIER = seal(targetsSigned({ version: 2, files: { 'v2/app': 'earlier' } }));
const TOP = seal(topTargets({ version: 2, delegations: [{ ...RELEASES, signers: [CAROL, DAVE, ERIN, FRANK] }] }));
const ACCOUNTS: readonly Member[] = [ALICE, BOB, CAROL, DAVE, ERIN, MALLORY];

const account = fc.constantFrom(...ACCOUNTS);
const state = fc.constantFrom<ReviewState[]>('APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED', 'PENDING');

/** Lines that the holders of some keys can make: right ones, and wrong ones of many kinds. */
function lines(holders: readonly Member[]): fc.Arbitrary<Countersignature> {
  const made = fc.record({
    by: fc.constantFrom(...holders),
    file: fc.constantFrom(NEXT, EARLIER, TOP),
    claims: fc.constantFrom(...RELEASES.signers, ALICE, MALLORY),
  });
  return made.chain(({ by, file, claims }) => {
    const role = file === TOP ? 'targets' : 'releases';
    const right = lineOf(by, role, file);
    return fc.constantFrom<Countersignature>(
      right,
      right,
      { ...right, keyId: lineOf(claims, role, file).keyId },
      { ...right, sig: right.sig.toUpperCase() },
      { ...right, sig: '' },
      { ...right, version: parseVersion(3, 'version') },
      { ...right, role: role === 'targets' ? 'releases' : 'targets' },
      { ...right, repository: OTHER_REPOSITORY as Countersignature['repository'] },
    );
  });
}

type Posts = readonly (Review | Comment)[];

function posts(holders: readonly Member[], authors: fc.Arbitrary<Member> = account): fc.Arbitrary<Posts> {
  const one = fc.oneof(
    fc
      .record({ author: authors, line: lines(holders), state, commit: fc.constantFrom(undefined, null, OLD_COMMIT) })
      .map((made): Review | Comment => review(made.author, [made.line], made.state, made.commit)),
    fc.record({ author: authors, line: lines(holders) }).map((made): Review | Comment => comment(made.author, [made.line])),
    fc.record({ author: authors, state }).map((made): Review | Comment => review(made.author, [], made.state)),
  );
  return fc.array(one, { maxLength: 8 });
}

function event(all: Posts, number = 7): EventFacts {
  const reviews = all.filter((post): post is Review => 'state' in post);
  const comments = all.filter((post): post is Comment => !('state' in post));
  return eventOf({
    number,
    changes: { [RELEASES_PATH]: NEXT, [TARGETS_PATH]: TOP },
    reviews,
    comments,
    earlier: [EARLIER],
    before: { [RELEASES_PATH]: EARLIER },
  });
}

const RANK = { invalid: 0, outdated: 0, queued: 0, waiting: 1, complete: 2 } as const;
const votes = (status: EventStatus): readonly (readonly string[])[] =>
  status.roles.flatMap(({ requirements }) => requirements.map((one) => one.votes.map(({ person }) => person).sort()));

test('adding a valid countersignature never lowers a status', () => {
  const added = fc.constantFrom(
    comment(CAROL, [lineOf(CAROL, 'releases', NEXT)]),
    comment(DAVE, [lineOf(DAVE, 'releases', NEXT)]),
    comment(MALLORY, [lineOf(FRANK, 'releases', NEXT)]),
    comment(ALICE, [lineOf(ALICE, 'targets', TOP)]),
    comment(BOB, [lineOf(BOB, 'targets', TOP)]),
    comment(MALLORY, [lineOf(ERIN, 'releases', NEXT)]),
  );
  fc.assert(
    fc.property(posts([CAROL, DAVE, ERIN, FRANK, ALICE, BOB, MALLORY]), added, (before, one) => {
      const [was, is] = [evaluate(event(before)), evaluate(event([...before, one]))];
      expect(RANK[is.state]).toBeGreaterThanOrEqual(RANK[was.state]);
      votes(was).forEach((names, index) => {
        expect(votes(is)[index]).toEqual(expect.arrayContaining([...names]));
      });
    }),
    RUNS,
  );
});

test('no single person reaches a threshold of two, whatever they post under whatever accounts', () => {
  const single = fc.constantFrom(ALICE, CAROL, FRANK).chain((one) => posts([one, MALLORY]).map((all) => ({ one, all })));
  fc.assert(
    fc.property(single, ({ one, all }) => {
      const status = evaluate(event(all));
      expect(status.state).not.toBe('complete');
      for (const names of votes(status)) expect([[], [one.name]]).toContainEqual(names);
      expect(status.files.size).toBe(0);
    }),
    RUNS,
  );
});

test('whoever has all accounts and all custody keys, but no key of a person, completes nothing', () => {
  fc.assert(
    fc.property(posts([ERIN, MALLORY]), (all) => {
      const status = evaluate(event(all));
      expect(status.roles.some(({ complete }) => complete)).toBe(false);
    }),
    RUNS,
  );
});

test('whoever has all keys but no account can only sign for those who need none', () => {
  fc.assert(
    fc.property(posts([CAROL, DAVE, ERIN, FRANK, ALICE, BOB], fc.constant(MALLORY)), (all) => {
      for (const names of votes(evaluate(event(all)))) expect([[], ['frank']]).toContainEqual(names);
    }),
    RUNS,
  );
});

test('the order of what was posted changes nothing about who counts', () => {
  // Only reviews without an opinion: of opinions the last one counts, and that is what an order is.
  const shuffled = posts([CAROL, DAVE, FRANK, ALICE, BOB, MALLORY])
    .map((all) => all.filter((post) => !('state' in post) || post.state === 'COMMENTED'))
    .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray([...all], { minLength: all.length })));
  fc.assert(
    fc.property(shuffled, ([all, other]) => {
      const [a, b] = [evaluate(event(all)), evaluate(event(other))];
      expect(votes(b)).toEqual(votes(a));
      expect(b.state).toBe(a.state);
    }),
    RUNS,
  );
});

test('the same facts give the same decision', () => {
  fc.assert(
    fc.property(posts([CAROL, DAVE, FRANK, ALICE, BOB]), posts([CAROL, DAVE]), (first, second) => {
      const facts = { base: BASE, events: [event(first), event(second, 8)], closed: [], signed: new Map(), now: NOW };
      const [a, b] = [decideGather(facts), decideGather(facts)];
      expect(b).toEqual(a);
      expect(a.effects.filter(({ kind }) => kind === 'complete').length).toBeLessThanOrEqual(1);
      expect(a.statuses.filter(({ behind }) => behind === null).length).toBeGreaterThanOrEqual(1);
    }),
    RUNS,
  );
});
