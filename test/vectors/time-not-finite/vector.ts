// SPDX-License-Identifier: Apache-2.0
import { instantFromSeconds } from '../../../src/tuf/instant.ts';
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = inputVector({
  check: 'instant-finite',
  code: 'expires-invalid',
  judge: instantFromSeconds,
  twin: () => 0,
  attack: () => Number.NaN,
});
