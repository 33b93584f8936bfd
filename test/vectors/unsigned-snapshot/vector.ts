// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'snapshot-signed',
  through: ['threshold-reached'],
  code: 'threshold',
  attack: ({ repository }) => {
    repository.snapshot.signers = [];
  },
});
