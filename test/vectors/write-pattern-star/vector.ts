// SPDX-License-Identifier: Apache-2.0
import { reviewPattern } from '../../../src/tuf/compatibility.ts';
import { writerVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = writerVector({
  check: 'pattern-star-crosses',
  review: reviewPattern,
  stops: { severity: 'warning', client: 'tough' },
  twin: 'ab',
  attack: 'a*',
});
