// SPDX-License-Identifier: Apache-2.0
// Who is listened to, and what somebody has signed: tables that read like policy.
import { describe, expect, test } from 'vitest';
import { proposedFiles } from '../../src/event/evaluate.ts';
import { listenTo } from '../../src/event/listen.ts';
import { readProposal } from '../../src/event/proposal.ts';
import { signedElsewhere } from '../../src/event/signed-elsewhere.ts';
import { carriersToAsk } from '../../src/event/signatures.ts';
import type { Countersignature } from '../../src/trust/countersignature.ts';
import { parseVersion } from '../../src/tuf/names.ts';
import {
  ALICE,
  answers,
  BASE,
  BOB,
  CAROL,
  comment,
  DAVE,
  digestOf,
  ERIN,
  evaluate,
  eventOf,
  FRANK,
  lineOf,
  MALLORY,
  NEXT,
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
  verdict,
  votes,
  WORLD,
  type Member,
} from './support.ts';

const heard = (changes: Readonly<Record<string, Uint8Array | null>>, base: typeof BASE | null = BASE): readonly string[] => {
  const map = new Map(Object.entries(changes));
  return [...listenTo(map.keys(), readProposal(map, base), base).people.values()].map(({ login }) => login).sort();
};

describe('listened to are people whose key is named for a role of the event', () => {
  const newRoot = seal(rootSigned({ version: 2, root: { signers: [ALICE, DAVE], threshold: 2 } }));
  const newTop = seal(topTargets({ version: 2, delegations: [{ ...RELEASES, signers: [DAVE, MALLORY], threshold: 2 }] }));
  test.each<[string, Readonly<Record<string, Uint8Array | null>>, readonly string[]]>([
    ['a new version of a role: its signers', { [RELEASES_PATH]: NEXT }, ['carol', 'dave', 'erin']],
    ['a root: the signers of the old one and of the new one', rootChanges(newRoot, 2), ['alice', 'bob', 'dave']],
    ['a delegator alone: its signers', { [TARGETS_PATH]: newTop }, ['alice', 'bob']],
    [
      'a delegator and its role: those whom the signed state names and those whom the head names',
      { [TARGETS_PATH]: newTop, [RELEASES_PATH]: NEXT },
      ['alice', 'bob', 'carol', 'dave', 'erin', 'mallory'],
    ],
    [
      'what nobody signs: everybody of the signed state, or nobody would find what was signed before',
      { junk: null },
      ['alice', 'bob', 'carol', 'dave', 'erin'],
    ],
    ['a file that can not be read: the same', { [RELEASES_PATH]: new Uint8Array([1]) }, ['alice', 'bob', 'carol', 'dave', 'erin']],
  ])('%s', (_, changes, expected) => {
    expect(heard(changes)).toEqual(expected);
  });
  test('before root v1 the proposed metadata alone says who', () => {
    const first = seal(rootSigned({}));
    expect(heard({ ...rootChanges(first, 1), [TARGETS_PATH]: seal(topTargets()) }, null)).toEqual(['alice', 'bob']);
  });
});

describe('nobody else is heard', () => {
  const carol = lineOf(CAROL, 'releases', NEXT);
  const erin = lineOf(ERIN, 'releases', NEXT);
  const judgedWith = (more: Parameters<typeof signedBy>[1]): readonly [string, number] => {
    const status = evaluate(signedBy([], more));
    return [verdict(status), status.roles.flatMap(({ ignored }) => ignored).length];
  };
  test.each<[string, Parameters<typeof signedBy>[1], readonly [string, number]]>([
    ["a signer's line in a stranger's comment", { comments: [comment(MALLORY, [carol])] }, ['waiting 0/2', 0]],
    ["a signer's line in a stranger's review", { reviews: [review(MALLORY, [carol])] }, ['waiting 0/2', 0]],
    ["a stranger's own line", { comments: [comment(MALLORY, [lineOf(MALLORY, 'releases', NEXT)])] }, ['waiting 0/2', 0]],
    ["a stranger's unreadable block", { comments: [{ ...comment(MALLORY, [carol]), body: '```countersign\nx\n```' }] }, ['waiting 0/2', 0]],
    [
      "a custody key's line of a stranger, with its person's approval",
      { comments: [comment(MALLORY, [erin])], reviews: [review(ERIN)], writers: [] },
      ['waiting 0/2', 0],
    ],
    [
      "a custody key's line of a writer, with its person's approval",
      { comments: [comment(MALLORY, [erin])], reviews: [review(ERIN)] },
      ['waiting 1/2', 0],
    ],
    [
      "a custody key's line of a signer who may not write",
      { reviews: [review(ERIN), review(CAROL, [erin])], writers: [] },
      ['waiting 0/2', 1],
    ],
  ])('%s', (_, more, expected) => {
    expect(judgedWith(more)).toEqual(expected);
  });
});

