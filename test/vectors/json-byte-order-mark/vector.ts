// SPDX-License-Identifier: Apache-2.0
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { parseJsonText } from '../../fakes/writer-inputs.ts';

export const vector: AttackVector = inputVector({
  check: 'json-bom',
  code: 'json-bom',
  judge: parseJsonText,
  twin: () => '{"a":1}',
  attack: () => '\ufeff{"a":1}',
});
