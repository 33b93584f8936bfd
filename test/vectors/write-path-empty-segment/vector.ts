// SPDX-License-Identifier: Apache-2.0
import { reviewTargetPath } from '../../../src/tuf/compatibility.ts';
import { writerVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = writerVector({
  check: 'path-empty-segment',
  review: reviewTargetPath,
  stops: { severity: 'refused' },
  twin: 'a/b',
  attack: 'a//b',
});
