// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { addDelegation } from '../../fakes/repository-builder.ts';
import { MALLORY } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'role-name-repeated',
  code: 'role-name-repeated',
  attack: ({ repository }) => {
    addDelegation(repository, 'targets', { name: 'releases', signers: [MALLORY], paths: ['other/*'], terminating: false });
  },
});
