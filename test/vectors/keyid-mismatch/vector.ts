// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { setRole } from '../../fakes/repository-builder.ts';
import { NEW_TIMESTAMP_KEY, TIMESTAMP_KEY } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'keyid-matches',
  through: ['timestamp-signed', 'threshold-reached'],
  code: 'threshold',
  attack: ({ repository }) => setRole(repository, 'timestamp', [{ ...NEW_TIMESTAMP_KEY, keyId: TIMESTAMP_KEY.keyId }]),
});
