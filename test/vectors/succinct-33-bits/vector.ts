// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { addTarget, delegateToBins } from '../../fakes/repository-builder.ts';
import { CAROL } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'succinct-bit-length',
  code: 'delegations-invalid',
  before: ({ repository }) => {
    delegateToBins(repository, [CAROL]);
    // The hash of this path falls into the lower half.
    addTarget(repository, 'bin-0', 'v1/app.bin', 'the application');
  },
  attack: ({ repository }) => {
    const { delegations } = repository.targets.signed;
    if (delegations?.succinct_roles !== undefined) delegations.succinct_roles.bit_length = 33;
  },
});
