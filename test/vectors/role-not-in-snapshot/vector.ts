// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'role-in-snapshot',
  code: 'not-in-snapshot',
  attack: ({ repository }) => {
    repository.snapshot.beforeSigning = ({ meta }) => {
      delete meta['releases.json'];
    };
  },
});
