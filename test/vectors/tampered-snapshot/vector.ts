// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'signature-valid',
  through: ['snapshot-signed', 'threshold-reached'],
  code: 'threshold',
  attack: ({ repository }) => {
    repository.snapshot.afterSigning = (envelope) => {
      envelope.signed = new Map(envelope.signed).set('note', 'changed');
    };
  },
});
