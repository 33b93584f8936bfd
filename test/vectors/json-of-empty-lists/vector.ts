// SPDX-License-Identifier: Apache-2.0
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { parseJsonText } from '../../fakes/writer-inputs.ts';

const lists = (count: number): string => `[${Array.from({ length: count }, () => '[]').join(',')}]`;

export const vector: AttackVector = inputVector({
  check: 'json-containers',
  code: 'too-large',
  judge: parseJsonText,
  twin: () => lists(60_000),
  attack: () => lists(100_000),
});
