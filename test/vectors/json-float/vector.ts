// SPDX-License-Identifier: Apache-2.0
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { parseJsonText } from '../../fakes/writer-inputs.ts';

export const vector: AttackVector = inputVector({
  check: 'json-number',
  code: 'json-number',
  judge: parseJsonText,
  twin: () => '{"version":1}',
  attack: () => '{"version":1.0}',
});
