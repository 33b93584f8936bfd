// SPDX-License-Identifier: Apache-2.0
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { stage } from '../../fakes/writer-inputs.ts';

export const vector: AttackVector = inputVector({
  check: 'target-added-and-removed',
  code: 'target-exists',
  judge: stage,
  twin: () => ({ add: { 'old.txt': 'new' }, existing: 'replace' as const }),
  attack: () => ({ add: { 'old.txt': 'new' }, remove: ['old.txt'], existing: 'replace' as const }),
});
