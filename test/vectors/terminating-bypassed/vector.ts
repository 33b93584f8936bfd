// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { addDelegation, addTarget, delegationNamed } from '../../fakes/repository-builder.ts';
import { CAROL } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'search-terminates',
  code: 'target-unknown',
  before: ({ repository }) => {
    addDelegation(repository, 'targets', { name: 'nightly', signers: [CAROL], paths: ['v1/*'], terminating: false });
    addTarget(repository, 'nightly', 'v1/nightly.bin', 'nightly');
    delegationNamed(repository, 'releases').terminating = false;
  },
  attack: (scene) => {
    delegationNamed(scene.repository, 'releases').terminating = true;
    scene.target = 'v1/nightly.bin';
  },
});
