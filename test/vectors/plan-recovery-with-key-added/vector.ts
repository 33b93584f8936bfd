// SPDX-License-Identifier: Apache-2.0
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { bump, roleFile } from '../../fakes/repository-builder.ts';
import { NEW_SNAPSHOT_KEY, SNAPSHOT_KEY } from '../../fakes/test-signer.ts';
import { planScene, planWith } from '../../fakes/writer-inputs.ts';

export const vector: AttackVector = inputVector({
  check: 'planned-entry-rollback',
  through: ['signature-key-in-role'],
  code: 'rollback',
  judge: planWith,
  twin: () =>
    planScene(
      (repository) => {
        bump(roleFile(repository, 'releases'));
      },
      [NEW_SNAPSHOT_KEY],
    ),
  attack: () =>
    planScene(
      (repository) => {
        bump(roleFile(repository, 'releases'));
      },
      [SNAPSHOT_KEY, NEW_SNAPSHOT_KEY],
    ),
});
