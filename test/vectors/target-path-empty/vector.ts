// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { addTarget } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'target-path-form',
  code: 'target-path-invalid',
  attack: ({ repository }) => {
    addTarget(repository, 'targets', '', 'nothing');
  },
});
