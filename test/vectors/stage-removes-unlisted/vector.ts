// SPDX-License-Identifier: Apache-2.0
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { stage } from '../../fakes/writer-inputs.ts';

export const vector: AttackVector = inputVector({
  check: 'target-removed-unlisted',
  code: 'target-missing',
  judge: stage,
  twin: () => ({ remove: ['old.txt'] }),
  attack: () => ({ remove: ['Old.txt'] }),
});
