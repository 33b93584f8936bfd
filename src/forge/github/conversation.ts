// SPDX-License-Identifier: Apache-2.0
import type { Account, Comment, Forge, Review } from '../../ports.ts';
import { authorOf, isBotLogin } from './accounts.ts';
import { answerOf, countOf, unexpected } from './answer.ts';
import type { Answer } from './answer.ts';
import { send, sendForAll, sendOrNull, writeOnce } from './place.ts';
import type { Place } from './place.ts';
import { pullPurpose } from './pulls.ts';
import { bodyOf, readReviewsOf, reviewOf } from './reviews.ts';

const EVENTS = { APPROVED: 'APPROVE', CHANGES_REQUESTED: 'REQUEST_CHANGES', COMMENTED: 'COMMENT' } as const;
const COMMENTS = '/repos/{owner}/{repo}/issues/{issue_number}/comments';
const REVIEWS = '/repos/{owner}/{repo}/pulls/{pull_number}/reviews';
const COMMENT = '/repos/{owner}/{repo}/issues/comments/{comment_id}';
/** GitHub takes no more in a conversation. */
const MAX_COMMENTS = 2500;
const PAGE = 100;
const WRITE = 'pull-requests: write';

/** What a review is submitted with. */
export type NewReview = Parameters<Forge['submitReview']>[1];

/** Submits a review as `viewer`. @throws `event-invalid` when the host refuses the review, `event-unknown` */
export async function submitReview(place: Place, viewer: () => Promise<Account>, number: number, review: NewReview): Promise<Review> {
  const purpose = { ...pullPurpose(number, WRITE), codes: { 404: 'event-unknown', 422: 'event-invalid' } } as const;
  const parameters = { pull_number: number, commit_id: review.commitSha, body: review.body, event: EVENTS[review.state] };
  return writeOnce(
    place,
    async () => reviewOf(answerOf(await send(place, `POST ${REVIEWS}`, parameters, purpose, 'once'), purpose.what)),
    async () => {
      const mine = (await readReviewsOf(place, number, [await viewer()])).at(-1) ?? null;
      return mine !== null && mine.state === review.state && plain(mine.body) === plain(review.body) && mine.commitSha === review.commitSha
        ? mine
        : null;
    },
  );
}

/** All comments in time order, as far as GitHub takes any. @throws `event-unknown` */
export async function readComments(place: Place, number: number): Promise<readonly Comment[]> {
  const purpose = pullPurpose(number, 'pull-requests: read');
  return (await sendForAll(place, `GET ${COMMENTS}`, { issue_number: number }, purpose, MAX_COMMENTS)).map(commentOf);
}

/** Comments as `viewer`. @throws `event-unknown`, `conversation-full` */
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

/** What is remembered of a conversation: not what strangers say in it, which may be a hundred megabytes. */
export interface SeenComments {
  readonly count: number;
  readonly ofBots: readonly Comment[];
}

/** What to remember of comments. */
export function seenIn(comments: readonly Comment[]): SeenComments {
  return { count: comments.length, ofBots: comments.filter(({ author }) => isBotLogin(author.login)) };
}

/**
 * Makes the viewer's first comment that contains `marker` have `body`, or adds one. Two runs at once may add two, since GitHub has no condition for it:
 * from then on the first is kept.
 * @param read - what is remembered of an earlier look, which only says where to look; null when there was none
 * @throws `event-unknown`, `conversation-full` when there is none and no more are taken
 */
export async function keepComment(
  place: Place,
  viewer: () => Promise<Account>,
  number: number,
  comment: { readonly marker: string; readonly body: string },
  read: SeenComments | null,
): Promise<void> {
  const { id, login } = await viewer();
  const seen = isBotLogin(login) ? read : null;
  const isMine = ({ author, body }: Comment): boolean => author.id === id && body.includes(comment.marker);
  const known = seen?.ofBots.find(isMine);
  const kept = known === undefined ? null : await readComment(place, known.id);
  const mine =
    kept !== null && isMine(kept) ? kept : await findComment(place, number, isMine, known === undefined ? (seen?.count ?? 0) : 0);
  if (mine === null) {
    await addComment(place, viewer, number, comment.body);
    return;
  }
  if (plain(mine.body) === plain(comment.body)) return;
  await send(place, `PATCH ${COMMENT}`, { comment_id: mine.id, body: comment.body }, { what: `comment ${String(mine.id)}`, needs: WRITE });
}

async function readComment(place: Place, id: number): Promise<Comment | null> {
  const purpose = { what: `comment ${String(id)}`, needs: 'pull-requests: read' };
  const found = await sendOrNull(place, `GET ${COMMENT}`, { comment_id: id }, purpose);
  return found === null ? null : commentOf(answerOf(found, purpose.what));
}

/** The first that fits, page by page: of a full conversation, ours is near its beginning. What was read before holds none and is not read again. */
async function findComment(place: Place, number: number, fits: (comment: Comment) => boolean, before: number): Promise<Comment | null> {
  const purpose = pullPurpose(number, 'pull-requests: read');
  for (let page = Math.floor(before / PAGE) + 1; page <= MAX_COMMENTS / PAGE; page++) {
    const found = await send(place, `GET ${COMMENTS}`, { issue_number: number, per_page: PAGE, page }, purpose);
    if (!Array.isArray(found)) throw unexpected(purpose.what, 'a list', found);
    const comments = found.map((one: unknown) => commentOf(answerOf(one, purpose.what)));
    const fitting = comments.find(fits);
    if (fitting !== undefined) return fitting;
    if (comments.length < PAGE) break;
  }
  return null;
}

/** GitHub may keep other line ends than it was given, and none at the end. */
function plain(body: string): string {
  return body.replaceAll('\r\n', '\n').trimEnd();
}

async function lastOf<T extends { readonly author: Account }>(all: readonly T[], viewer: () => Promise<Account>): Promise<T | null> {
  const { id } = await viewer();
  return all.findLast(({ author }) => author.id === id) ?? null;
}

function commentOf(answer: Answer): Comment {
  return { id: countOf(answer, 'id'), author: authorOf(answer, 'user'), body: bodyOf(answer) };
}