describe('whether a carrier may write is asked only for a valid signature of a key that signs through others', () => {
  const asked = (by: Member, lines: readonly Countersignature[]): readonly string[] => {
    const facts = eventOf({ changes: { [RELEASES_PATH]: NEXT }, comments: [comment(by, lines)] });
    const proposal = readProposal(facts.changes, BASE);
    const listening = listenTo(facts.changes.keys(), proposal, BASE);
    return carriersToAsk(facts, listening, proposedFiles(proposal)).map(({ login }) => login);
  };
  const erin = lineOf(ERIN, 'releases', NEXT);
  test.each<[string, readonly Countersignature[], readonly string[]]>([
    ['it verifies', [erin], ['mallory']],
    ['it does not', [{ ...erin, sig: '00'.repeat(64) }], []],
    ['it is of other bytes', [lineOf(ERIN, 'releases', releases(2, {}))], []],
    ['it is of a key that its person holds', [lineOf(CAROL, 'releases', NEXT)], []],
    ['it is of a key that nobody knows', [lineOf(FRANK, 'releases', NEXT)], []],
  ])('%s', (_, lines, expected) => {
    expect(asked(MALLORY, lines)).toEqual(expected);
  });
});

describe('what somebody has signed is what verifies over a payload that says so itself', () => {
  const old = releases(1, {});
  const other = releases(2, { 'v2/app': 'other' });
  const withBreaks = releases(2, {}, { extra: { note: 'a\nb\t\u0001"c\\' } });
  const burned = (line: Countersignature, earlier: readonly Uint8Array[]): readonly number[] => {
    const facts = eventOf({ changes: { [RELEASES_PATH]: NEXT }, reviews: [review(CAROL, [line])], earlier });
    return [...signedElsewhere([{ facts, state: 'ended' }], BASE).values()].flat().map(({ version }) => version);
  };
  test.each<[string, Countersignature, readonly Uint8Array[], readonly number[]]>([
    ['a signature of another content of this version', lineOf(CAROL, 'releases', other), [other], [2]],
    [
      'a signature of a content with control characters, which canonical JSON leaves as they are',
      lineOf(CAROL, 'releases', withBreaks),
      [withBreaks],
      [2],
    ],
    ['a published signature under the open version', { ...lineOf(CAROL, 'releases', old), version: parseVersion(2, 'v') }, [old], []],
    ['a published signature under its own version', lineOf(CAROL, 'releases', old), [old], [1]],
    ['a signature of a payload that can not be had', lineOf(CAROL, 'releases', other), [], []],
    ['a claim without a signature', lineOf(CAROL, 'releases', other, { sig: '00' }), [other], []],
    [
      'a signature of another role',
      { ...lineOf(CAROL, 'releases', WORLD.roles['targets'] ?? old), version: parseVersion(2, 'v') },
      [WORLD.roles['targets'] ?? old],
      [],
    ],
    ['a signature of somebody who may not sign it', lineOf(BOB, 'releases', other), [other], []],
  ])('%s', (_, line, earlier, expected) => {
    expect(burned(line, earlier)).toEqual(expected);
  });
});

