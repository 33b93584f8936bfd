// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { lastRoot } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'initial-root-signed',
  through: ['threshold-reached'],
  code: 'threshold',
  attack: ({ repository }) => {
    lastRoot(repository).signers = [];
  },
});
