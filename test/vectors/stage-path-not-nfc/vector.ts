// SPDX-License-Identifier: Apache-2.0
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { stage } from '../../fakes/writer-inputs.ts';

export const vector: AttackVector = inputVector({
  check: 'target-path-nfc',
  through: ['text-nfc'],
  code: 'json-not-nfc',
  judge: stage,
  twin: () => ({ add: { 'caf\u00e9.txt': 'a' } }),
  attack: () => ({ add: { 'cafe\u0301.txt': 'a' } }),
});
