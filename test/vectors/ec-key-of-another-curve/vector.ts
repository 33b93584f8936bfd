// SPDX-License-Identifier: Apache-2.0
import { createSign } from 'node:crypto';
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { P384_KEY } from '../../fakes/keys/private-keys.ts';
import { setRole } from '../../fakes/repository-builder.ts';
import { ecdsaSigner, withKey } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'key-ecdsa-spelling',
  through: ['timestamp-signed', 'threshold-reached'],
  code: 'threshold',
  before: ({ repository }) => setRole(repository, 'timestamp', [ecdsaSigner(P384_KEY)]),
  attack: ({ repository }) => {
    const { keyId, key } = withKey(ecdsaSigner(P384_KEY), { scheme: 'ecdsa-sha2-nistp256' });
    const sign = (payload: Uint8Array): string => createSign('sha256').update(payload).sign(P384_KEY, 'hex');
    setRole(repository, 'timestamp', [{ keyId, key, sign }]);
  },
});
