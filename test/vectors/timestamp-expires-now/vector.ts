// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { NOW } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'timestamp-not-expired',
  code: 'freeze',
  before: ({ repository }) => {
    repository.timestamp.signed.expires = '2030-01-01T00:00:01Z';
  },
  attack: ({ repository }) => {
    repository.timestamp.signed.expires = NOW;
  },
});
