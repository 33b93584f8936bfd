// SPDX-License-Identifier: Apache-2.0
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { parseJsonText } from '../../fakes/writer-inputs.ts';

export const vector: AttackVector = inputVector({
  check: 'json-number',
  code: 'json-number',
  judge: parseJsonText,
  twin: () => '[9007199254740991]',
  attack: () => '[9007199254740993]',
});
