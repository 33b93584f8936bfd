// SPDX-License-Identifier: Apache-2.0
import { orderVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { addDelegation } from '../../fakes/repository-builder.ts';
import { ALICE, BOB } from '../../fakes/test-signer.ts';

export const vector: AttackVector = orderVector({
  check: 'root-delegates-targets-only',
  through: ['targets-signed'],
  code: 'role-unknown',
  before: (repository) => {
    addDelegation(repository, 'targets', { name: 'nightly', signers: [ALICE, BOB], paths: ['nightly/*'], terminating: false });
  },
  twin: ['last-root', 'timestamp', 'snapshot', { load: 'targets', from: 'root' }, { load: 'nightly', from: 'targets' }],
  attack: ['last-root', 'timestamp', 'snapshot', { load: 'targets', from: 'root' }, { load: 'nightly', from: 'root' }],
});
