// SPDX-License-Identifier: Apache-2.0
import { clientVector, nextGeneration, type AttackVector } from '../../fakes/attack-vector.ts';
import { addDelegation } from '../../fakes/repository-builder.ts';
import { CAROL } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'snapshot-entry-vanished',
  code: 'rollback',
  before: (scene) => {
    addDelegation(scene.repository, 'targets', { name: 'nightly', signers: [CAROL], paths: ['nightly/*'], terminating: true });
    nextGeneration(scene);
  },
  attack: ({ repository }) => {
    repository.delegated.delete('nightly');
  },
});
