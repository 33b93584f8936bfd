// SPDX-License-Identifier: Apache-2.0
import type { CommitSha, Pull, PullState } from '../../ports.ts';
import { CountersignError, quote } from '../../tuf/errors.ts';
import { parseCommitSha } from '../local/ids.ts';
import { accountOf, authorOf } from './accounts.ts';
import { answerOf, childOf, childOrNull, childrenOf, countOf, textOf, textOrNull, unexpected } from './answer.ts';
import type { Answer } from './answer.ts';
import { saidWith, statusOf } from './errors.ts';
import type { Purpose } from './errors.ts';
import { pause, send, sendForAll, sendOrNull, writeOnce } from './place.ts';
import type { Place } from './place.ts';

const LIST = 'GET /repos/{owner}/{repo}/pulls';
const ONE = 'GET /repos/{owner}/{repo}/pulls/{pull_number}';
const EDIT = 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}';
const READ = 'pull-requests: read';
const WRITE = 'pull-requests: write';
const LOOKS = 3;
/** Where rules want a linear history, the first is refused; a repository may allow the last alone. */
const MERGE_METHODS = ['merge', 'squash', 'rebase'] as const;
/** What is said of a method, by the repository's settings or by a rule, and not of the pull request. */
const METHOD_REFUSED =
  /\b(?:merge commits?|squash(?:ed|ing)?(?: merg\w*| commits?)?|rebas(?:e|ed|ing)(?: merg\w*)?|merge methods?|linear history)\b/i;

/** What a pull request is opened with. */
export interface NewPull {
  readonly head: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
}

/**
 * Opens a pull request; gives the open one of the same head and base if there is one.
 * @throws `event-invalid` when a branch is missing or has nothing to merge; `setting-missing`, `permission-missing`
 */
export async function openPull(place: Place, input: NewPull): Promise<Pull> {
  const purpose = { what: `pull request of ${quote(input.head)}`, needs: WRITE, codes: { 422: 'event-invalid' } } as const;
  const before = await findOpen(place, input);
  if (before !== null) return before;
  const create = async (): Promise<Pull> => {
    const { head, base, title, body } = input;
    const made = await send(place, 'POST /repos/{owner}/{repo}/pulls', { head, base, title, body }, purpose, 'once');
    return pullOf(answerOf(made, purpose.what));
  };
  try {
    return await writeOnce(place, create, () => findOpen(place, input));
  } catch (error) {
    if (statusOf(error) !== 422 || !/already exists/i.test(saidWith(error))) throw error;
    // Somebody was faster; the list may not show it yet.
    for (let look = 1; look <= LOOKS; look++) {
      const found = await findOpen(place, input);
      if (found !== null) return found;
      await pause(place, look);
    }
    throw error;
  }
}

async function findOpen(place: Place, { head, base }: NewPull): Promise<Pull | null> {
  const parameters = { state: 'open', head: `${place.owner}:${head}`, base };
  const pulls = (await sendForAll(place, LIST, parameters, { what: 'pull requests', needs: READ })).map(pullOf);
  return pulls.find((pull) => pull.state === 'open' && pull.head === head && pull.base === base && pull.from === 'repository') ?? null;
}

/** Replaces title and body. @throws `event-unknown` */
export async function editPull(place: Place, number: number, change: { readonly title: string; readonly body: string }): Promise<void> {
  await send(place, EDIT, { pull_number: number, title: change.title, body: change.body }, pullPurpose(number, WRITE));
}

/** Closes without merging; nothing happens if it is not open. @throws `event-unknown` */
export async function closePull(place: Place, number: number): Promise<void> {
  if ((await readPull(place, number)).state !== 'open') return;
  await send(place, EDIT, { pull_number: number, state: 'closed' }, pullPurpose(number, WRITE));
}

/** Has a pull request ask for `base`. @throws `event-unknown`; `event-invalid` where GitHub refuses */
export async function retargetPull(place: Place, number: number, base: string): Promise<void> {
  const purpose = { ...pullPurpose(number, WRITE), codes: { 404: 'event-unknown', 422: 'event-invalid' } } as const;
  await send(place, EDIT, { pull_number: number, base }, purpose);
}

/** Opens again what was closed; `refused` where GitHub does not: merged, or its branch is gone or was rewritten. @throws `event-unknown` */
export async function reopenPull(place: Place, number: number): Promise<'open' | 'refused'> {
  const purpose = pullPurpose(number, WRITE);
  try {
    const opened = await send(place, EDIT, { pull_number: number, state: 'open' }, purpose);
    return pullOf(answerOf(opened, purpose.what)).state === 'open' ? 'open' : 'refused';
  } catch (error) {
    if (statusOf(error) !== 422 || isRateLimited(error)) throw error;
    return 'refused';
  }
}

