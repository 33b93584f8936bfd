// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { parsePeople, peopleObject, requireClaimedKeys, requireOnlineKeys, requireTellableNames } from '../../src/trust/people.ts';
import { parseBinding, type Binding } from '../../src/tuf/binding.ts';
import { parseKeyId, parseKeyTable } from '../../src/tuf/key.ts';
import { parseThreshold } from '../../src/tuf/names.ts';
import { ALICE, answers, BOB, CAROL, ERIN, FRANK, member, peopleOf, type Member } from '../event/support.ts';
import { objectFromPlain, type Plain, type PlainObject } from '../fakes/plain-json.ts';
import { REPOSITORY_ID } from '../fakes/repository-builder.ts';
import { ed25519Signer, withKey, withPublicText } from '../fakes/test-signer.ts';
import { codeOf } from '../tuf/support.ts';

function bindingOf(members: PlainObject): Binding {
  const binding = parseBinding(objectFromPlain({ 'x-countersign': { repository: REPOSITORY_ID, role: 'root', ...members } }), '$');
  if (binding === null) throw new Error('there is a binding');
  return binding;
}

/** The code of requiring a role's keys; `claimed` are the people that the file names, by default the signers. */
function claim(
  role: string,
  signers: readonly Member[],
  threshold: number,
  claimed: readonly Member[] = signers,
  quorum: PlainObject = {},
): string {
  const binding = bindingOf({ people: peopleOf(claimed), 'custody-quorum': quorum });
  const keys = parseKeyTable(objectFromPlain(Object.fromEntries(signers.map(({ signer }) => [signer.keyId, signer.key]))), 'keys', 'maker');
  const keyIds = signers.map(({ signer }) => parseKeyId(signer.keyId, 'keyid'));
  return codeOf(() => {
    const people = parsePeople(binding, '$');
    requireTellableNames(people, role);
    requireClaimedKeys(role, { keyIds, threshold: parseThreshold(threshold, 'threshold') }, keys, people);
  });
}

const GINA = member('gina', 8, { custody: true });

test('keys of a role belong to people', () => {
  const sameKey = member('bob', 2, { signer: withKey(ALICE.signer, { comment: 'x' }) });
  const weak = member('bob', 2, { signer: withPublicText(BOB.signer, '00'.repeat(32)) });
  const unknown = member('bob', 2, { signer: withKey(BOB.signer, { scheme: 'none' }) });
  const wrongId = member('bob', 2, { signer: { ...BOB.signer, keyId: '11'.repeat(32) } });
  expect(
    answers({
      'two people, a key each': () => claim('releases', [ALICE, BOB], 2),
      'a key of nobody': () => claim('releases', [ALICE, BOB], 2, [ALICE]),
      'a person who is named and has no key in the role': () => claim('releases', [ALICE], 1, [ALICE, BOB]),
      'two keys of one account': () => claim('releases', [ALICE, member('bob', 1)], 2),
      'two keys of one name': () => claim('releases', [ALICE, { ...ALICE, signer: BOB.signer }], 2),
      'two keys of one person without an account': () => claim('releases', [FRANK, { ...FRANK, signer: BOB.signer }], 2),
      'two people without an account': () => claim('releases', [FRANK, member('fred', null)], 2),
      'two people whose names differ by case': () => claim('releases', [FRANK, member('Frank', null)], 2),
      'two people whose names look alike': () => claim('releases', [ALICE, member('a1ice', 9)], 2),
      'two of whom one is named only, and looks like the other': () => claim('releases', [ALICE, BOB], 2, [ALICE, BOB, member('B0b', 9)]),
      'one key under two keyids': () => claim('releases', [ALICE, sameKey], 2),
      'a key that anyone can sign with': () => claim('releases', [ALICE, weak], 2),
      'a key of an unknown scheme': () => claim('releases', [ALICE, unknown], 2),
      'a key under a keyid that is not its own': () => claim('releases', [ALICE, wrongId], 2),
      'as many as the threshold': () => claim('releases', [ALICE, BOB], 2),
      'fewer than the threshold': () => claim('releases', [ALICE, BOB], 3),
    }),
  ).toEqual({
    'two people, a key each': 'accepted',
    'a key of nobody': 'people-invalid',
    'a person who is named and has no key in the role': 'accepted',
    'two keys of one account': 'people-invalid',
    'two keys of one name': 'people-invalid',
    'two keys of one person without an account': 'people-invalid',
    'two people without an account': 'accepted',
    'two people whose names differ by case': 'people-invalid',
    'two people whose names look alike': 'people-invalid',
    'two of whom one is named only, and looks like the other': 'people-invalid',
    'one key under two keyids': 'people-invalid',
    'a key that anyone can sign with': 'people-invalid',
    'a key of an unknown scheme': 'people-invalid',
    'a key under a keyid that is not its own': 'people-invalid',
    'as many as the threshold': 'accepted',
    'fewer than the threshold': 'people-invalid',
  });
});

