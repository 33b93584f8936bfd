// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'targets-length-and-hashes',
  through: ['length-matches'],
  code: 'length-mismatch',
  attack: ({ repository }) => {
    repository.targets.served = (bytes) => Buffer.concat([bytes, Buffer.from(' ')]);
  },
});
