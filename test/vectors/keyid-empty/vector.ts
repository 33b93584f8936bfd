// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'keyid-empty',
  code: 'key-invalid',
  attack: ({ repository }) => {
    repository.timestamp.afterSigning = (envelope) => {
      envelope.signatures.push({ keyid: '', sig: '00' });
    };
  },
});
