// SPDX-License-Identifier: Apache-2.0
import { orderVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { addRoot } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = orderVector({
  check: 'order-root',
  code: 'order',
  before: (repository) => {
    addRoot(repository);
  },
  twin: ['next-root', 'last-root'],
  attack: ['last-root', 'next-root'],
});
