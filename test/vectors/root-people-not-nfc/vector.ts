// SPDX-License-Identifier: Apache-2.0
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { newRootFor } from '../../fakes/writer-inputs.ts';

export const vector: AttackVector = inputVector({
  check: 'signed-part-nfc',
  through: ['text-nfc'],
  code: 'json-not-nfc',
  judge: newRootFor,
  twin: () => 'Ren\u00e9',
  attack: () => 'Rene\u0301',
});
