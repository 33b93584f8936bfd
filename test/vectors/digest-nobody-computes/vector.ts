// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { roleFile } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'hash-known',
  code: 'hash-invalid',
  attack: ({ repository }) => {
    for (const entry of Object.values(roleFile(repository, 'releases').signed.targets)) entry.hashes['x-hash'] = 'ab'.repeat(32);
  },
});
