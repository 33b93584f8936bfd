// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { addRoot, lastRoot } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'root-version-next',
  code: 'rollback',
  before: ({ repository }) => {
    addRoot(repository);
  },
  attack: ({ repository }) => {
    lastRoot(repository).signed.version = 1;
  },
});
