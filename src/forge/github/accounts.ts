// SPDX-License-Identifier: Apache-2.0
import type { Account } from '../../ports.ts';
import { parseAccountId } from '../local/ids.ts';
import { answerOf, childOf, childOrNull, countOf, countOrNull, textOf } from './answer.ts';
import type { Answer } from './answer.ts';
import { query, queryFound, sendOrNull } from './place.ts';
import type { Place } from './place.ts';

/** GitHub shows this account in place of one that was deleted. */
const GHOST = { id: 10137, login: 'ghost' };

/** The account that every GITHUB_TOKEN writes as, on github.com. */
const ACTIONS_BOT = { id: 41_898_282, login: 'github-actions[bot]' };
const GITHUB_API = 'https://api.github.com';
const BOT_SUFFIX = '[bot]';
const LOGINS_AT_ONCE = 100;
/** What the permissions that let somebody push are called. */
const WRITERS: ReadonlySet<string> = new Set(['admin', 'maintain', 'write']);

/** What GraphQL is asked of somebody who did something. */
export const ACTOR = '__typename login ... on User { databaseId } ... on Bot { databaseId }';

const IDENTITY = `query Identity($owner: String!, $name: String!) {
  viewer { login databaseId }
  repository(owner: $owner, name: $name) { id }
}`;

/** Who a token is, and the GraphQL id of its repository. */
export interface Identity {
  readonly viewer: Account;
  readonly repositoryId: string;
}

/**
 * One request for both. GraphQL, because `GET /user` is refused to GITHUB_TOKEN, which GraphQL tells that it is the bot `github-actions[bot]`
 * (inferred; others report it of App tokens).
 */
export async function readIdentity(place: Place): Promise<Identity> {
  const purpose = { what: 'the account of the token', needs: 'contents: read' };
  const data = await query(place, IDENTITY, { owner: place.owner, name: place.repo }, purpose, 'repeatable');
  const viewer = childOf(data, 'viewer');
  return {
    viewer: { id: parseAccountId(countOf(viewer, 'databaseId'), viewer.where), login: textOf(viewer, 'login') },
    repositoryId: textOf(childOf(data, 'repository'), 'id'),
  };
}

/** An account by login; null when there is none. */
export async function readAccount(place: Place, login: string): Promise<Account | null> {
  const purpose = { what: 'account', needs: 'metadata: read' };
  const found = await sendOrNull(place, 'GET /users/{username}', { username: login }, purpose);
  return found === null ? null : accountOf(answerOf(found, 'account'));
}

/** Accounts by login, which are the keys; who does not exist is left out. One request for each hundred people. */
export async function readAccounts(place: Place, logins: readonly string[]): Promise<ReadonlyMap<string, Account>> {
  const wanted = [...new Set(logins.map((login) => login.toLowerCase()))];
  const found = new Map<string, Account>();
  // GraphQL knows no bots by login.
  for (const login of wanted.filter(isBotLogin)) {
    const account = await readAccount(place, login);
    if (account !== null) found.set(login, account);
  }
  const people = wanted.filter((login) => !isBotLogin(login));
  for (let at = 0; at < people.length; at += LOGINS_AT_ONCE) await addUsers(place, people.slice(at, at + LOGINS_AT_ONCE), found);
  return new Map(
    logins.flatMap((login) => {
      const account = found.get(login.toLowerCase());
      return account === undefined ? [] : [[login, account] as const];
    }),
  );
}

async function addUsers(place: Place, logins: readonly string[], found: Map<string, Account>): Promise<void> {
  const names = logins.map((_, at) => `l${String(at)}`);
  const asked = names.map((name) => `${name}: user(login: $${name}) { login databaseId }`);
  const document = `query Accounts(${names.map((name) => `$${name}: String!`).join(', ')}) { ${asked.join(' ')} }`;
  const variables = Object.fromEntries(logins.map((login, at) => [`l${String(at)}`, login]));
  const data = await queryFound(place, document, variables, { what: 'accounts', needs: 'metadata: read' });
  for (const [at, login] of logins.entries()) {
    const user = childOrNull(data, `l${String(at)}`);
    if (user === null) continue;
    const account = { id: parseAccountId(countOf(user, 'databaseId'), user.where), login: textOf(user, 'login') };
    if (account.login.toLowerCase() === login) found.set(login, account);
  }
}

