// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'timestamp-meta-only-snapshot',
  code: 'meta-invalid',
  attack: ({ repository }) => {
    repository.timestamp.signed.meta['root.json'] = { version: 1 };
  },
});
