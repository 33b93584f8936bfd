// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'targets-binding',
  through: ['binding-present'],
  code: 'binding-mismatch',
  attack: ({ repository }) => {
    delete repository.targets.signed['x-countersign'];
  },
});
