// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { Account, Comment, CommitSha, Review, ReviewState } from '../../ports.ts';
import { CountersignError } from '../../tuf/errors.ts';
import { appendFact, choiceOf, commitOf, createFact, memberAccountOf, numbersIn, readFact, replaceFact, textOf } from './facts.ts';
import type { Fact } from './facts.ts';
import { pullDirectory, readPull } from './pulls.ts';
import type { Place } from './pulls.ts';

const REVIEW_STATES: readonly ReviewState[] = ['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED', 'PENDING'];

/**
 * All reviews of a pull request in time order. Ids count from 1 in each pull request.
 * @throws `event-unknown` when there is no such pull request; `io`
 */
export async function readReviews(place: Place, number: number): Promise<readonly Review[]> {
  return (await readNumbered(place, number, 'reviews')).map(([id, fact]) => reviewOf(id, fact));
}

/**
 * Submits a review; none that was submitted at the same time is lost.
 * @throws `event-invalid` when the author would approve or refuse their own, or the pull request is not open;
 * `event-unknown`, `io`, `git`
 */
export async function submitReview(
  place: Place,
  author: Account,
  number: number,
  review: { readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED'; readonly body: string; readonly commitSha: CommitSha },
): Promise<Review> {
  const pull = await readPull(place, number);
  if (pull.state !== 'open')
    throw new CountersignError('event-invalid', pull.url, `expected an open pull request, got one that is ${pull.state}`);
  if (pull.author.id === author.id && review.state !== 'COMMENTED') {
    throw new CountersignError('event-invalid', pull.url, "the author of a pull request can't approve it; comment instead");
  }
  const { state, body, commitSha } = review;
  const id = await appendFact(join(pullDirectory(place, number), 'reviews'), () => ({ author, state, body, commitSha }), 1);
  return { id, author, state, body, commitSha };
}

/**
 * Marks a review as dismissed.
 * @throws `event-unknown` when there is no such pull request or review; `io`
 */
export async function dismissReview(place: Place, number: number, reviewId: number): Promise<void> {
  const review = (await readReviews(place, number)).find((one) => one.id === reviewId);
  if (review === undefined)
    throw new CountersignError('event-unknown', `${place.dir}#${String(number)}`, `expected a review ${String(reviewId)}, got none`);
  const { author, body, commitSha } = review;
  await replaceFact(factPath(place, number, 'reviews', reviewId), { author, state: 'DISMISSED', body, commitSha });
}

/**
 * All comments of a pull request in time order. Ids count from 1 in each pull request.
 * @throws `event-unknown` when there is no such pull request; `io`
 */
export async function readComments(place: Place, number: number): Promise<readonly Comment[]> {
  const facts = await readNumbered(place, number, 'comments');
  return facts.map(([id, fact]) => ({ id, author: memberAccountOf(fact, 'author'), body: textOf(fact, 'body') }));
}

/**
 * Adds a comment.
 * @throws `event-unknown`, `io`
 */
export async function addComment(place: Place, author: Account, number: number, body: string): Promise<Comment> {
  await requireRecord(place, number);
  const id = await appendFact(join(pullDirectory(place, number), 'comments'), () => ({ author, body }), 1);
  return { id, author, body };
}

/**
 * Makes `author`'s first comment that contains `marker` have `body`, or adds one. It is an ordinary comment, and there is one
 * however many call at once: it is created under the number that follows all comments that were looked at, so when any
 * comment came between, the number is taken and the look repeated.
 * @throws `event-unknown`, `io`
 */
export async function keepComment(place: Place, author: Account, number: number, marker: string, body: string): Promise<void> {
  for (;;) {
    const comments = await readComments(place, number);
    const mine = comments.find((comment) => comment.author.id === author.id && comment.body.includes(marker));
    if (mine !== undefined) {
      if (mine.body !== body) await replaceFact(factPath(place, number, 'comments', mine.id), { author: mine.author, body });
      return;
    }
    if (await createFact(factPath(place, number, 'comments', (comments.at(-1)?.id ?? 0) + 1), { author, body })) return;
  }
}

function reviewOf(id: number, fact: Fact): Review {
  const state = choiceOf(fact, 'state', REVIEW_STATES);
  return { id, author: memberAccountOf(fact, 'author'), state, body: textOf(fact, 'body'), commitSha: commitOf(fact, 'commitSha') };
}

function factPath(place: Place, number: number, kind: 'reviews' | 'comments', id: number): string {
  return join(pullDirectory(place, number), kind, `${String(id)}.json`);
}

async function readNumbered(place: Place, number: number, kind: 'reviews' | 'comments'): Promise<readonly (readonly [number, Fact])[]> {
  await requireRecord(place, number);
  const facts: [number, Fact][] = [];
  for (const id of await numbersIn(join(pullDirectory(place, number), kind))) {
    const fact = await readFact(factPath(place, number, kind, id));
    if (fact !== null) facts.push([id, fact]);
  }
  return facts;
}

async function requireRecord(place: Place, number: number): Promise<void> {
  if ((await readFact(join(pullDirectory(place, number), 'pull.json'))) === null) {
    throw new CountersignError('event-unknown', `${place.dir}#${String(number)}`, 'expected a pull request, got none');
  }
}
