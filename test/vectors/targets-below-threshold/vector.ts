// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { ALICE } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'targets-signed',
  through: ['threshold-reached'],
  code: 'threshold',
  attack: ({ repository }) => {
    repository.targets.signers = [ALICE];
  },
});
