// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'signature-valid',
  through: ['targets-signed', 'threshold-reached'],
  code: 'threshold',
  attack: ({ repository }) => {
    repository.targets.afterSigning = (envelope) => {
      envelope.signed = new Map(envelope.signed).set('note', 'changed');
    };
  },
});
