// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'snapshot-entry-suffix',
  code: 'meta-invalid',
  attack: ({ repository }) => {
    repository.snapshot.signed.meta['nightlyXjson'] = { version: 1 };
  },
});
