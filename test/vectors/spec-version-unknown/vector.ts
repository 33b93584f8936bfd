// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'spec-version-supported',
  code: 'spec-version',
  attack: ({ repository }) => {
    repository.timestamp.signed.spec_version = '2.0.0';
  },
});
