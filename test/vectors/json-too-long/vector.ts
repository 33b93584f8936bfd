// SPDX-License-Identifier: Apache-2.0
import { MAX_JSON_BYTES, parseJson } from '../../../src/tuf/json.ts';
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = inputVector({
  check: 'json-length',
  code: 'too-large',
  judge: parseJson,
  twin: () => Buffer.from(`${' '.repeat(2 ** 20)}1`),
  // Zeros that are never written cost no memory.
  attack: () => new Uint8Array(MAX_JSON_BYTES + 1),
});
