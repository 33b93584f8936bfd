// SPDX-License-Identifier: Apache-2.0
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { roleFile } from '../../fakes/repository-builder.ts';
import { CAROL, DAVE } from '../../fakes/test-signer.ts';
import { planScene, planWith } from '../../fakes/writer-inputs.ts';

export const vector: AttackVector = inputVector({
  check: 'planned-equivocation',
  code: 'equivocation',
  judge: planWith,
  twin: () => planScene(() => undefined),
  attack: () =>
    planScene((repository) => {
      roleFile(repository, 'releases').signers = [DAVE, CAROL];
    }),
});
