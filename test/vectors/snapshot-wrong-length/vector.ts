// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'snapshot-length-and-hashes',
  through: ['length-matches'],
  code: 'length-mismatch',
  attack: ({ repository }) => {
    repository.snapshot.served = (bytes) => Buffer.concat([bytes, Buffer.from(' ')]);
  },
});
