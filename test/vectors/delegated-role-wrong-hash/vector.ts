// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { roleFile } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'targets-length-and-hashes',
  through: ['hash-matches'],
  code: 'hash-mismatch',
  attack: ({ repository }) => {
    roleFile(repository, 'releases').served = (bytes) => Buffer.from(Buffer.from(bytes).toString().replace('\n ', '\n\t'));
  },
});
