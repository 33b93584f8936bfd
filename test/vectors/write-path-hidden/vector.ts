// SPDX-License-Identifier: Apache-2.0
import { reviewTargetPath } from '../../../src/tuf/compatibility.ts';
import { writerVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = writerVector({
  check: 'path-hidden',
  review: reviewTargetPath,
  stops: { severity: 'warning', client: 'tuf-js' },
  twin: 'a/env',
  attack: 'a/.env',
});
