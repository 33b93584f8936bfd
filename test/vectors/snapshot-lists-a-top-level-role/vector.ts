// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'role-name-reserved',
  code: 'role-name-invalid',
  attack: ({ repository }) => {
    repository.snapshot.signed.meta['timestamp.json'] = { version: 1 };
  },
});
