// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { PAST } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'snapshot-not-expired',
  code: 'freeze',
  attack: ({ repository }) => {
    repository.snapshot.signed.expires = PAST;
  },
});
