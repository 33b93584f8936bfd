// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'snapshot-lists-targets',
  code: 'meta-invalid',
  attack: ({ repository }) => {
    repository.snapshot.beforeSigning = ({ meta }) => {
      delete meta['targets.json'];
    };
  },
});
