// SPDX-License-Identifier: Apache-2.0
import type { Account } from '../../ports.ts';
import { parseAccountId } from '../local/ids.ts';
import { answerOf, childOf, childOrNull, countOf, textOf } from './answer.ts';
import type { Answer } from './answer.ts';
import { query, sendOrNull } from './place.ts';
import type { Place } from './place.ts';

/** GitHub shows this account in place of one that was deleted. */
const GHOST = { id: 10137, login: 'ghost' };

const IDENTITY = `query ($owner: String!, $name: String!) {
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

/** An account of the REST API. @throws `io` */
export function accountOf(answer: Answer): Account {
  return { id: parseAccountId(countOf(answer, 'id'), answer.where), login: textOf(answer, 'login') };
}

/** The account under `key`; the ghost, who owns no key, where GitHub has none any more. @throws `io` */
export function authorOf(answer: Answer, key: string): Account {
  const author = childOrNull(answer, key);
  return author === null ? { id: parseAccountId(GHOST.id, answer.where), login: GHOST.login } : accountOf(author);
}
