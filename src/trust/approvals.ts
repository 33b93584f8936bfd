// SPDX-License-Identifier: Apache-2.0
import type { AccountId, Review } from './accounts.ts';

/** Where an account stands: its last review that says yes or no. */
export interface Standing {
  readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'DISMISSED';
  readonly review: Review;
}

/**
 * Folds the reviews of a pull request, in time order, as GitHub does: for each account the last of APPROVED, CHANGES_REQUESTED and DISMISSED; a
 * comment or a pending review changes nothing. Accounts are numeric ids: a login can change hands.
 */
export function foldReviews(reviews: readonly Review[]): ReadonlyMap<AccountId, Standing> {
  const standings = new Map<AccountId, Standing>();
  for (const review of reviews) {
    switch (review.state) {
      case 'APPROVED':
      case 'CHANGES_REQUESTED':
      case 'DISMISSED':
        standings.set(review.author.id, { state: review.state, review });
        break;
      case 'COMMENTED':
      case 'PENDING':
        break;
      default:
        review.state satisfies never;
    }
  }
  return standings;
}
