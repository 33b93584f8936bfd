// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { Account } from '../../ports.ts';
import { CountersignError, quote } from '../../tuf/errors.ts';
import { accountOf, appendFact, createFact, readFact } from './facts.ts';

/** The account that automation writes as. */
export const BOT_LOGIN = 'countersign[bot]';

/** Where ids are handed out, below the accounts' directory. No account's file can have this name: those end in `.json`. */
export const BY_ID = 'by-id';

const FIRST_ID = 1001;
/** GitHub's form of logins, which keeps them safe as file names and in commits. */
const LOGIN = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:\[bot\])?$/;

/**
 * The account of a login, compared without case; null when there is none.
 * @param directory - holds `<login in lower case>.json`
 * @throws `io`
 */
export async function readAccount(directory: string, login: string): Promise<Account | null> {
  if (!LOGIN.test(login)) return null;
  const fact = await readFact(join(directory, `${login.toLowerCase()}.json`));
  return fact === null ? null : accountOf(fact);
}

/**
 * The account of a login, made if there is none. Ids count up from 1001 and are never given twice; when two processes make
 * the same account at once, the loser's id stays unused.
 * @throws `usage` for what is no login; `io`
 */
export async function ensureAccount(directory: string, login: string): Promise<Account> {
  if (!LOGIN.test(login)) throw new CountersignError('usage', quote(login), 'expected a login of letters, digits and hyphens');
  const known = await readAccount(directory, login);
  if (known !== null) return known;
  // The id is taken first, and only then the login: an account that can be found has an id of its own.
  const id = await appendFact(join(directory, BY_ID), (next) => ({ id: next, login }), FIRST_ID);
  await createFact(join(directory, `${login.toLowerCase()}.json`), { id, login });
  const account = await readAccount(directory, login);
  if (account === null) throw new CountersignError('io', quote(login), 'expected the account that was just made, got none');
  return account;
}
