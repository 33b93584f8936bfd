// SPDX-License-Identifier: Apache-2.0
import type { Account, Review, ReviewState } from '../../ports.ts';
import { CountersignError, quote } from '../../tuf/errors.ts';
import { parseCommitSha } from '../local/ids.ts';
import { ACTOR, actorOf, authorOf, bareLogin, isBotLogin, readLogin } from './accounts.ts';
import { childOf, childOrNull, childrenOf, countOf, flagOf, textOf, textOrNull, unexpected } from './answer.ts';
import type { Answer } from './answer.ts';
import { queryFound } from './place.ts';
import type { Place } from './place.ts';
import { pullPurpose } from './pulls.ts';

const STATES: readonly ReviewState[] = ['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED', 'PENDING'];
const READ = 'pull-requests: read';
/** Authors in one request: a hundred reviews of each may come, of up to 64 KiB. */
const AUTHORS_AT_ONCE = 20;
/** Of one author, a hundred reviews each, from the newest: older ones decide nothing any more. */
const MAX_PAGES = 10;
/** GitHub takes no longer text, in characters. */
const MAX_BODY = 65_536;

/** One author's reviews, as they are asked for. */
interface Asked {
  readonly account: Account;
  /** The author as GitHub is told. */
  readonly login: string;
  readonly page: number;
  /** Where the page before this one began; null for the newest. */
  readonly before: string | null;
  /** A person who was found under another login than the one that was given. */
  readonly isRenamed: boolean;
}

/**
 * Reviews of `authors` alone, in time order; nobody else's are read. A login may belong to somebody else by now: what counts is the number of the account,
 * in each review and of the login, and who has another login is asked for under that.
 * @throws `event-unknown`; `io` also for a state that we don't know
 */
export async function readReviewsOf(place: Place, number: number, authors: readonly Account[]): Promise<readonly Review[]> {
  const found = new Map<number, Review>();
  const accounts = new Map(authors.map((account) => [account.id, account]));
  let open: readonly Asked[] = [...accounts.values()].flatMap((account) =>
    formsOf(account.login).map((login) => ({ account, login, page: 1, before: null, isRenamed: false })),
  );
  while (open.length > 0) {
    const next: Asked[] = [];
    for (let at = 0; at < open.length; at += AUTHORS_AT_ONCE) {
      next.push(...(await readSome(place, number, open.slice(at, at + AUTHORS_AT_ONCE), found)));
    }
    open = next;
  }
  // Numbers rise with time, whatever the host's clock says.
  return [...found.values()].sort((a, b) => a.id - b.id);
}

/** GraphQL writes a bot's login without its brackets; which form the filter takes is not documented, so both are asked. */
function formsOf(login: string): readonly string[] {
  return isBotLogin(login) ? [login, bareLogin(login)] : [login];
}

/** One request. @returns what is still to be asked */
async function readSome(place: Place, number: number, asked: readonly Asked[], found: Map<number, Review>): Promise<readonly Asked[]> {
  const variables = Object.fromEntries(
    asked.flatMap(({ login, before }, at) => [[`a${String(at)}`, login] as const, [`b${String(at)}`, before] as const]),
  );
  const purpose = pullPurpose(number, READ);
  const data = await queryFound(place, documentOf(asked), { owner: place.owner, name: place.repo, number, ...variables }, purpose);
  const pull = childOrNull(childOf(data, 'repository'), 'pullRequest');
  if (pull === null) throw new CountersignError('event-unknown', purpose.what, 'expected a pull request, got none');
  const next: Asked[] = [];
  for (const [at, one] of asked.entries()) {
    if (!isBotLogin(one.account.login) && !isLoginOf(one.account, childOrNull(data, `a${String(at)}`))) {
      next.push(...(await renamed(place, one)));
      continue;
    }
    const reviews = childOrNull(pull, `a${String(at)}`);
    if (reviews === null) continue;
    for (const node of childrenOf(reviews, 'nodes')) {
      if (actorOf(node, 'author').id === one.account.id) found.set(numberOf(node), graphReviewOf(node));
    }
    const info = childOf(reviews, 'pageInfo');
    const before = flagOf(info, 'hasPreviousPage') ? textOrNull(info, 'startCursor') : null;
    if (before !== null && one.page < MAX_PAGES) next.push({ ...one, page: one.page + 1, before });
  }
  return next;
}

function documentOf(asked: readonly Asked[]): string {
  const names = asked.map((_, at) => String(at));
  const variables = names.map((at) => `$a${at}: String!, $b${at}: String`);
  const reviews = names.map(
    (at) => `a${at}: reviews(author: $a${at}, last: 100, before: $b${at}) {
      pageInfo { hasPreviousPage startCursor } nodes { fullDatabaseId state body commit { oid } author { ${ACTOR} } }
    }`,
  );
  const users = asked.flatMap(({ account }, at) =>
    isBotLogin(account.login) ? [] : [`a${String(at)}: user(login: $a${String(at)}) { databaseId }`],
  );
  return `query Reviews($owner: String!, $name: String!, $number: Int!, ${variables.join(', ')}) {
    repository(owner: $owner, name: $name) { pullRequest(number: $number) { ${reviews.join(' ')} } }
    ${users.join(' ')}
  }`;
}

function isLoginOf(account: Account, user: Answer | null): boolean {
  return user !== null && countOf(user, 'databaseId') === account.id;
}

/** Who is gone has no reviews: GitHub shows them as the ghost's. @throws `io` for somebody who is renamed while this runs */
async function renamed(place: Place, asked: Asked): Promise<readonly Asked[]> {
  const { account } = asked;
  const login = await readLogin(place, account.id);
  if (login === null) return [];
  if (asked.isRenamed || login.toLowerCase() === asked.login.toLowerCase())
    throw new CountersignError('io', `account ${String(account.id)}`, `expected it under the login ${quote(login)}, got another`);
  return [{ account, login, page: 1, before: null, isRenamed: true }];
}

/** A review of the REST API. @throws `io` */
export function reviewOf(answer: Answer): Review {
  const commit = textOrNull(answer, 'commit_id');
  return {
    id: countOf(answer, 'id'),
    author: authorOf(answer, 'user'),
    state: stateOf(answer),
    body: bodyOf(answer),
    commitSha: commit === null ? null : parseCommitSha(commit, answer.where),
  };
}

function graphReviewOf(node: Answer): Review {
  const commit = childOrNull(node, 'commit');
  return {
    id: numberOf(node),
    author: actorOf(node, 'author'),
    state: stateOf(node),
    body: bodyOf(node),
    commitSha: commit === null ? null : parseCommitSha(textOf(commit, 'oid'), node.where),
  };
}

/** GraphQL gives numbers beyond 32 bits as text. */
function numberOf(node: Answer): number {
  const value = node.members['fullDatabaseId'];
  const id = typeof value === 'string' && /^[0-9]{1,16}$/.test(value) ? Number(value) : value;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1) throw unexpected(`${node.where} fullDatabaseId`, 'a number', value);
  return id;
}

function stateOf(answer: Answer): ReviewState {
  const said = textOf(answer, 'state');
  const state = STATES.find((one) => one === said);
  if (state === undefined) throw new CountersignError('io', answer.where, `expected the state of a review, got ${quote(said)}`);
  return state;
}

/** The text under `body`; none where it is longer than GitHub takes, so that nobody parses it. */
export function bodyOf(answer: Answer): string {
  const body = textOrNull(answer, 'body') ?? '';
  const isLong = body.length > MAX_BODY && (body.length > 2 * MAX_BODY || Array.from(body).length > MAX_BODY);
  return isLong ? '' : body;
}
