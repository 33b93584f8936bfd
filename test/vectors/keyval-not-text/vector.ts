// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = clientVector({
  check: 'keyval-text',
  through: ['field-string'],
  code: 'field-type',
  attack: ({ repository }) => {
    const keys = repository.targets.signed.delegations?.keys ?? {};
    keys['ab'.repeat(32)] = { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: ['a list'] } };
  },
});
