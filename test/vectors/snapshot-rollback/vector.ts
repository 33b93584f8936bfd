// SPDX-License-Identifier: Apache-2.0
import { clientVector, nextGeneration, type AttackVector } from '../../fakes/attack-vector.ts';
import { bump } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'timestamp-snapshot-rollback',
  code: 'rollback',
  before: (scene) => {
    bump(scene.repository.snapshot);
    nextGeneration(scene);
  },
  attack: ({ repository }) => {
    repository.snapshot.signed.version = 1;
  },
});
