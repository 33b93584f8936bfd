// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { P256_KEY, P256_OTHER_KEY } from '../../fakes/keys/private-keys.ts';
import { setRole } from '../../fakes/repository-builder.ts';
import { ecdsaSigner } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'one-key-one-vote',
  through: ['timestamp-signed', 'threshold-reached'],
  code: 'threshold',
  before: ({ repository }) => setRole(repository, 'timestamp', [ecdsaSigner(P256_KEY), ecdsaSigner(P256_OTHER_KEY)]),
  attack: ({ repository }) => setRole(repository, 'timestamp', [ecdsaSigner(P256_KEY), ecdsaSigner(P256_KEY, 'ecdsa-sha2-nistp256')]),
});
