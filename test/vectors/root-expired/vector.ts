// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { addRoot, lastRoot, PAST } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'root-not-expired',
  code: 'expired',
  before: ({ repository }) => {
    addRoot(repository);
    repository.roots.slice(0, 1).forEach(({ signed }) => {
      signed.expires = PAST;
    });
  },
  attack: ({ repository }) => {
    lastRoot(repository).signed.expires = PAST;
  },
});
