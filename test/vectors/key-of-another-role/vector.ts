// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { SNAPSHOT_KEY } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'signature-key-in-role',
  through: ['timestamp-signed', 'threshold-reached'],
  code: 'threshold',
  attack: ({ repository }) => {
    repository.timestamp.signers = [SNAPSHOT_KEY];
  },
});
