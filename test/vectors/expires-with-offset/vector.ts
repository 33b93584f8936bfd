// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'expires-form',
  code: 'expires-invalid',
  attack: ({ repository }) => {
    repository.timestamp.signed.expires = '2031-01-01T00:00:00+00:00';
  },
});
