// SPDX-License-Identifier: Apache-2.0
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { stage } from '../../fakes/writer-inputs.ts';

export const vector: AttackVector = inputVector({
  check: 'member-name-nfc',
  through: ['target-entry-nfc', 'text-nfc'],
  code: 'json-not-nfc',
  judge: stage,
  twin: () => ({ add: { 'a.txt': 'a' }, custom: { 'n\u00e9': 'a' } }),
  attack: () => ({ add: { 'a.txt': 'a' }, custom: { 'ne\u0301': 'a' } }),
});
