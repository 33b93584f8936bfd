// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { MALLORY } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'field-string',
  code: 'field-type',
  attack: ({ repository }) => {
    repository.timestamp.afterSigning = ({ signatures }) => {
      signatures.push(Object.assign({ keyid: MALLORY.keyId, sig: '' }, { sig: 5 }));
    };
  },
});
