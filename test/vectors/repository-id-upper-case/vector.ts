// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { REPOSITORY_ID, setRepositoryId } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'repository-id-format',
  code: 'field-value',
  attack: ({ repository }) => setRepositoryId(repository, REPOSITORY_ID.toUpperCase()),
});