describe('a signature that its key has taken back', () => {
  test('does not count, and counts again once it is given again', async () => {
    const { withdrawalBytes } = await import('../../src/event/signatures.ts');
    const line = lineOf(CAROL, 'releases', NEXT);
    const back = { ...line, sig: CAROL.signer.sign(withdrawalBytes(line)) };
    const counted = (lines: readonly Countersignature[]): string =>
      verdict(evaluate(eventOf({ changes: { [RELEASES_PATH]: NEXT }, reviews: lines.map((one) => review(CAROL, [one], 'COMMENTED')) })));
    expect([counted([line]), counted([line, back]), counted([back, line]), counted([line, back, line])]).toEqual([
      'waiting 1/2',
      'waiting 0/2',
      'waiting 1/2',
      'waiting 1/2',
    ]);
    // Of somebody else's key, or of another payload, it takes nothing back.
    const foreign = { ...line, sig: DAVE.signer.sign(withdrawalBytes(line)) };
    const elsewhere = lineOf(CAROL, 'releases', releases(2, {}));
    const ofOther = { ...elsewhere, sig: CAROL.signer.sign(withdrawalBytes(elsewhere)) };
    expect([counted([line, foreign]), counted([line, ofOther])]).toEqual(['waiting 1/2', 'waiting 1/2']);
    expect(digestOf(NEXT)).toBe(line.payload);
  });

  test('is given and taken back by its owner alone, whoever brings a copy', async () => {
    const { withdrawalBytes } = await import('../../src/event/signatures.ts');
    const line = lineOf(CAROL, 'releases', NEXT);
    const back = { ...line, sig: CAROL.signer.sign(withdrawalBytes(line)) };
    const said = (...reviews: readonly (readonly [Member, Countersignature])[]): string =>
      verdict(
        evaluate(eventOf({ changes: { [RELEASES_PATH]: NEXT }, reviews: reviews.map(([one, text]) => review(one, [text], 'COMMENTED')) })),
      );
    expect(
      answers({
        'another signer copies what she took back': () => said([CAROL, line], [CAROL, back], [DAVE, line]),
        'another signer copies what she gave before she takes it back': () => said([DAVE, line], [CAROL, line], [CAROL, back]),
        'another signer copies her withdrawal after she signed again': () =>
          said([CAROL, line], [CAROL, back], [CAROL, line], [DAVE, back]),
        'another signer has her withdrawal from elsewhere': () => said([CAROL, line], [DAVE, back]),
      }),
    ).toEqual({
      'another signer copies what she took back': 'waiting 0/2',
      'another signer copies what she gave before she takes it back': 'waiting 0/2',
      'another signer copies her withdrawal after she signed again': 'waiting 1/2',
      'another signer has her withdrawal from elsewhere': 'waiting 1/2',
    });
  });
});

describe('a second content of a root version', () => {
  const rootOf = (expires: string, replaces: readonly Uint8Array[] = []): Uint8Array =>
    seal(
      rootSigned({
        version: 2,
        root: { signers: [ALICE, BOB, DAVE], threshold: 2 },
        expires,
        binding: replaces.length === 0 ? {} : { replaces: replaces.map((file) => `sha256:${digestOf(file)}`) },
      }),
    );
  const first = rootOf('2031-01-01T00:00:00Z');
  const second = rootOf('2031-01-02T00:00:00Z', [first]);
  const unnamed = rootOf('2031-01-03T00:00:00Z');
  const event = (file: Uint8Array, signers: readonly Member[], number = 7): ReturnType<typeof eventOf> =>
    eventOf({ number, changes: rootChanges(file, 2), reviews: signers.map((one) => review(one, [lineOf(one, 'root', file)])) });
  const beside = (file: Uint8Array, signers: readonly Member[], others: readonly (readonly [Uint8Array, readonly Member[]])[]): string => {
    const signed = signedElsewhere(
      others.map(([other, by], index) => ({ facts: event(other, by, 90 + index), state: 'ended' as const })),
      BASE,
    );
    return verdict(evaluate(event(file, signers), BASE, undefined, signed));
  };
  test.each<[string, string, string]>([
    ['beside nothing', beside(unnamed, [ALICE, BOB], []), 'complete 2/2 2/2'],
    [
      'beside one with fewer signatures than the thresholds: they stop nothing',
      beside(unnamed, [ALICE, BOB], [[first, [BOB]]]),
      'complete 2/2 2/2',
    ],
    [
      'beside one that has both thresholds: that one goes first',
      beside(unnamed, [ALICE], [[first, [ALICE, BOB]]]),
      'invalid already-signed',
    ],
    ['that says that it takes its place is not blocked by it', beside(second, [ALICE, BOB], [[first, [ALICE, BOB]]]), 'complete 2/2 2/2'],
    [
      'whose signer has signed the one that takes its place does not have that vote any more',
      beside(first, [ALICE, BOB], [[second, [ALICE]]]),
      'complete 2/2 2/2',
    ],
    ['and one short of its thresholds loses it', beside(first, [ALICE], [[second, [ALICE]]]), 'waiting 0/2 0/2'],
    ["somebody else's move takes nobody's vote", beside(first, [ALICE], [[second, [BOB]]]), 'waiting 1/2 1/2'],
    ['one that names nothing takes nobody along', beside(first, [ALICE], [[unnamed, [ALICE]]]), 'waiting 1/2 1/2'],
  ])('%s', (_, actual, expected) => {
    expect(actual).toBe(expected);
  });
});

test('votes are told by name', () => {
  expect(votes(evaluate(signedBy([CAROL, DAVE])))).toEqual(['carol', 'dave']);
});
