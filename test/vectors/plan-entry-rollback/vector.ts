// SPDX-License-Identifier: Apache-2.0
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { bump, roleFile } from '../../fakes/repository-builder.ts';
import { planScene, planWith } from '../../fakes/writer-inputs.ts';

export const vector: AttackVector = inputVector({
  check: 'planned-entry-rollback',
  code: 'rollback',
  judge: planWith,
  twin: () => planScene(() => undefined),
  attack: () =>
    planScene((repository) => {
      bump(roleFile(repository, 'releases'));
    }),
});
