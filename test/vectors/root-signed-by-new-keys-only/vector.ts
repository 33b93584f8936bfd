// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { addRoot, lastRoot, setRole } from '../../fakes/repository-builder.ts';
import { CAROL, DAVE } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'root-signed-by-old',
  through: ['threshold-reached'],
  code: 'threshold',
  before: ({ repository }) => {
    addRoot(repository);
    setRole(repository, 'root', [CAROL, DAVE]);
  },
  attack: ({ repository }) => {
    lastRoot(repository).signers = [CAROL, DAVE];
  },
});
