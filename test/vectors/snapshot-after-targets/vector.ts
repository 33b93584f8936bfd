// SPDX-License-Identifier: Apache-2.0
import { orderVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = orderVector({
  check: 'order-snapshot-before-targets',
  code: 'order',
  twin: ['last-root', 'timestamp', 'snapshot', 'snapshot', { load: 'targets', from: 'root' }],
  attack: ['last-root', 'timestamp', 'snapshot', { load: 'targets', from: 'root' }, 'snapshot'],
});
