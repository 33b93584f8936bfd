// SPDX-License-Identifier: Apache-2.0
// The rules of the design about people, by name. Each row differs in one thing from the one before it.
import { expect, test } from 'vitest';
import { parseAccountId } from '../../src/trust/accounts.ts';
import { ed25519Signer, withKey } from '../fakes/test-signer.ts';
import {
  ALICE,
  answers,
  baseOf,
  BOB,
  CAROL,
  comment,
  DAVE,
  type DelegationSpec,
  ERIN,
  evaluate,
  eventOf,
  type EventSpec,
  FRANK,
  handOver,
  ignoredCodes,
  judged,
  lineOf,
  MALLORY,
  member,
  next,
  NEXT,
  OLD_COMMIT,
  RELEASES,
  releases,
  RELEASES_PATH,
  review,
  rootChanges,
  rootSigned,
  seal,
  signedBy,
  targetsSigned,
  topTargets,
  verdict,
  WORLD,
} from './support.ts';

test('two keys of one person count once', () => {
  const second = (change: Partial<typeof CAROL>) => member('carol', 3, { signer: ed25519Signer('second key'), ...change });
  const top = (signers: readonly (typeof CAROL)[], more: Record<string, never> = {}): string =>
    judged(handOver([ALICE, BOB], [], seal(topTargets({ version: 2, delegations: [{ ...RELEASES, signers, threshold: 2 }], ...more }))));
  const sameKey = member('dave', 4, { signer: withKey(CAROL.signer, { comment: 'another keyid' }) });
  const carolTwice = (() => {
    const status = evaluate(signedBy([CAROL, CAROL]));
    return verdict(status);
  })();
  expect(
    answers({
      'two people with a key each': () => top([CAROL, DAVE]),
      'two keys of one account': () => top([CAROL, second({})]),
      'two keys of one account under two names': () => top([CAROL, second({ name: 'karel' })]),
      'two keys of one name without an account': () => top([FRANK, member('frank', null, { signer: ed25519Signer('second key') })]),
      'one name for two accounts': () => top([CAROL, second({ account: { id: parseAccountId(9, 'id'), login: 'carol' } })]),
      'one key under two keyids and two people': () => top([CAROL, sameKey]),
      'one person signs': () => judged(signedBy([CAROL])),
      'one person signs twice': () => carolTwice,
    }),
  ).toEqual({
    'two people with a key each': 'waiting 2/2 0/2',
    'two keys of one account': 'invalid people-invalid',
    'two keys of one account under two names': 'invalid people-invalid',
    'two keys of one name without an account': 'invalid people-invalid',
    'one name for two accounts': 'invalid people-invalid',
    'one key under two keyids and two people': 'invalid people-invalid',
    'one person signs': 'waiting 1/2',
    'one person signs twice': 'waiting 1/2',
  });
});

test("a signature counts only from its owner's account", () => {
  const line = lineOf(CAROL, 'releases', NEXT);
  const carried = (author: typeof CAROL, how: typeof review | typeof comment = review): unknown => {
    const status = evaluate(next(how === comment ? { comments: [comment(author, [line])] } : { reviews: [review(author, [line])] }));
    return [verdict(status), ...ignoredCodes(status)];
  };
  expect(
    answers({
      'in a review of their own': () => carried(CAROL),
      'in a comment of their own': () => carried(CAROL, comment),
      'in a review of somebody else': () => carried(MALLORY),
      'in a comment of another signer': () => carried(DAVE, comment),
      'by an account that took over the login': () => carried(member('carol', 67)),
      'by the account under another login': () => carried(member('karel', 3)),
    }),
  ).toEqual({
    'in a review of their own': ['waiting 1/2'],
    'in a comment of their own': ['waiting 1/2'],
    'in a review of somebody else': ['waiting 0/2'],
    'in a comment of another signer': ['waiting 0/2', 'not-the-owner'],
    'by an account that took over the login': ['waiting 0/2'],
    'by the account under another login': ['waiting 1/2'],
  });
});

