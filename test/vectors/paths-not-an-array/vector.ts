// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { delegationNamed } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'field-array',
  code: 'field-type',
  attack: ({ repository }) => {
    Object.assign(delegationNamed(repository, 'releases'), { paths: 'v1/*' });
  },
});
