// SPDX-License-Identifier: Apache-2.0
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { stage } from '../../fakes/writer-inputs.ts';

export const vector: AttackVector = inputVector({
  check: 'target-replaced',
  code: 'target-exists',
  judge: stage,
  twin: () => ({ add: { 'old.txt': 'other bytes' }, existing: 'replace' as const }),
  attack: () => ({ add: { 'old.txt': 'other bytes' }, existing: 'refuse' as const }),
});