/** Asks for a review. One account a request, since one that can't be asked fails all. @throws `event-unknown` */
export async function requestReview(place: Place, number: number, login: string): Promise<'asked' | 'refused'> {
  const route = 'POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers';
  try {
    await send(place, route, { pull_number: number, reviewers: [login] }, pullPurpose(number, WRITE));
    return 'asked';
  } catch (error) {
    if (statusOf(error) !== 422 || isRateLimited(error)) throw error;
    return 'refused';
  }
}

function isRateLimited(error: unknown): boolean {
  return error instanceof CountersignError && error.code === 'rate-limited';
}

/**
 * Merges by the host's own merge.
 * @returns the commit that was made
 * @throws `ref-conflict` when the head has moved, `ref-protected` when a rule refuses this too, `event-unknown`
 */
export async function mergePull(place: Place, number: number, head: CommitSha): Promise<CommitSha> {
  const merged = async (): Promise<CommitSha | null> => {
    const pull = await readRaw(place, number);
    const sha = pullOf(pull).state === 'merged' && pullOf(pull).headSha === head ? textOrNull(pull, 'merge_commit_sha') : null;
    return sha === null ? null : parseCommitSha(sha, pull.where);
  };
  for (const method of MERGE_METHODS) {
    try {
      return await writeOnce(place, () => merge(place, number, head, method), merged);
    } catch (error) {
      const isMethod = statusOf(error) === 405 && METHOD_REFUSED.test(saidWith(error));
      if (!isMethod || method === MERGE_METHODS.at(-1)) throw error;
    }
  }
  throw new CountersignError('ref-protected', pullPurpose(number, WRITE).what, 'expected a way to merge that the rules allow, got none');
}

async function merge(place: Place, number: number, head: CommitSha, method: (typeof MERGE_METHODS)[number]): Promise<CommitSha> {
  const codes = { 404: 'event-unknown', 405: 'ref-protected', 409: 'ref-conflict', 422: 'ref-protected' } as const;
  const purpose = { what: `merge of pull request ${String(number)}`, needs: 'contents: write with pull-requests: write', codes };
  const parameters = { pull_number: number, sha: head, merge_method: method };
  const made = await send(place, 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', parameters, purpose, 'once');
  return parseCommitSha(textOf(answerOf(made, purpose.what), 'sha'), purpose.what);
}

/** One pull request. @throws `event-unknown` */
export async function readPull(place: Place, number: number): Promise<Pull> {
  return pullOf(await readRaw(place, number));
}

/** One pull request; null when there is none. */
export async function readPullOrNull(place: Place, number: number): Promise<Pull | null> {
  const purpose = pullPurpose(number, READ);
  const found = await sendOrNull(place, ONE, { pull_number: number }, purpose);
  return found === null ? null : pullOf(answerOf(found, purpose.what));
}

/** How requests about a pull request fail. */
export function pullPurpose(number: number, needs: string): Purpose {
  return { what: `pull request ${String(number)}`, needs, codes: { 404: 'event-unknown' } };
}

async function readRaw(place: Place, number: number): Promise<Answer> {
  const purpose = pullPurpose(number, READ);
  return answerOf(await send(place, ONE, { pull_number: number }, purpose), purpose.what);
}

/** A pull request of the REST API. @throws `io` */
export function pullOf(answer: Answer): Pull {
  const head = childOf(answer, 'head');
  const base = childOf(answer, 'base');
  return {
    number: countOf(answer, 'number'),
    head: textOf(head, 'ref'),
    base: textOf(base, 'ref'),
    title: textOf(answer, 'title'),
    body: textOrNull(answer, 'body') ?? '',
    state: stateOf(answer),
    author: authorOf(answer, 'user'),
    headSha: parseCommitSha(textOf(head, 'sha'), answer.where),
    from: isSameRepository(head, base) ? 'repository' : 'fork',
    requested: childrenOf(answer, 'requested_reviewers').map(accountOf),
    url: textOf(answer, 'html_url'),
  };
}

/** A fork that was deleted leaves no repository behind, so null is a fork. */
export function isSameRepository(head: Answer, base: Answer): boolean {
  const from = childOrNull(head, 'repo');
  return from !== null && countOf(from, 'id') === countOf(childOf(base, 'repo'), 'id');
}

function stateOf(answer: Answer): PullState {
  if (textOrNull(answer, 'merged_at') !== null) return 'merged';
  const state = textOf(answer, 'state');
  if (state !== 'open' && state !== 'closed') throw unexpected(`${answer.where} state`, 'open or closed', state);
  return state;
}
