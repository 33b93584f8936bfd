// SPDX-License-Identifier: Apache-2.0
import type { Account, Comment, Forge, Review, ReviewState } from '../../ports.ts';
import { CountersignError, quote } from '../../tuf/errors.ts';
import { parseCommitSha } from '../local/ids.ts';
import { authorOf } from './accounts.ts';
import { answerOf, countOf, textOf, textOrNull } from './answer.ts';
import type { Answer } from './answer.ts';
import { send, sendForAll, writeOnce } from './place.ts';
import type { Place } from './place.ts';
import { pullPurpose } from './pulls.ts';

const STATES: readonly ReviewState[] = ['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED', 'PENDING'];
const EVENTS = { APPROVED: 'APPROVE', CHANGES_REQUESTED: 'REQUEST_CHANGES', COMMENTED: 'COMMENT' } as const;
const COMMENTS = '/repos/{owner}/{repo}/issues/{issue_number}/comments';
const REVIEWS = '/repos/{owner}/{repo}/pulls/{pull_number}/reviews';
const WRITE = 'pull-requests: write';

/** What a review is submitted with. */
export type NewReview = Parameters<Forge['submitReview']>[1];

/** All reviews in time order. @throws `event-unknown`; `io` also for a state that we don't know */
export async function readReviews(place: Place, number: number): Promise<readonly Review[]> {
  return (await sendForAll(place, `GET ${REVIEWS}`, { pull_number: number }, pullPurpose(number, 'pull-requests: read'))).map(reviewOf);
}

/** Submits a review as `viewer`. @throws `event-invalid` when the host refuses the review, `event-unknown` */
export async function submitReview(place: Place, viewer: () => Promise<Account>, number: number, review: NewReview): Promise<Review> {
  const purpose = { ...pullPurpose(number, WRITE), codes: { 404: 'event-unknown', 422: 'event-invalid' } } as const;
  const parameters = { pull_number: number, commit_id: review.commitSha, body: review.body, event: EVENTS[review.state] };
  return writeOnce(
    place,
    async () => reviewOf(answerOf(await send(place, `POST ${REVIEWS}`, parameters, purpose, 'once'), purpose.what)),
    async () => {
      const mine = await lastOf(await readReviews(place, number), viewer);
      return mine !== null && mine.state === review.state && plain(mine.body) === plain(review.body) && mine.commitSha === review.commitSha
        ? mine
        : null;
    },
  );
}

/** All comments in time order. @throws `event-unknown` */
export async function readComments(place: Place, number: number): Promise<readonly Comment[]> {
  return (await sendForAll(place, `GET ${COMMENTS}`, { issue_number: number }, pullPurpose(number, 'pull-requests: read'))).map(commentOf);
}

/** Comments as `viewer`. @throws `event-unknown` */
export async function addComment(place: Place, viewer: () => Promise<Account>, number: number, body: string): Promise<Comment> {
  const purpose = pullPurpose(number, WRITE);
  return writeOnce(
    place,
    async () => commentOf(answerOf(await send(place, `POST ${COMMENTS}`, { issue_number: number, body }, purpose, 'once'), purpose.what)),
    async () => {
      const mine = await lastOf(await readComments(place, number), viewer);
      return mine !== null && plain(mine.body) === plain(body) ? mine : null;
    },
  );
}

/**
 * Makes the viewer's first comment that contains `marker` have `body`, or adds one. Two runs at once may add two, since GitHub has no condition for it:
 * from then on the first is kept.
 * @throws `event-unknown`
 */
export async function keepComment(
  place: Place,
  viewer: () => Promise<Account>,
  number: number,
  marker: string,
  body: string,
): Promise<void> {
  const { id } = await viewer();
  const mine = (await readComments(place, number)).find((comment) => comment.author.id === id && comment.body.includes(marker));
  if (mine === undefined) {
    await addComment(place, viewer, number, body);
    return;
  }
  if (plain(mine.body) === plain(body)) return;
  const route = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}';
  await send(place, route, { comment_id: mine.id, body }, { what: `comment ${String(mine.id)}`, needs: WRITE });
}

/** GitHub may keep other line ends than it was given, and none at the end. */
function plain(body: string): string {
  return body.replaceAll('\r\n', '\n').trimEnd();
}

async function lastOf<T extends { readonly author: Account }>(all: readonly T[], viewer: () => Promise<Account>): Promise<T | null> {
  const { id } = await viewer();
  return all.findLast(({ author }) => author.id === id) ?? null;
}

function reviewOf(answer: Answer): Review {
  const said = textOf(answer, 'state');
  const state = STATES.find((one) => one === said);
  if (state === undefined) throw new CountersignError('io', answer.where, `expected the state of a review, got ${quote(said)}`);
  const commit = textOrNull(answer, 'commit_id');
  return {
    id: countOf(answer, 'id'),
    author: authorOf(answer, 'user'),
    state,
    body: textOrNull(answer, 'body') ?? '',
    commitSha: commit === null ? null : parseCommitSha(commit, answer.where),
  };
}

function commentOf(answer: Answer): Comment {
  return { id: countOf(answer, 'id'), author: authorOf(answer, 'user'), body: textOrNull(answer, 'body') ?? '' };
}
