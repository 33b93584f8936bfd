// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { addRoot, lastRoot } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'signature-valid',
  through: ['threshold-reached'],
  code: 'threshold',
  before: ({ repository }) => {
    addRoot(repository);
  },
  attack: ({ repository }) => {
    lastRoot(repository).afterSigning = (envelope) => {
      envelope.signed = new Map(envelope.signed).set('note', 'changed');
    };
  },
});
