// SPDX-License-Identifier: Apache-2.0
import type { Binding } from '../tuf/binding.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { asObject, asString, booleanField, integerField, objectField, stringField } from '../tuf/fields.ts';
import { jsonPath, type JsonObject, type JsonValue } from '../tuf/json.ts';
import { parseKeyId, type KeyId, type KeyIdentity, type KeyTable } from '../tuf/key.ts';
import type { RoleKeys, Voter } from '../tuf/threshold.ts';
import { parseAccountId, type Account } from './accounts.ts';
import { MAX_REASON_CHARACTERS } from './bounds.ts';
import { findLookAlike, isInWords } from './look-alike.ts';

/** A signer, as signed metadata names them. */
export interface Person {
  readonly name: string;
  /** Null for a person without an account, whose signatures anyone may carry. */
  readonly account: Account | null;
  /** True when the key lives in GitHub and is used when its person approves. GitHub could forge its signatures. */
  readonly custody: boolean;
}

/** Who owns which key, as one file says (the root for top-level roles, a targets role for its delegations). */
export interface People {
  readonly byKey: ReadonlyMap<KeyId, Person>;
  /** Roles whose threshold custody signers alone may reach, with the reason in words. */
  readonly custodyQuorum: ReadonlyMap<string, string>;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Whether a name can be a person's: short, and nothing in it that formats text or looks like something else. */
export function isPersonName(name: string): boolean {
  return NAME.test(name);
}

/** Whether a text is a reason in words why custody keys alone may sign: one that says something to those who sign it, and that they can be shown whole. */
export function isQuorumReason(text: string): boolean {
  return text.length <= MAX_REASON_CHARACTERS && isInWords(text);
}

/** Who a person's votes count for: the account where there is one, so that two names of one account are one person. */
export function voterOf(person: Person): Voter {
  return person.account === null ? `name:${person.name}` : `account:${String(person.account.id)}`;
}

function parsePerson(raw: JsonObject, where: string): Person {
  const name = stringField(raw, 'name', where);
  if (!isPersonName(name)) {
    throw new CountersignError('people-invalid', jsonPath(where, 'name'), `expected letters, digits and "._-", got ${quote(name)}`);
  }
  const github = raw.get('github');
  if (github === undefined)
    throw new CountersignError('people-invalid', jsonPath(where, 'github'), 'expected an account or null, got nothing');
  const custody = booleanField(raw, 'custody', where);
  if (github === null) {
    // A custody key is used when its person approves on GitHub: without an account nobody could.
    if (custody) throw new CountersignError('people-invalid', where, `expected an account for ${quote(name)}, whose key is in custody`);
    return { name, account: null, custody };
  }
  const path = jsonPath(where, 'github');
  const account = asObject(github, path);
  const id = parseAccountId(integerField(account, 'id', path), jsonPath(path, 'id'));
  return { name, account: { id, login: stringField(account, 'login', path) }, custody };
}

/**
 * Parses the people of a file from its `x-countersign`. A name stands for one person everywhere in the file.
 * @throws `people-invalid`, `field-*`
 */
export function parsePeople(binding: Binding, where: string): People {
  const byKey = new Map<KeyId, Person>();
  const voters = new Map<string, Voter>();
  const at = jsonPath(where, 'people');
  const people = binding.raw.has('people') ? objectField(binding.raw, 'people', where) : new Map<string, JsonValue>();
  for (const [id, value] of people) {
    const path = jsonPath(at, id);
    const person = parsePerson(asObject(value, path), path);
    const voter = voterOf(person);
    if ((voters.get(person.name) ?? voter) !== voter) {
      throw new CountersignError('people-invalid', path, `expected one person named ${quote(person.name)}, got two`);
    }
    voters.set(person.name, voter);
    byKey.set(parseKeyId(id, path), person);
  }
  const quorum = binding.raw.has('custody-quorum') ? objectField(binding.raw, 'custody-quorum', where) : new Map<string, JsonValue>();
  const custodyQuorum = new Map([...quorum].map(([role, reason]) => [role, asString(reason, jsonPath(where, 'custody-quorum'))]));
  return { byKey, custodyQuorum };
}

/**
 * Requires the people of a file that is about to be signed to have names that people tell apart: nobody sees that `alice` and `a1ice` are two. A file that is
 * signed already is read as it is.
 * @throws `people-invalid`
 */
export function requireTellableNames({ byKey }: People, where: string): void {
  const alike = findLookAlike([...byKey.values()].map(({ name }) => name));
  if (alike === null) return;
  throw new CountersignError(
    'people-invalid',
    where,
    `expected names that people tell apart, got ${quote(alike.name)} beside ${quote(alike.other)}`,
  );
}

/** The `people` member of `x-countersign`. */
export function peopleObject(people: People): JsonObject {
  const object = new Map<string, JsonValue>();
  for (const [keyId, { name, account, custody }] of people.byKey) {
    const github: JsonValue =
      account === null
        ? null
        : new Map<string, JsonValue>([
            ['id', account.id],
            ['login', account.login],
          ]);
    object.set(
      keyId,
      new Map<string, JsonValue>([
        ['custody', custody],
        ['github', github],
        ['name', name],
      ]),
    );
  }
  return object;
}

/**
 * Requires the keys of a role that people sign for to be people's, as design section 2 says: each key usable and owned by exactly one person, each
 * person with one key, custody signers fewer than the threshold (none in root) unless the file gives a reason, and a threshold that the
 * keys can reach.
 * @throws `people-invalid`, `custody-quorum`
 */
export function requireClaimedKeys(role: string, roleKeys: RoleKeys, keys: KeyTable, people: People): void {
  const voters = new Map<Voter, string>();
  const identities = new Set<KeyIdentity>();
  let custody = 0;
  for (const keyId of roleKeys.keyIds) {
    const short = quote(`${keyId.slice(0, 12)}…`);
    const person = people.byKey.get(keyId);
    if (person === undefined)
      throw new CountersignError('people-invalid', role, `expected the key ${short} to belong to a person, got nobody`);
    const material = keys.get(keyId)?.material;
    if (material?.kind !== 'usable') {
      throw new CountersignError(
        'people-invalid',
        role,
        `expected a usable key for ${quote(person.name)}, got ${material?.reason ?? 'none'}`,
      );
    }
    const other = voters.get(voterOf(person));
    if (other !== undefined) {
      throw new CountersignError(
        'people-invalid',
        role,
        `expected one key for each person, got two for ${quote(person.name)} (also ${quote(other)})`,
      );
    }
    if (identities.has(material.identity)) {
      throw new CountersignError(
        'people-invalid',
        role,
        `expected a key of their own for ${quote(person.name)}, got one that somebody else has`,
      );
    }
    voters.set(voterOf(person), person.name);
    identities.add(material.identity);
    if (person.custody) custody++;
  }
  if (roleKeys.threshold > roleKeys.keyIds.length) {
    throw new CountersignError(
      'people-invalid',
      role,
      `expected a threshold of at most ${String(roleKeys.keyIds.length)}, got ${String(roleKeys.threshold)}`,
    );
  }
  const allowed = role === 'root' ? 0 : roleKeys.threshold - 1;
  if (custody > allowed && !isQuorumReason(people.custodyQuorum.get(role) ?? '')) {
    throw new CountersignError(
      'custody-quorum',
      role,
      `expected at most ${String(allowed)} custody signers, got ${String(custody)}: GitHub could sign alone`,
    );
  }
}

/**
 * Requires the keys of an online role to be usable, enough for the threshold, and nobody's: a person's key under another keyid is theirs all the same.
 * @throws `people-invalid`
 */
export function requireOnlineKeys(role: 'snapshot' | 'timestamp', { keyIds, threshold }: RoleKeys, keys: KeyTable, people: People): void {
  const owners = new Map<KeyIdentity, Person>();
  for (const [keyId, person] of people.byKey) {
    const material = keys.get(keyId)?.material;
    if (material?.kind === 'usable') owners.set(material.identity, person);
  }
  const identities = new Set<KeyIdentity>();
  for (const keyId of keyIds) {
    const material = keys.get(keyId)?.material;
    if (material?.kind !== 'usable') {
      throw new CountersignError('people-invalid', role, `expected a usable online key, got ${material?.reason ?? 'none'}`);
    }
    const person = people.byKey.get(keyId) ?? owners.get(material.identity);
    if (person !== undefined) throw new CountersignError('people-invalid', role, `expected an online key, got the one of ${person.name}`);
    identities.add(material.identity);
  }
  if (threshold > identities.size) {
    const detail = `expected a threshold of at most ${String(identities.size)}, got ${String(threshold)}`;
    throw new CountersignError('people-invalid', role, detail);
  }
}
