// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'json-duplicate-key',
  code: 'json-duplicate-key',
  attack: ({ repository }) => {
    repository.timestamp.served = (bytes) => Buffer.from(Buffer.from(bytes).toString().replace('{', '{"signed":{},'));
  },
});
