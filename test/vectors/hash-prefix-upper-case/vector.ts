// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { delegationNamed } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'path-hash-prefix-format',
  code: 'paths-invalid',
  before: ({ repository }) => {
    const delegation = delegationNamed(repository, 'releases');
    delete delegation.paths;
    delegation['path_hash_prefixes'] = [...'0123456789abcdef'];
  },
  attack: ({ repository }) => {
    delegationNamed(repository, 'releases')['path_hash_prefixes'] = [...'0123456789ABCDEF', 'a', 'b', 'c', 'd', 'e', 'f'];
  },
});
