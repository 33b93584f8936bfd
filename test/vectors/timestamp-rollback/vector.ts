// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { bump, copyRepository } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'timestamp-version-rollback',
  code: 'rollback',
  before: (scene) => {
    bump(scene.repository.timestamp);
    scene.held = copyRepository(scene.repository);
    bump(scene.repository.timestamp);
  },
  attack: ({ repository }) => {
    repository.timestamp.signed.version = 1;
  },
});