test('custody signers are fewer than the threshold', () => {
  expect(
    answers({
      'one of a threshold of two': () => claim('releases', [ALICE, ERIN], 2),
      'two of a threshold of two': () => claim('releases', [ERIN, GINA], 2),
      'two of a threshold of three': () => claim('releases', [ALICE, ERIN, GINA], 3),
      'one of a threshold of one': () => claim('releases', [ALICE, ERIN], 1),
      'two, with a reason in words': () => claim('releases', [ERIN, GINA], 2, [ERIN, GINA], { releases: 'nobody has a key yet' }),
      'two, with a reason that nobody sees': () => claim('releases', [ERIN, GINA], 2, [ERIN, GINA], { releases: '\u200b\u2063' }),
      'two, with a reason of fillers': () => claim('releases', [ERIN, GINA], 2, [ERIN, GINA], { releases: '\u3164'.repeat(9) }),
      'two, with a reason of marks': () => claim('releases', [ERIN, GINA], 2, [ERIN, GINA], { releases: '\u0301'.repeat(9) }),
      'two, with a reason too long to be shown': () => claim('releases', [ERIN, GINA], 2, [ERIN, GINA], { releases: 'why '.repeat(251) }),
      'two, with an empty reason': () => claim('releases', [ERIN, GINA], 2, [ERIN, GINA], { releases: '' }),
      'two, with a reason for another role': () => claim('releases', [ERIN, GINA], 2, [ERIN, GINA], { targets: 'why' }),
      'none in root': () => claim('root', [ALICE, BOB], 2),
      'one in root': () => claim('root', [ALICE, BOB, ERIN], 3),
      'one in root, with a reason': () => claim('root', [ALICE, BOB, ERIN], 3, [ALICE, BOB, ERIN], { root: 'for a month' }),
    }),
  ).toEqual({
    'one of a threshold of two': 'accepted',
    'two of a threshold of two': 'custody-quorum',
    'two of a threshold of three': 'accepted',
    'one of a threshold of one': 'custody-quorum',
    'two, with a reason in words': 'accepted',
    'two, with a reason that nobody sees': 'custody-quorum',
    'two, with a reason of fillers': 'custody-quorum',
    'two, with a reason of marks': 'custody-quorum',
    'two, with a reason too long to be shown': 'custody-quorum',
    'two, with an empty reason': 'custody-quorum',
    'two, with a reason for another role': 'custody-quorum',
    'none in root': 'accepted',
    'one in root': 'custody-quorum',
    'one in root, with a reason': 'accepted',
  });
});

test('online keys are nobody’s, usable and enough', () => {
  const online = (signers: readonly Member['signer'][], threshold = 1): string => {
    const table = Object.fromEntries([...signers, ALICE.signer].map((signer) => [signer.keyId, signer.key]));
    const role = { keyIds: signers.map(({ keyId }) => parseKeyId(keyId, 'keyid')), threshold: parseThreshold(threshold, 'threshold') };
    return codeOf(() => {
      requireOnlineKeys(
        'snapshot',
        role,
        parseKeyTable(objectFromPlain(table), 'keys', 'maker'),
        parsePeople(bindingOf({ people: peopleOf([ALICE]) }), '$'),
      );
    });
  };
  const key = ed25519Signer('online');
  expect(
    answers({
      'a key of its own': () => online([key]),
      "a person's key": () => online([ALICE.signer]),
      "a person's key under another keyid": () => online([withKey(ALICE.signer, { comment: 'x' })]),
      'a key that can not be used': () => online([withKey(key, { scheme: 'none' })]),
      'two keys of two': () => online([key, ed25519Signer('online 2')], 2),
      'one key under two keyids of two': () => online([key, withKey(key, { comment: 'x' })], 2),
      'a threshold above the keys': () => online([key], 2),
    }),
  ).toEqual({
    'a key of its own': 'accepted',
    "a person's key": 'people-invalid',
    "a person's key under another keyid": 'people-invalid',
    'a key that can not be used': 'people-invalid',
    'two keys of two': 'accepted',
    'one key under two keyids of two': 'people-invalid',
    'a threshold above the keys': 'people-invalid',
  });
});

