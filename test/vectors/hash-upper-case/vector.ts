// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { addTarget } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'hash-digits',
  code: 'hash-invalid',
  attack: ({ repository }) => {
    addTarget(repository, 'releases', 'v1/other.bin', '').hashes = { sha256: 'AB'.repeat(32) };
  },
});
