// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'targets-binding',
  through: ['binding-repository'],
  code: 'binding-mismatch',
  attack: ({ repository }) => {
    repository.targets.signed['x-countersign'] = { repository: '00000000-0000-4000-8000-000000000000', role: 'targets' };
  },
});
