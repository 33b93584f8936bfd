// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { rsaExponentOne } from '../../fakes/hostile-keys.ts';
import { RSA_2048_KEY } from '../../fakes/keys/private-keys.ts';
import { setRole } from '../../fakes/repository-builder.ts';
import { rsaSigner } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'key-rsa-exponent',
  through: ['timestamp-signed', 'threshold-reached'],
  code: 'threshold',
  before: ({ repository }) => setRole(repository, 'timestamp', [rsaSigner(RSA_2048_KEY)]),
  attack: ({ repository }) => setRole(repository, 'timestamp', [rsaExponentOne()]),
});
