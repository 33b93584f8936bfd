// SPDX-License-Identifier: Apache-2.0
import { downloadVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = downloadVector({
  check: 'target-length-exceeded',
  code: 'length-mismatch',
  twin: () => ['the ', 'application'],
  attack: function* () {
    yield 'the application';
    yield 'and more';
    throw new Error('the client went on reading');
  },
});
