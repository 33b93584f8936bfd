// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { addRoot, lastRoot } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'root-binding',
  through: ['binding-present'],
  code: 'binding-mismatch',
  before: ({ repository }) => {
    addRoot(repository);
  },
  attack: ({ repository }) => {
    delete lastRoot(repository).signed['x-countersign'];
  },
});
