// SPDX-License-Identifier: Apache-2.0
import { reviewRoleName } from '../../../src/tuf/compatibility.ts';
import { writerVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = writerVector({
  check: 'role-name-portable',
  review: reviewRoleName,
  stops: { severity: 'refused' },
  twin: 'team-a',
  attack: 'team/a',
});
