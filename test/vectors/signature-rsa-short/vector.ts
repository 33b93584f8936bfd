// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { rsaZeroFirst } from '../../fakes/hostile-keys.ts';
import { setRole } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'signature-rsa-length',
  through: ['signature-valid', 'timestamp-signed', 'threshold-reached'],
  code: 'threshold',
  before: ({ repository }) => setRole(repository, 'timestamp', [rsaZeroFirst()]),
  attack: ({ repository }) => {
    repository.timestamp.afterSigning = ({ signatures }) => {
      for (const entry of signatures) entry.sig = entry.sig.slice(2);
    };
  },
});
