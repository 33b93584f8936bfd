// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { ReviewState } from '../../src/trust/accounts.ts';
import { parseAccountId } from '../../src/trust/accounts.ts';
import { foldReviews } from '../../src/trust/approvals.ts';
import { ALICE, member, review, type Member } from '../event/support.ts';
import { codeOf } from '../tuf/support.ts';

const RENAMED = member('alicia', 1);
const TOOK_OVER = member('alice', 9);

describe('where an account stands after its reviews', () => {
  const rows: Readonly<Record<string, readonly [readonly (readonly [Member, ReviewState])[], Readonly<Record<number, string>>]>> = {
    'no reviews': [[], {}],
    'it approved': [[[ALICE, 'APPROVED']], { 1: 'APPROVED' }],
    'it approved, then asked for changes': [
      [
        [ALICE, 'APPROVED'],
        [ALICE, 'CHANGES_REQUESTED'],
      ],
      { 1: 'CHANGES_REQUESTED' },
    ],
    'it asked for changes, then approved': [
      [
        [ALICE, 'CHANGES_REQUESTED'],
        [ALICE, 'APPROVED'],
      ],
      { 1: 'APPROVED' },
    ],
    'its approval was dismissed': [[[ALICE, 'DISMISSED']], { 1: 'DISMISSED' }],
    'its later review was dismissed': [
      [
        [ALICE, 'APPROVED'],
        [ALICE, 'DISMISSED'],
      ],
      { 1: 'DISMISSED' },
    ],
    'it approved again after a dismissal': [
      [
        [ALICE, 'DISMISSED'],
        [ALICE, 'APPROVED'],
      ],
      { 1: 'APPROVED' },
    ],
    'it approved, then commented': [
      [
        [ALICE, 'APPROVED'],
        [ALICE, 'COMMENTED'],
      ],
      { 1: 'APPROVED' },
    ],
    'it asked for changes, then commented': [
      [
        [ALICE, 'CHANGES_REQUESTED'],
        [ALICE, 'COMMENTED'],
      ],
      { 1: 'CHANGES_REQUESTED' },
    ],
    'it only commented': [[[ALICE, 'COMMENTED']], {}],
    'it approved and has not sent another review': [
      [
        [ALICE, 'APPROVED'],
        [ALICE, 'PENDING'],
      ],
      { 1: 'APPROVED' },
    ],
    'another account with its login asked for changes': [
      [
        [ALICE, 'APPROVED'],
        [TOOK_OVER, 'CHANGES_REQUESTED'],
      ],
      { 1: 'APPROVED', 9: 'CHANGES_REQUESTED' },
    ],
    'it asked for changes under a new login': [
      [
        [ALICE, 'APPROVED'],
        [RENAMED, 'CHANGES_REQUESTED'],
      ],
      { 1: 'CHANGES_REQUESTED' },
    ],
  };
  test.each(Object.entries(rows))('%s', (_name, [reviews, standings]) => {
    const folded = foldReviews(reviews.map(([author, state]) => review(author, [], state)));
    expect(Object.fromEntries([...folded].map(([id, { state }]) => [id, state]))).toEqual(standings);
  });
  test('the standing review is the last that says yes or no', () => {
    const reviews = [review(ALICE), { ...review(ALICE), id: 2 }, review(ALICE, [], 'COMMENTED')];
    expect(foldReviews(reviews).get(parseAccountId(1, 'id'))?.review).toBe(reviews[1]);
  });
});

test('an account id is a positive integer', () => {
  const codes = [1, 0, -1, 1.5, Number.NaN, 2 ** 53].map((value) => codeOf(() => parseAccountId(value, 'id')));
  expect(codes).toEqual(['accepted', 'people-invalid', 'people-invalid', 'people-invalid', 'people-invalid', 'people-invalid']);
});
