// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { delegationNamed } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'paths-exactly-one',
  code: 'paths-invalid',
  attack: ({ repository }) => {
    Object.assign(delegationNamed(repository, 'releases'), { path_hash_prefixes: ['0'] });
  },
});
