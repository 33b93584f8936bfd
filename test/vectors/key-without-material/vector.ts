// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { lastRoot } from '../../fakes/repository-builder.ts';
import { TIMESTAMP_KEY } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'signature-key-known',
  through: ['timestamp-signed', 'threshold-reached'],
  code: 'threshold',
  attack: ({ repository }) => {
    delete lastRoot(repository).signed.keys[TIMESTAMP_KEY.keyId];
  },
});
