// SPDX-License-Identifier: Apache-2.0
import { clientVector, nextGeneration, type AttackVector } from '../../fakes/attack-vector.ts';
import { addRoot, setRole } from '../../fakes/repository-builder.ts';
import { NEW_SNAPSHOT_KEY, NEW_TIMESTAMP_KEY, TIMESTAMP_KEY } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'timestamp-snapshot-rollback',
  through: ['timestamp-signed', 'threshold-reached', 'signature-key-in-role'],
  code: 'rollback',
  before: (scene) => {
    nextGeneration(scene);
    if (scene.held !== null) scene.held.snapshot.signed.version = 1000;
    addRoot(scene.repository);
    setRole(scene.repository, 'snapshot', [NEW_SNAPSHOT_KEY]);
    setRole(scene.repository, 'timestamp', [NEW_TIMESTAMP_KEY]);
  },
  attack: ({ repository }) => setRole(repository, 'timestamp', [TIMESTAMP_KEY]),
});
