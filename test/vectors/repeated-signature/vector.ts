// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'signature-keyid-repeated',
  code: 'keyid-repeated',
  attack: ({ repository }) => {
    repository.timestamp.afterSigning = (envelope) => {
      envelope.signatures.push(...envelope.signatures);
    };
  },
});
