// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { addRoot, setRepositoryId } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'root-binding',
  through: ['binding-repository'],
  code: 'binding-mismatch',
  before: ({ repository }) => {
    addRoot(repository);
  },
  attack: ({ repository }) => setRepositoryId(repository, '00000000-0000-4000-8000-000000000000'),
});
