// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { addDelegation } from '../../fakes/repository-builder.ts';
import { CAROL } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'role-name-hostile',
  code: 'role-name-invalid',
  before: ({ repository }) => {
    addDelegation(repository, 'targets', { name: 'nightly', signers: [CAROL], paths: ['nightly/*'], terminating: false });
  },
  attack: ({ repository }) => {
    repository.targets.beforeSigning = ({ delegations }) => {
      for (const role of delegations?.roles ?? []) if (role.name === 'nightly') role.name = '';
    };
  },
});
