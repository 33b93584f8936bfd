// SPDX-License-Identifier: Apache-2.0
import { parseSha256 } from '../../../src/tuf/names.ts';
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = inputVector({
  check: 'hash-format',
  code: 'hash-invalid',
  judge: (text) => parseSha256(text, 'sha256'),
  twin: () => 'ab'.repeat(32),
  attack: () => 'AB'.repeat(32),
});
