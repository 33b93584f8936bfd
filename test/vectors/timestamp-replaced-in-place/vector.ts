// SPDX-License-Identifier: Apache-2.0
import { clientVector, nextGeneration, type AttackVector } from '../../fakes/attack-vector.ts';
import { addTarget, bump } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'timestamp-same-version',
  code: 'target-unknown',
  before: (scene) => {
    nextGeneration(scene);
    bump(scene.repository.targets);
    addTarget(scene.repository, 'targets', 'new.txt', 'new');
    scene.target = 'new.txt';
  },
  attack: ({ repository }) => {
    repository.timestamp.signed.version = 1;
  },
});
