// SPDX-License-Identifier: Apache-2.0
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { ALICE, BOB, withKey } from '../../fakes/test-signer.ts';
import { requireVotes } from '../../fakes/writer-inputs.ts';

export const vector: AttackVector = inputVector({
  check: 'one-key-one-vote',
  through: ['threshold-reached'],
  code: 'threshold',
  judge: requireVotes,
  twin: () =>
    new Map([
      [ALICE, 'alice'],
      [BOB, 'bob'],
    ]),
  attack: () =>
    new Map([
      [ALICE, 'alice'],
      [withKey(ALICE, { note: 'the same key' }), 'bob'],
    ]),
});
