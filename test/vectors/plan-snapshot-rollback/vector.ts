// SPDX-License-Identifier: Apache-2.0
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { planTimestampFor } from '../../fakes/writer-inputs.ts';

export const vector: AttackVector = inputVector({
  check: 'planned-timestamp-rollback',
  code: 'rollback',
  judge: planTimestampFor,
  twin: () => 7,
  attack: () => 6,
});
