// SPDX-License-Identifier: Apache-2.0
import { inputVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { RSA_2048_KEY } from '../../fakes/keys/private-keys.ts';
import { ALICE, rsaSigner } from '../../fakes/test-signer.ts';
import { requireCountedEntries } from '../../fakes/writer-inputs.ts';

export const vector: AttackVector = inputVector({
  check: 'key-made-here',
  code: 'threshold',
  judge: requireCountedEntries,
  twin: () =>
    new Map([
      [ALICE, 'alice'],
      [rsaSigner(RSA_2048_KEY), 'bob'],
    ]),
  attack: () =>
    new Map([
      [ALICE, 'alice'],
      [rsaSigner(RSA_2048_KEY, 'sha384'), 'bob'],
    ]),
});
