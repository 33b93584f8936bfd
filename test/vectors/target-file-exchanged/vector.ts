// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'hash-matches',
  code: 'hash-mismatch',
  attack: (scene) => {
    scene.host = (files) => {
      for (const [path, bytes] of files) if (path.endsWith('app.bin')) files.set(path, Buffer.alloc(bytes.length));
    };
  },
});
