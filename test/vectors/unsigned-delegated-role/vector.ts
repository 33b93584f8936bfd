// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { roleFile } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'targets-signed',
  through: ['threshold-reached'],
  code: 'threshold',
  attack: ({ repository }) => {
    roleFile(repository, 'releases').signers = [];
  },
});
