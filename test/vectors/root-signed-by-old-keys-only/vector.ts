// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { addRoot, lastRoot, setRole } from '../../fakes/repository-builder.ts';
import { ALICE, BOB, CAROL } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'root-signed-by-new',
  through: ['threshold-reached'],
  code: 'threshold',
  before: ({ repository }) => {
    addRoot(repository);
    setRole(repository, 'root', [ALICE, BOB, CAROL]);
  },
  attack: ({ repository }) => {
    lastRoot(repository).signers = [ALICE, BOB];
  },
});
