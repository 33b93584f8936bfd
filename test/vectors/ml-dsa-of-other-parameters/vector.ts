// SPDX-License-Identifier: Apache-2.0
import { CountersignError } from '../../../src/tuf/errors.ts';
import { parseKey } from '../../../src/tuf/key.ts';
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { objectFromPlain } from '../../fakes/plain-json.ts';
import { mlDsaSigner, withKey, type TestSigner } from '../../fakes/test-signer.ts';

export const vector: AttackVector = inputVector({
  check: 'key-ml-dsa-format',
  code: 'key-invalid',
  judge: ({ key }: TestSigner) => {
    const { material } = parseKey(objectFromPlain(key), 'key');
    if (material.kind === 'unusable') throw new CountersignError('key-invalid', 'key', material.reason);
  },
  twin: () => mlDsaSigner('alice', 44),
  attack: () => withKey(mlDsaSigner('alice', 65), { scheme: 'ml-dsa-44/1' }),
});
