// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'snapshot-length-and-hashes',
  through: ['hash-matches'],
  code: 'hash-mismatch',
  attack: ({ repository }) => {
    repository.snapshot.served = (bytes) => Buffer.from(Buffer.from(bytes).toString().replace('\n ', '\n\t'));
  },
});
