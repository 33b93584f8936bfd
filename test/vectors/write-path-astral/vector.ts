// SPDX-License-Identifier: Apache-2.0
import { reviewTargetPath } from '../../../src/tuf/compatibility.ts';
import { writerVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = writerVector({
  check: 'path-astral',
  review: reviewTargetPath,
  stops: { severity: 'refused' },
  twin: '\u2713',
  attack: '\u{1f600}',
});
