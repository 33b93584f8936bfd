// SPDX-License-Identifier: Apache-2.0
import { reviewRoleName } from '../../../src/tuf/compatibility.ts';
import { writerVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = writerVector({
  check: 'role-name-digits',
  review: reviewRoleName,
  stops: { severity: 'refused' },
  twin: 'v2026',
  attack: '2026',
});
