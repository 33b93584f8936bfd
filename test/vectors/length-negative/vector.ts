// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { addTarget } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'length-negative',
  code: 'length-invalid',
  attack: ({ repository }) => {
    addTarget(repository, 'releases', 'v1/other.bin', '').length = -1;
  },
});
