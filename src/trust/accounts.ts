// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote } from '../tuf/errors.ts';

/** A git commit id, lower-case hex. */
export type CommitSha = string & { readonly __brand: 'CommitSha' };
/** An account's numeric id: logins can be renamed and taken over, ids can't. */
export type AccountId = number & { readonly __brand: 'AccountId' };

/** An account as the forge knows it. */
export interface Account {
  readonly id: AccountId;
  readonly login: string;
}

/** What a review says, as GitHub names it. */
export type ReviewState = 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';

/** A review, as GitHub's `GET /pulls/N/reviews` gives it. */
export interface Review {
  readonly id: number;
  readonly author: Account;
  readonly state: ReviewState;
  readonly body: string;
  /** The commit that was reviewed; GitHub's field is nullable. */
  readonly commitSha: CommitSha | null;
}

/** A comment on a pull request. */
export interface Comment {
  readonly id: number;
  readonly author: Account;
  readonly body: string;
}

/** Parses a git commit id: 40 lower-case hex digits. @throws `git` */
export function parseCommitSha(text: string, where: string): CommitSha {
  if (!/^[0-9a-f]{40}$/.test(text)) throw new CountersignError('git', where, `expected a commit id, got ${quote(text)}`);
  return text as CommitSha;
}

/** Parses a numeric account id. @throws `people-invalid` */
export function parseAccountId(value: number, where: string): AccountId {
  if (!Number.isSafeInteger(value) || value < 1)
    throw new CountersignError('people-invalid', where, `expected a numeric account id, got ${String(value)}`);
  return value as AccountId;
}
