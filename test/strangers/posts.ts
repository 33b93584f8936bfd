// SPDX-License-Identifier: Apache-2.0
// Reviews and comments, put straight into the state of the fake: thousands of them, and at any place among those that are there.
import type { Comment, Pull, Repository, Review } from '../github/state.ts';

/** Something that is said on a pull request. */
export interface Said {
  readonly id: number;
  /** Numeric account id. */
  readonly user: number;
  readonly body: string;
  /** Null for a comment. */
  readonly review: { readonly state: Review['state']; readonly commit: string | null } | null;
  /** ISO 8601. */
  readonly at: string;
}

function commentOf(pull: Pull, { id, user, body, at }: Said): Comment {
  return { id, user, pull: pull.number, body, createdAt: at, updatedAt: at };
}

/** Adds it after all that was said before. */
export function say(repository: Repository, pull: Pull, said: Said): void {
  const { id, user, body, review, at } = said;
  if (review === null) repository.comments.set(id, commentOf(pull, said));
  else {
    pull.reviews.push({ id, user, body, state: review.state, commit: review.commit, submittedAt: at });
    pull.requested = pull.requested.filter((one) => one !== user);
  }
  pull.updatedAt = at;
}

/** Adds comments of one pull request at a place among its others, as if they had been there by then. */
export function insertComments(repository: Repository, pull: Pull, place: number, all: readonly Said[]): void {
  const entries = [...repository.comments.values()];
  const own = entries.flatMap((one, index) => (one.pull === pull.number ? [index] : []));
  const at = own[place] ?? entries.length;
  entries.splice(at, 0, ...all.map((said) => commentOf(pull, said)));
  repository.comments.clear();
  for (const one of entries) repository.comments.set(one.id, one);
}

/** Adds reviews at a place among the others. */
export function insertReviews(pull: Pull, place: number, all: readonly Said[]): void {
  const made = all.flatMap(({ id, user, body, review, at }): Review[] =>
    review === null ? [] : [{ id, user, body, state: review.state, commit: review.commit, submittedAt: at }],
  );
  pull.reviews.splice(place, 0, ...made);
}
