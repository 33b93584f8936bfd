// SPDX-License-Identifier: Apache-2.0
import { orderVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = orderVector({
  check: 'order-snapshot-after-timestamp',
  code: 'order',
  twin: ['last-root', 'timestamp', 'snapshot'],
  attack: ['last-root', 'snapshot'],
});
