// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { TIMESTAMP_KEY } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'signature-valid',
  through: ['timestamp-signed', 'threshold-reached'],
  code: 'threshold',
  attack: ({ repository }) => {
    const sig = TIMESTAMP_KEY.sign(new TextEncoder().encode('something else'));
    repository.timestamp.afterSigning = (envelope) => {
      envelope.signatures = [{ keyid: TIMESTAMP_KEY.keyId, sig }];
    };
  },
});
