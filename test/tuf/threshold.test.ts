// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { keyIdOf, parseKeyId, parseKeyTable, type KeyId } from '../../src/tuf/key.ts';
import { countSignatures, parseRoleKeys, requireThreshold, type CountInput, type EntryVerdict } from '../../src/tuf/threshold.ts';
import { bytes, codeOf, ecdsaKey, ed25519Key, errorOf, keyObject, object, type TestKey } from './support.ts';

const payload = bytes('{"version":1}');
const other = bytes('{"version":2}');
const fulcio = keyObject('sigstore-oidc', 'Fulcio', 'x');

/** Keys by the names that the rows use. A2 is A under another keyid; U is of an unknown type. */
const KEYS: Readonly<Record<string, TestKey>> = {
  A: ed25519Key('a'),
  A2: ed25519Key('a', { 'x-note': 'the same key again' }),
  B: ed25519Key('b'),
  C: ecdsaKey('P-256', 'c'),
  D: ecdsaKey('P-384', 'd'),
  M: ed25519Key('missing from the table'),
  X: ed25519Key('not in the role'),
  U: { ...ed25519Key('u'), raw: fulcio, keyId: keyIdOf(fulcio) },
};
const PEOPLE: Readonly<Record<string, string>> = { A: 'alice', A2: 'alice', B: 'bob', C: 'alice', D: 'dora' };

function named(name: string): TestKey {
  const key = KEYS[name];
  if (key === undefined) throw new Error(`no key ${name}`);
  return key;
}

/** `A` signs; `A!` signs another payload; `A~` leaves its signature empty; `A^` writes it in upper case. */
function signature(entry: string): { readonly keyId: KeyId; readonly sig: string } {
  const [, name = '', mark = ''] = /^([A-Z]2?)([!~^]?)$/.exec(entry) ?? [];
  const { keyId, sign } = named(name);
  const sig = sign(mark === '!' ? other : payload);
  return { keyId, sig: mark === '~' ? '' : mark === '^' ? sig.toUpperCase() : sig };
}

function input(keys: string, threshold: number, signs: string): CountInput {
  const names = keys.split(' ');
  const table = new Map([...names.filter((name) => name !== 'M'), 'X'].map((name) => [named(name).keyId, named(name).raw]));
  const role = parseRoleKeys(object({ keyids: names.map((name) => named(name).keyId), threshold }), '$');
  const signatures = signs === '' ? [] : signs.split(' ').map(signature);
  return { payload, keys: parseKeyTable(table, '$', 'maker'), role, signatures };
}

type Row = [name: string, keys: string, threshold: number, signs: string, expect: string];

describe('a threshold is reached by distinct keys', () => {
  test.each<Row>([
    ['one of one', 'A', 1, 'A', 'reached: counts'],
    ['nobody signed', 'A', 1, '', 'not reached: '],
    ['another payload was signed', 'A', 1, 'A!', 'not reached: invalid'],
    ['the signature is awaited', 'A', 1, 'A~', 'not reached: empty'],
    ['the signature is in upper case', 'A', 1, 'A^', 'not reached: malformed'],
    ['two of two', 'A B', 2, 'A B', 'reached: counts counts'],
    ['one of two', 'A B', 2, 'A', 'not reached: counts'],
    ['the second is invalid', 'A B', 2, 'A B!', 'not reached: counts invalid'],
    ['the second is awaited', 'A B', 2, 'A B~', 'not reached: counts empty'],
    ['more than needed', 'A B C', 2, 'A B C', 'reached: counts counts counts'],
    ['any two of three', 'A B C', 2, 'C A', 'reached: counts counts'],
    ['an invalid one beside enough', 'A B C', 2, 'A! B C', 'reached: invalid counts counts'],
    ['one key under two keyids', 'A A2', 2, 'A A2', 'not reached: counts same-key'],
    ['the same, the copy first', 'A A2', 2, 'A2 A', 'not reached: counts same-key'],
    ['one key under two keyids, and another', 'A A2 B', 2, 'A A2 B', 'reached: counts same-key counts'],
    ['the copy alone', 'A A2', 1, 'A2', 'reached: counts'],
    ['its first signature invalid, the copy valid', 'A A2', 1, 'A! A2', 'reached: invalid counts'],
    ['a stranger beside one', 'A B', 2, 'A X', 'not reached: counts not-in-role'],
    ['a stranger alone', 'A', 1, 'X', 'not reached: not-in-role'],
    ['a key that the table lacks', 'A M', 2, 'A M', 'not reached: counts key-missing'],
    ['a key of an unknown type', 'A U', 2, 'A U', 'not reached: counts key-unusable'],
    ['the same with enough others', 'A B U', 2, 'A B U', 'reached: counts counts key-unusable'],
    ['three algorithms', 'A C D', 3, 'A C D', 'reached: counts counts counts'],
    ['a threshold above the number of keys', 'A B', 3, 'A B', 'not reached: counts counts'],
  ])('%s', (_, keys, threshold, signs, expected) => {
    const count = countSignatures(input(keys, threshold, signs));
    const verdicts: readonly EntryVerdict[] = count.entries.map((entry) => entry.verdict);
    expect(`${count.reached ? 'reached' : 'not reached'}: ${verdicts.join(' ')}`).toBe(expected);
    expect(count.votes.size).toBe(verdicts.filter((verdict) => verdict === 'counts').length);
    expect(count.threshold).toBe(threshold);
  });
});

