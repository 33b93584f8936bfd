// SPDX-License-Identifier: Apache-2.0
import { reviewPattern } from '../../../src/tuf/compatibility.ts';
import { writerVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = writerVector({
  check: 'pattern-leading-wildcard',
  review: reviewPattern,
  stops: { severity: 'warning', client: 'tuf-js' },
  twin: 'a?',
  attack: '?a',
});
