// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { setRole } from '../../fakes/repository-builder.ts';
import { NEW_TIMESTAMP_KEY, TIMESTAMP_KEY, withKey } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'one-key-one-vote',
  through: ['timestamp-signed', 'threshold-reached'],
  code: 'threshold',
  before: ({ repository }) => setRole(repository, 'timestamp', [TIMESTAMP_KEY, NEW_TIMESTAMP_KEY]),
  attack: ({ repository }) => setRole(repository, 'timestamp', [TIMESTAMP_KEY, withKey(TIMESTAMP_KEY, { note: 'the same key' })]),
});
