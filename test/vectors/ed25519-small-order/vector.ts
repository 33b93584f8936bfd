// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { forgeableEd25519 } from '../../fakes/hostile-keys.ts';
import { setRole } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'key-ed25519-weak',
  through: ['timestamp-signed', 'threshold-reached'],
  code: 'threshold',
  attack: ({ repository }) => setRole(repository, 'timestamp', [forgeableEd25519(`01${'00'.repeat(31)}`)]),
});
