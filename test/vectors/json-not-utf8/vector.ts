// SPDX-License-Identifier: Apache-2.0
import { parseJson } from '../../../src/tuf/json.ts';
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = inputVector({
  check: 'json-utf8',
  code: 'json-encoding',
  judge: parseJson,
  twin: () => Buffer.from('"\u00e9"', 'utf8'),
  attack: () => Buffer.from('"\u00e9"', 'latin1'),
});