test("a custody signature counts only while its person's approval covers the same payload", () => {
  const carrier = comment(MALLORY, [lineOf(ERIN, 'releases', NEXT)]);
  const with_ = (reviews: EventSpec['reviews'], before: EventSpec['before'] = {}): unknown => {
    const status = evaluate(next({ comments: [carrier], reviews: reviews ?? [], before }));
    return [verdict(status), ...ignoredCodes(status)];
  };
  const old = { [RELEASES_PATH]: releases(2, {}) };
  expect(
    answers({
      'approved at the head': () => with_([review(ERIN)]),
      'approved by nobody': () => with_([]),
      'approved by somebody else': () => with_([review(MALLORY)]),
      'approved by an account of that login': () => with_([review(member('erin', 68))]),
      'approved an earlier commit with the same payload': () =>
        with_([review(ERIN, [], 'APPROVED', OLD_COMMIT)], { [RELEASES_PATH]: NEXT }),
      'approved an earlier commit with another payload': () => with_([review(ERIN, [], 'APPROVED', OLD_COMMIT)], old),
      'approved a commit that is gone': () => with_([review(ERIN, [], 'APPROVED', null)]),
      'approved, then asked for changes': () => with_([review(ERIN), review(ERIN, [], 'CHANGES_REQUESTED')]),
      'approved, then commented': () => with_([review(ERIN), review(ERIN, [], 'COMMENTED')]),
      'approved, then the approval was dismissed': () => with_([review(ERIN, [], 'DISMISSED')]),
      'only commented': () => with_([review(ERIN, [], 'COMMENTED')]),
    }),
  ).toEqual({
    'approved at the head': ['waiting 1/2'],
    'approved by nobody': ['waiting 0/2', 'approval-missing'],
    'approved by somebody else': ['waiting 0/2', 'approval-missing'],
    'approved by an account of that login': ['waiting 0/2', 'approval-missing'],
    'approved an earlier commit with the same payload': ['waiting 1/2'],
    'approved an earlier commit with another payload': ['waiting 0/2', 'approval-stale'],
    'approved a commit that is gone': ['waiting 0/2', 'approval-stale'],
    'approved, then asked for changes': ['waiting 0/2', 'approval-missing'],
    'approved, then commented': ['waiting 1/2'],
    'approved, then the approval was dismissed': ['waiting 0/2', 'approval-missing'],
    'only commented': ['waiting 0/2', 'approval-missing'],
  });
});

test('a person without an account is carried by anyone who may write', () => {
  const top = { ...RELEASES, signers: [CAROL, FRANK], threshold: 2 };
  const base = baseOf({
    roots: WORLD.roots,
    roles: {
      targets: seal(topTargets({ delegations: [top] }), [ALICE, BOB]),
      releases: seal(targetsSigned({ files: { 'v1/app': 'one' } }), [CAROL, FRANK]),
    },
  });
  const carried = (line: ReturnType<typeof lineOf>): unknown => {
    const status = evaluate(eventOf({ changes: { [RELEASES_PATH]: NEXT }, forkedFrom: {}, comments: [comment(MALLORY, [line])] }), base);
    return [verdict(status), ...ignoredCodes(status)];
  };
  expect(
    answers({
      'of a person without an account': () => carried(lineOf(FRANK, 'releases', NEXT)),
      'of a person with one': () => carried(lineOf(CAROL, 'releases', NEXT)),
      'of a person without an account, over other bytes': () =>
        carried({ ...lineOf(FRANK, 'releases', NEXT), sig: FRANK.signer.sign(new Uint8Array()) }),
    }),
  ).toEqual({
    'of a person without an account': ['waiting 1/2'],
    'of a person with one': ['waiting 0/2'],
    'of a person without an account, over other bytes': ['waiting 0/2'],
  });
});

