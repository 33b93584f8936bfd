// SPDX-License-Identifier: Apache-2.0
import { clientVector, nextGeneration, type AttackVector } from '../../fakes/attack-vector.ts';
import { addRoot, setRole } from '../../fakes/repository-builder.ts';
import { NEW_SNAPSHOT_KEY, SNAPSHOT_KEY } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'snapshot-entry-rollback',
  through: ['snapshot-signed', 'threshold-reached', 'signature-key-in-role'],
  code: 'rollback',
  before: (scene) => {
    nextGeneration(scene);
    if (scene.held !== null) scene.held.targets.signed.version = 1000;
    addRoot(scene.repository);
    setRole(scene.repository, 'snapshot', [NEW_SNAPSHOT_KEY]);
  },
  attack: ({ repository }) => setRole(repository, 'snapshot', [SNAPSHOT_KEY, NEW_SNAPSHOT_KEY], 1),
});
