// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'timestamp-binding',
  through: ['binding-repository'],
  code: 'binding-mismatch',
  attack: ({ repository }) => {
    const binding = repository.timestamp.signed['x-countersign'];
    if (binding !== undefined) binding.repository = '00000000-0000-4000-8000-00000000000f';
  },
});
