// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { lastRoot } from '../../fakes/repository-builder.ts';
import { TIMESTAMP_KEY } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'role-keyid-repeated',
  code: 'keyid-repeated',
  attack: ({ repository }) => {
    lastRoot(repository).signed.roles.timestamp.keyids.push(TIMESTAMP_KEY.keyId);
  },
});
