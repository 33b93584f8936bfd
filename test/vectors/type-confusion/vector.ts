// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'type-matches',
  code: 'type-mismatch',
  attack: ({ repository }) => {
    repository.timestamp.signed._type = 'snapshot';
  },
});
