// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'field-integer',
  code: 'field-type',
  attack: ({ repository }) => {
    Object.assign(repository.timestamp.signed, { version: '1' });
  },
});
