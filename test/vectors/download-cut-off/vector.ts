// SPDX-License-Identifier: Apache-2.0
import { downloadVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = downloadVector({
  check: 'target-length',
  code: 'length-mismatch',
  twin: () => ['the ', 'application'],
  attack: () => ['the '],
});
