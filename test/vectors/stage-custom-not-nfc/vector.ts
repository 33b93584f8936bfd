// SPDX-License-Identifier: Apache-2.0
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { stage } from '../../fakes/writer-inputs.ts';

export const vector: AttackVector = inputVector({
  check: 'target-entry-nfc',
  through: ['text-nfc'],
  code: 'json-not-nfc',
  judge: stage,
  twin: () => ({ add: { 'a.txt': 'a' }, custom: { by: 'Ren\u00e9' } }),
  attack: () => ({ add: { 'a.txt': 'a' }, custom: { by: 'Rene\u0301' } }),
});
