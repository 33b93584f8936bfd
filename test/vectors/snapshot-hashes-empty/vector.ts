// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'hashes-present',
  code: 'hashes-missing',
  attack: ({ repository }) => {
    repository.timestamp.beforeSigning = ({ meta }) => {
      meta['snapshot.json'] = { version: 1, hashes: {} };
    };
  },
});
