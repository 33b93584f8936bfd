// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { PAST } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'timestamp-not-expired',
  code: 'freeze',
  attack: ({ repository }) => {
    repository.timestamp.signed.expires = PAST;
  },
});
