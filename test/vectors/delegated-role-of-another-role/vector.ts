// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { REPOSITORY_ID, roleFile } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'targets-binding',
  through: ['binding-role'],
  code: 'binding-mismatch',
  attack: ({ repository }) => {
    roleFile(repository, 'releases').signed['x-countersign'] = { repository: REPOSITORY_ID, role: 'nightly' };
  },
});
