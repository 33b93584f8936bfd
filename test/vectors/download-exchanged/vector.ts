// SPDX-License-Identifier: Apache-2.0
import { downloadVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = downloadVector({
  check: 'target-hash',
  code: 'hash-mismatch',
  twin: () => ['the ', 'application'],
  attack: () => ['the ', 'applicatiom'],
});
