// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { lastRoot, REPOSITORY_ID } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'initial-root-binding',
  through: ['binding-role'],
  code: 'binding-mismatch',
  attack: ({ repository }) => {
    lastRoot(repository).signed['x-countersign'] = { repository: REPOSITORY_ID, role: 'targets' };
  },
});
