// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { lastRoot } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'root-roles-known',
  code: 'role-name-invalid',
  attack: ({ repository }) => {
    lastRoot(repository).beforeSigning = ({ roles }) => {
      Object.assign(roles, { releases: roles.targets });
    };
  },
});
