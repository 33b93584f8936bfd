// SPDX-License-Identifier: Apache-2.0
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { parseJsonText } from '../../fakes/writer-inputs.ts';

export const vector: AttackVector = inputVector({
  check: 'json-depth',
  code: 'json-depth',
  judge: parseJsonText,
  twin: () => '['.repeat(64) + ']'.repeat(64),
  attack: () => '['.repeat(65) + ']'.repeat(65),
});