test('people are read strictly', () => {
  const key = ALICE.signer.keyId;
  const alice = { name: 'alice', custody: false, github: { id: 1, login: 'alice' } };
  const parse = (people: Plain, more: PlainObject = {}): string => codeOf(() => parsePeople(bindingOf({ people, ...more }), '$'));
  const one = (change: PlainObject): string => parse({ [key]: { ...alice, ...change } });
  expect(
    answers({
      'a person': () => one({}),
      'no people at all': () => codeOf(() => parsePeople(bindingOf({}), '$')),
      'people of a wrong type': () => parse([]),
      'a person of a wrong type': () => parse({ [key]: 'alice' }),
      'an empty keyid': () => parse({ '': alice }),
      'a keyid like a property of objects': () => parse({ ['__proto__']: alice, constructor: { ...alice } }),
      'no name': () => one({ name: undefined }),
      'a name of letters, digits and ._-': () => one({ name: 'a.B-c_1' }),
      'a name with a blank': () => one({ name: 'alice b' }),
      'a name that begins with a dot': () => one({ name: '.alice' }),
      'a name that is not ASCII': () => one({ name: 'alicе' }),
      'a name of 64 characters': () => one({ name: 'a'.repeat(64) }),
      'a name of 65 characters': () => one({ name: 'a'.repeat(65) }),
      'custody is missing': () => one({ custody: undefined }),
      'custody is no boolean': () => one({ custody: 'false' }),
      'no account said': () => one({ github: undefined }),
      'no account': () => one({ github: null }),
      'no account, in custody': () => one({ github: null, custody: true }),
      'an account of a wrong type': () => one({ github: 1 }),
      'an account without an id': () => one({ github: { login: 'alice' } }),
      'an id that is text': () => one({ github: { id: '1', login: 'alice' } }),
      'an id of zero': () => one({ github: { id: 0, login: 'alice' } }),
      'one name for one account, twice': () => parse({ [key]: alice, [BOB.signer.keyId]: alice }),
      'one name for two accounts': () => parse({ [key]: alice, [BOB.signer.keyId]: { ...alice, github: { id: 2, login: 'alice' } } }),
      'one name with and without an account': () => parse({ [key]: alice, [BOB.signer.keyId]: { ...alice, github: null } }),
      'two names for one account': () => parse({ [key]: alice, [BOB.signer.keyId]: { ...alice, name: 'alice2' } }),
      'a reason of a wrong type': () => parse({ [key]: alice }, { 'custody-quorum': { releases: true } }),
      'reasons of a wrong type': () => parse({ [key]: alice }, { 'custody-quorum': 'releases' }),
    }),
  ).toEqual({
    'a person': 'accepted',
    'no people at all': 'accepted',
    'people of a wrong type': 'field-type',
    'a person of a wrong type': 'field-type',
    'an empty keyid': 'key-invalid',
    'a keyid like a property of objects': 'accepted',
    'no name': 'field-missing',
    'a name of letters, digits and ._-': 'accepted',
    'a name with a blank': 'people-invalid',
    'a name that begins with a dot': 'people-invalid',
    'a name that is not ASCII': 'people-invalid',
    'a name of 64 characters': 'accepted',
    'a name of 65 characters': 'people-invalid',
    'custody is missing': 'field-missing',
    'custody is no boolean': 'field-type',
    'no account said': 'people-invalid',
    'no account': 'accepted',
    'no account, in custody': 'people-invalid',
    'an account of a wrong type': 'field-type',
    'an account without an id': 'field-missing',
    'an id that is text': 'field-type',
    'an id of zero': 'people-invalid',
    'one name for one account, twice': 'accepted',
    'one name for two accounts': 'people-invalid',
    'one name with and without an account': 'people-invalid',
    'two names for one account': 'accepted',
    'a reason of a wrong type': 'field-type',
    'reasons of a wrong type': 'field-type',
  });
});

test('people are written as they are read', () => {
  const binding = bindingOf({ people: peopleOf([ALICE, CAROL, ERIN, FRANK]) });
  const people = parsePeople(binding, '$');
  expect(parsePeople({ ...binding, raw: new Map([['people', peopleObject(people)]]) }, '$').byKey).toEqual(people.byKey);
  expect([...people.byKey.values()].map(({ name }) => name)).toEqual(['alice', 'carol', 'erin', 'frank']);
});
