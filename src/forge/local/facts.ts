// SPDX-License-Identifier: Apache-2.0
import { link, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf, ioError, writeTemporary } from '../../disk/atomic-file.ts';
import type { Account, CommitSha } from '../../ports.ts';
import { CountersignError } from '../../tuf/errors.ts';
import { isJsonObject, jsonTypeOf, parseJson } from '../../tuf/json.ts';
import type { JsonObject } from '../../tuf/json.ts';
import { parseAccountId, parseCommitSha } from './ids.ts';

/** What a fact may hold when it is written. */
export type FactMembers = Readonly<Record<string, string | number | null | Account>>;

/** A JSON object read from one file. */
export interface Fact {
  readonly path: string;
  readonly members: JsonObject;
}

/**
 * Reads one fact; null when there is none.
 * @throws `io`, naming the file, when it can't be read or is no JSON object
 */
export async function readFact(path: string): Promise<Fact | null> {
  try {
    const members = parseJson(await readFile(path));
    if (!isJsonObject(members)) throw new CountersignError('io', path, `expected a JSON object, got ${jsonTypeOf(members)}`);
    return { path, members };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    if (!(error instanceof CountersignError) || error.code === 'io') throw ioError(path, 'to read the file', error);
    throw new CountersignError('io', path, `expected JSON, got a damaged file: ${error.message}`, { cause: error });
  }
}

/**
 * Writes a fact that nobody has written yet. It appears whole, or not at all.
 * @returns false, and changes nothing, when the file exists
 * @throws `io`
 */
export async function createFact(path: string, members: FactMembers): Promise<boolean> {
  return withTemporary(path, members, async (temporary) => {
    try {
      // Unlike rename, link refuses to replace: of two processes exactly one succeeds.
      await link(temporary, path);
      return true;
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
      return false;
    }
  });
}

/**
 * Replaces a fact; readers see the old or the new.
 * @throws `io`
 */
export async function replaceFact(path: string, members: FactMembers): Promise<void> {
  await withTemporary(path, members, (temporary) => rename(temporary, path));
}

/**
 * Creates the fact `<directory>/<number>.json` under the lowest number after all that exist.
 * @param members - makes the fact for a number
 * @param first - the number in an empty directory
 * @returns the number
 * @throws `io`
 */
export async function appendFact(directory: string, members: (number: number) => FactMembers, first: number): Promise<number> {
  let number = ((await numbersIn(directory)).at(-1) ?? first - 1) + 1;
  while (!(await createFact(join(directory, `${String(number)}.json`), members(number)))) number++;
  return number;
}

/**
 * The numbers that name entries (`7` or `7.json`) of a directory, ascending; none when there is no directory.
 * @throws `io`
 */
export async function numbersIn(directory: string): Promise<readonly number[]> {
  try {
    const names = await readdir(directory);
    const numbers = names.map((name) => /^([1-9]\d{0,14})(?:\.json)?$/.exec(name)?.[1]).filter((digits) => digits !== undefined);
    return numbers.map(Number).sort((a, b) => a - b);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw ioError(directory, 'to list the directory', error);
  }
}

/**
 * Text member `key`.
 * @throws `io`, naming the file
 */
export function textOf(fact: Fact, key: string): string {
  const value = fact.members.get(key);
  if (typeof value !== 'string') throw new CountersignError('io', fact.path, `expected ${key} to be a string, got ${jsonTypeOf(value)}`);
  return value;
}

/**
 * Member `key`, which is one of `choices`.
 * @throws `io`, naming the file
 */
export function choiceOf<T extends string>(fact: Fact, key: string, choices: readonly T[]): T {
  const value = textOf(fact, key);
  const choice = choices.find((one) => one === value);
  if (choice === undefined) throw new CountersignError('io', fact.path, `expected ${key} to be one of ${choices.join(', ')}, got another`);
  return choice;
}

/**
 * Commit id member `key`.
 * @throws `io`, naming the file
 */
export function commitOf(fact: Fact, key: string): CommitSha {
  try {
    return parseCommitSha(textOf(fact, key), fact.path);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    throw new CountersignError('io', fact.path, error.detail, { cause: error });
  }
}

/**
 * Account member `key`.
 * @throws `io`, naming the file
 */
export function memberAccountOf(fact: Fact, key: string): Account {
  const value = fact.members.get(key);
  if (!isJsonObject(value)) throw new CountersignError('io', fact.path, `expected ${key} to be an object, got ${jsonTypeOf(value)}`);
  return accountOf({ path: fact.path, members: value });
}

/**
 * A fact that is an account.
 * @throws `io`, naming the file
 */
export function accountOf(fact: Fact): Account {
  const id = fact.members.get('id');
  if (typeof id !== 'number') throw new CountersignError('io', fact.path, `expected id to be a number, got ${jsonTypeOf(id)}`);
  return { id: parseAccountId(id, fact.path), login: textOf(fact, 'login') };
}

async function withTemporary<T>(path: string, members: FactMembers, place: (temporary: string) => Promise<T>): Promise<T> {
  // Through UTF-8, which replaces lone surrogates: JSON would carry them as escapes, and our reader refuses those.
  const bytes = Buffer.from(
    `${JSON.stringify(members, (_, value: unknown) => (typeof value === 'string' ? Buffer.from(value).toString() : value), 2)}\n`,
  );
  try {
    const temporary = await writeTemporary(dirname(path), (file) => file.writeFile(bytes));
    try {
      return await place(temporary);
    } finally {
      await rm(temporary, { force: true });
    }
  } catch (error) {
    throw ioError(path, 'to write the file', error);
  }
}