test('custody signers alone never reach a threshold', () => {
  const custody = (name: string, id: number) => member(name, id, { custody: true });
  const role = (signers: readonly (typeof ERIN)[], threshold: number, binding = {}): string =>
    judged(handOver([ALICE, BOB], [], seal(topTargets({ version: 2, delegations: [{ ...RELEASES, signers, threshold }], binding }))));
  const root = (signers: readonly (typeof ERIN)[], quorum: Record<string, string> = {}): string => {
    const file = seal(rootSigned({ version: 2, root: { signers, threshold: 2 }, binding: { 'custody-quorum': quorum } }));
    return judged(eventOf({ changes: rootChanges(file, 2) }));
  };
  expect(
    answers({
      'one custody signer of two': () => role([CAROL, ERIN], 2),
      'two custody signers of two': () => role([CAROL, ERIN, custody('gina', 8)], 2),
      'two custody signers of two, with a reason': () =>
        role([CAROL, ERIN, custody('gina', 8)], 2, {
          'custody-quorum': { releases: 'a demonstration' },
        }),
      'two custody signers of two, with a reason of blanks': () =>
        role([CAROL, ERIN, custody('gina', 8)], 2, { 'custody-quorum': { releases: '  ' } }),
      'two custody signers of two, with a reason for another role': () =>
        role([CAROL, ERIN, custody('gina', 8)], 2, { 'custody-quorum': { other: 'why' } }),
      'two custody signers of three': () => role([CAROL, ERIN, custody('gina', 8)], 3),
      'one custody signer of one': () => role([ERIN], 1),
      'a root without custody signers': () => root([ALICE, BOB]),
      'a root with one of three': () => root([ALICE, BOB, ERIN]),
      'a root with one of three and a reason': () => root([ALICE, BOB, ERIN], { root: 'bob has no key of his own' }),
    }),
  ).toEqual({
    'one custody signer of two': 'waiting 2/2 0/2',
    'two custody signers of two': 'invalid custody-quorum',
    'two custody signers of two, with a reason': 'waiting 2/2 0/2',
    'two custody signers of two, with a reason of blanks': 'invalid custody-quorum',
    'two custody signers of two, with a reason for another role': 'invalid custody-quorum',
    'two custody signers of three': 'waiting 2/2 0/3',
    'one custody signer of one': 'invalid custody-quorum',
    'a root without custody signers': 'waiting 0/2 0/2',
    'a root with one of three': 'invalid custody-quorum',
    'a root with one of three and a reason': 'waiting 0/2 0/2',
  });
});

test('names that people do not tell apart, and reasons that say nothing, stop an event', () => {
  const judgedTargets = (delegations: readonly DelegationSpec[], binding = {}): string =>
    judged(handOver([ALICE, BOB], [], seal(topTargets({ version: 2, delegations, binding }))));
  const two = (a: string, b: string): string =>
    judgedTargets([{ ...RELEASES, signers: [CAROL, member(a, null), member(b, null)], threshold: 2 }]);
  const other = (name: string): string => judgedTargets([RELEASES, { ...RELEASES, name, paths: ['x/*'] }]);
  const reason = (text: string): string =>
    judgedTargets([{ ...RELEASES, signers: [ERIN], threshold: 1 }], { 'custody-quorum': { releases: text } });
  expect(
    answers({
      'people with names of their own': () => two('fred', 'frank'),
      'people whose names differ by case': () => two('frank', 'Frank'),
      'people whose names look alike': () => two('frank1', 'frankl'),
      'a role with a name of its own': () => other('docs'),
      'a role whose name differs by case': () => other('Releases'),
      'a role whose name looks like another': () => other('re1eases'),
      'a reason in words': () => reason('a trial'),
      'a reason of unseen characters': () => reason('\u200b\u2063'),
      'a reason of Hangul fillers': () => reason('\u3164\u115f\u3164'),
      'a reason of combining marks': () => reason('\u0301\u0301\u0301'),
    }),
  ).toEqual({
    'people with names of their own': 'waiting 2/2 0/2',
    'people whose names differ by case': 'invalid people-invalid',
    'people whose names look alike': 'invalid people-invalid',
    // Its name is no problem; that it has no file is.
    'a role with a name of its own': 'invalid role-missing',
    'a role whose name differs by case': 'invalid unwritable',
    'a role whose name looks like another': 'invalid unwritable',
    'a reason in words': 'waiting 2/2 0/1',
    'a reason of unseen characters': 'invalid custody-quorum',
    'a reason of Hangul fillers': 'invalid custody-quorum',
    'a reason of combining marks': 'invalid custody-quorum',
  });
});
