// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'delegations-one-kind',
  code: 'delegations-invalid',
  attack: ({ repository }) => {
    delete repository.targets.signed.delegations?.roles;
  },
});
