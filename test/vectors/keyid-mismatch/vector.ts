// SPDX-License-Identifier: Apache-2.0
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { ALICE, BOB, CAROL } from '../../fakes/test-signer.ts';
import { requireCountedEntries } from '../../fakes/writer-inputs.ts';

export const vector: AttackVector = inputVector({
  check: 'keyid-matches',
  code: 'threshold',
  judge: requireCountedEntries,
  twin: () =>
    new Map([
      [ALICE, 'alice'],
      [BOB, 'bob'],
    ]),
  attack: () =>
    new Map([
      [ALICE, 'alice'],
      [{ ...BOB, keyId: CAROL.keyId }, 'carol'],
    ]),
});
