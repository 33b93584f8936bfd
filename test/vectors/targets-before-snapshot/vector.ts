// SPDX-License-Identifier: Apache-2.0
import { orderVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = orderVector({
  check: 'order-targets-after-snapshot',
  code: 'order',
  twin: ['last-root', 'timestamp', 'snapshot', { load: 'targets', from: 'root' }],
  attack: ['last-root', 'timestamp', { load: 'targets', from: 'root' }],
});
