// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'signature-hex',
  through: ['signature-valid', 'timestamp-signed', 'threshold-reached'],
  code: 'threshold',
  attack: ({ repository }) => {
    repository.timestamp.afterSigning = ({ signatures }) => {
      for (const entry of signatures) entry.sig += 'zz';
    };
  },
});
