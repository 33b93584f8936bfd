// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { roleOf } from '../../fakes/repository-builder.ts';
import { CAROL } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'delegations-one-kind',
  code: 'delegations-invalid',
  attack: ({ repository }) => {
    const { delegations } = repository.targets.signed;
    if (delegations !== undefined) delegations['succinct_roles'] = { ...roleOf([CAROL]), bit_length: 1, name_prefix: 'bin' };
  },
});
