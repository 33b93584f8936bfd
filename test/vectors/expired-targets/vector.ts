// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { PAST } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'targets-not-expired',
  code: 'expired',
  attack: ({ repository }) => {
    repository.targets.signed.expires = PAST;
  },
});
