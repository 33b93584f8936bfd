// SPDX-License-Identifier: Apache-2.0
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { parseJsonText } from '../../fakes/writer-inputs.ts';

export const vector: AttackVector = inputVector({
  check: 'json-control-character',
  code: 'json-syntax',
  judge: parseJsonText,
  twin: () => '"a b"',
  attack: () => '"a\nb"',
});
