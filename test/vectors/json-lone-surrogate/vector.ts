// SPDX-License-Identifier: Apache-2.0
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { parseJsonText } from '../../fakes/writer-inputs.ts';

export const vector: AttackVector = inputVector({
  check: 'json-lone-surrogate',
  code: 'json-lone-surrogate',
  judge: parseJsonText,
  twin: () => String.raw`"\ud83d\ude00"`,
  attack: () => String.raw`"\ud83d"`,
});
