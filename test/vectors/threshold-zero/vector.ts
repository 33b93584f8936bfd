// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { lastRoot } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'threshold-positive',
  code: 'threshold-invalid',
  attack: ({ repository }) => {
    lastRoot(repository).signed.roles.timestamp.threshold = 0;
  },
});
