// SPDX-License-Identifier: Apache-2.0
import { inWritingOrder } from '../../../src/tuf/published-tree.ts';
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = inputVector({
  check: 'published-path-known',
  code: 'event-file-unclaimed',
  judge: (paths: readonly string[]) => inWritingOrder(paths, false),
  twin: () => ['metadata/timestamp.json', 'metadata/1.root.json'],
  attack: () => ['metadata/timestamp.json', 'index.html'],
});
