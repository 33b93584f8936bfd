// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { addTarget } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'field-object',
  code: 'field-type',
  attack: ({ repository }) => {
    Object.assign(addTarget(repository, 'targets', 'a.txt', 'a'), { custom: ['a'] });
  },
});
