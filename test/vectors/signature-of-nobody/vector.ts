// SPDX-License-Identifier: Apache-2.0
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { ALICE, BOB, type TestSigner } from '../../fakes/test-signer.ts';
import { requireVotes } from '../../fakes/writer-inputs.ts';

export const vector: AttackVector = inputVector<ReadonlyMap<TestSigner, string | null>>({
  check: 'voter-known',
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
      [BOB, null],
    ]),
});
