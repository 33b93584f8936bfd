// SPDX-License-Identifier: Apache-2.0
import { clientVector, nextGeneration, type AttackVector } from '../../fakes/attack-vector.ts';
import { bump } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'snapshot-entry-rollback',
  code: 'rollback',
  before: (scene) => {
    bump(scene.repository.targets);
    nextGeneration(scene);
  },
  attack: ({ repository }) => {
    repository.targets.signed.version = 1;
  },
});
