// SPDX-License-Identifier: Apache-2.0
import { parseVersion } from '../../../src/tuf/names.ts';
import { nextVersion } from '../../../src/tuf/plan-online.ts';
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = inputVector({
  check: 'version-exhausted',
  code: 'version-exhausted',
  judge: nextVersion,
  twin: () => parseVersion(Number.MAX_SAFE_INTEGER - 1, 'version'),
  attack: () => parseVersion(Number.MAX_SAFE_INTEGER, 'version'),
});
