// SPDX-License-Identifier: Apache-2.0
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { planScene, planWith, RELEASES } from '../../fakes/writer-inputs.ts';

export const vector: AttackVector = inputVector({
  check: 'planned-entry-vanished',
  code: 'rollback',
  judge: planWith,
  twin: () =>
    planScene((repository) => {
      repository.snapshot.signed.meta['releases.json'] = { version: 1 };
    }),
  attack: () => {
    const scene = planScene((repository) => {
      repository.snapshot.signed.meta['releases.json'] = { version: 1 };
    });
    scene.files.delete(RELEASES);
    return scene;
  },
});