describe('where people are known, a threshold is reached by distinct people', () => {
  const voterOf = (keyId: KeyId): string | null => {
    const name = Object.keys(KEYS).find((key) => named(key).keyId === keyId) ?? '';
    return PEOPLE[name] ?? null;
  };
  test.each<Row>([
    ['two people', 'A B', 2, 'A B', 'reached: alice bob'],
    ['two keys of one person', 'A C', 2, 'A C', 'not reached: alice'],
    ['two keys of one person and a second person', 'A B C', 2, 'C A B', 'reached: alice bob'],
    ['one person may use either key', 'A C', 1, 'C', 'reached: alice'],
    ['one key under two keyids', 'A A2', 2, 'A A2', 'not reached: alice'],
    ['the key of nobody', 'A X', 2, 'A X', 'not reached: alice'],
    ['the same key with a person', 'A D', 2, 'A D', 'reached: alice dora'],
  ])('%s', (_, keys, threshold, signs, expected) => {
    const count = countSignatures({ ...input(keys, threshold, signs), voterOf });
    expect(`${count.reached ? 'reached' : 'not reached'}: ${[...count.votes.keys()].join(' ')}`).toBe(expected);
  });

  test('says which key each vote came from', () => {
    const count = countSignatures({ ...input('A B C', 2, 'C A B'), voterOf });
    expect(count.votes).toEqual(
      new Map([
        ['alice', named('C').keyId],
        ['bob', named('B').keyId],
      ]),
    );
    expect(count.entries.map((entry) => entry.verdict)).toEqual(['counts', 'same-voter', 'counts']);
    expect(countSignatures({ ...input('A X', 2, 'A X'), voterOf }).entries[1]?.verdict).toBe('no-voter');
  });
});

describe('requireThreshold', () => {
  test('throws below the threshold and says what did not count', () => {
    expect(codeOf(() => requireThreshold(input('A B', 2, 'A B'), 'root@1'))).toBe('accepted');
    const error = errorOf(() => requireThreshold(input('A A2 B', 2, 'A A2 B~'), 'root@1'));
    expect(error).toMatchObject({ code: 'threshold', where: 'root@1' });
    expect(error?.detail).toContain('expected 2 valid signatures, got 1');
    expect(error?.detail).toContain(`${named('A2').keyId.slice(0, 8)} same-key`);
    expect(error?.detail).not.toContain(named('B').keyId.slice(0, 8));
  });

  test.each<[string, readonly string[], string]>([
    ['one keyid of a stranger', ['0123456789abcdef'], '01234567 not-in-role'],
    ['a keyid that is no hex digits', ['\u001b[31m\u202eaccepted'], '"\\u001b[31m\\u202eac" not-in-role'],
    ['a keyid that is a sentence', ['x), all good ('], '"x), all " not-in-role'],
    ['eight', Array.from({ length: 8 }, () => '01234567'), Array.from({ length: 8 }, () => '01234567 not-in-role').join(', ')],
    [
      'more than anybody reads',
      Array.from({ length: 5000 }, () => '01234567'),
      `${Array.from({ length: 8 }, () => '01234567 not-in-role').join(', ')}, 4992 more`,
    ],
  ])('names %s so that nobody is misled', (_, keyIds, expected) => {
    const signatures = keyIds.map((keyId) => ({ keyId: parseKeyId(keyId, 'test'), sig: '00' }));
    const error = errorOf(() => requireThreshold({ ...input('A', 1, ''), signatures }, 'root@1'));
    expect(error?.detail).toBe(`expected 1 valid signatures, got 0 (not counted: ${expected})`);
  });
});

describe('the keys of a role', () => {
  test.each([
    ['two keyids', { keyids: ['a', 'b'], threshold: 2 }, 'accepted'],
    ['the same keyid twice', { keyids: ['a', 'a'], threshold: 2 }, 'keyid-repeated'],
    ['an empty keyid', { keyids: ['a', ''], threshold: 2 }, 'key-invalid'],
    ['a keyid that is no string', { keyids: ['a', 1], threshold: 2 }, 'field-type'],
    ['no keyids, which no signature can satisfy', { keyids: [], threshold: 1 }, 'accepted'],
    ['threshold 0', { keyids: ['a'], threshold: 0 }, 'threshold-invalid'],
    ['threshold below 0', { keyids: ['a'], threshold: -1 }, 'threshold-invalid'],
    ['threshold as text', { keyids: ['a'], threshold: '1' }, 'field-type'],
    ['no threshold', { keyids: ['a'] }, 'field-missing'],
    ['no list of keyids', { threshold: 1 }, 'field-missing'],
    ['keyids as an object', { keyids: { a: 1 }, threshold: 1 }, 'field-type'],
  ])('%s: %s', (_, value, code) => {
    expect(codeOf(() => parseRoleKeys(object(value), '$'))).toBe(code);
  });
});