/** The login that an account has now; null when there is no such account any more. */
export async function readLogin(place: Place, id: Account['id']): Promise<string | null> {
  const purpose = { what: `account ${String(id)}`, needs: 'metadata: read' };
  const found = await sendOrNull(place, 'GET /user/{account_id}', { account_id: id }, purpose);
  if (found === null) return null;
  const account = accountOf(answerOf(found, purpose.what));
  return account.id === id ? account.login : null;
}

/** Whether an account may write to the repository. A renamed one is found by its id. */
export async function mayWrite(place: Place, account: Account): Promise<boolean> {
  const before = await readPermission(place, account.login);
  if (before?.id === account.id) return before.writes;
  const login = await readLogin(place, account.id);
  if (login === null || login.toLowerCase() === account.login.toLowerCase()) return false;
  const now = await readPermission(place, login);
  return now?.id === account.id && now.writes;
}

async function readPermission(place: Place, login: string): Promise<{ readonly id: number; readonly writes: boolean } | null> {
  const purpose = { what: `permission of ${login}`, needs: 'metadata: read' };
  const route = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';
  const found = await sendOrNull(place, route, { username: login }, purpose);
  if (found === null) return null;
  const answer = answerOf(found, purpose.what);
  const user = childOrNull(answer, 'user');
  return user === null ? null : { id: countOf(user, 'id'), writes: WRITERS.has(textOf(answer, 'permission')) };
}

/** The accounts that automation writes as: `viewer` where it is a bot, and the one of GITHUB_TOKEN. */
export async function readAutomation(place: Place, viewer: Account): Promise<readonly Account[]> {
  const actions = await readActionsBot(place, viewer);
  const own = isBotLogin(viewer.login) && viewer.id !== actions?.id ? [viewer] : [];
  return actions === null ? own : [...own, actions];
}

async function readActionsBot(place: Place, viewer: Account): Promise<Account | null> {
  if (viewer.login === ACTIONS_BOT.login) return viewer;
  const isGitHubCom = place.octokit.request.endpoint.DEFAULTS.baseUrl === GITHUB_API;
  return isGitHubCom ? { id: parseAccountId(ACTIONS_BOT.id, 'account'), login: ACTIONS_BOT.login } : readAccount(place, ACTIONS_BOT.login);
}

/** Whether it is the login of a bot; people's have no brackets. */
export function isBotLogin(login: string): boolean {
  return login.toLowerCase().endsWith(BOT_SUFFIX);
}

/** A bot's login without what only the REST API puts behind it. */
export function bareLogin(login: string): string {
  return isBotLogin(login) ? login.slice(0, -BOT_SUFFIX.length) : login;
}

/** Who GraphQL says is under `key`, named as the REST API names them; the ghost, where it says nobody or nobody with a number. @throws `io` */
export function actorOf(answer: Answer, key: string): Account {
  const actor = childOrNull(answer, key);
  const id = actor === null ? null : countOrNull(actor, 'databaseId');
  if (actor === null || id === null) return { id: parseAccountId(GHOST.id, answer.where), login: GHOST.login };
  const login = textOf(actor, 'login');
  const suffix = textOf(actor, '__typename') === 'Bot' && !isBotLogin(login) ? BOT_SUFFIX : '';
  return { id: parseAccountId(id, actor.where), login: login + suffix };
}

/** An account of the REST API. @throws `io` */
export function accountOf(answer: Answer): Account {
  return { id: parseAccountId(countOf(answer, 'id'), answer.where), login: textOf(answer, 'login') };
}

/** The account under `key`; the ghost, who owns no key, where GitHub has none any more. @throws `io` */
export function authorOf(answer: Answer, key: string): Account {
  const author = childOrNull(answer, key);
  return author === null ? { id: parseAccountId(GHOST.id, answer.where), login: GHOST.login } : accountOf(author);
}
