// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { setRole } from '../../fakes/repository-builder.ts';
import { publicTextOf, TIMESTAMP_KEY, withPublicText } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'key-ed25519-format',
  through: ['timestamp-signed', 'threshold-reached'],
  code: 'threshold',
  attack: ({ repository }) => {
    setRole(repository, 'timestamp', [withPublicText(TIMESTAMP_KEY, publicTextOf(TIMESTAMP_KEY).toUpperCase())]);
  },
});
