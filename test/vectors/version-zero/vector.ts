// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'version-positive',
  code: 'version-invalid',
  attack: ({ repository }) => {
    repository.timestamp.signed.version = 0;
  },
});
