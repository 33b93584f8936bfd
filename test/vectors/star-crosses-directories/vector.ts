// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { addDelegation, addTarget, delegationNamed } from '../../fakes/repository-builder.ts';
import { CAROL } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'pattern-segments',
  code: 'target-unknown',
  before: (scene) => {
    addDelegation(scene.repository, 'targets', { name: 'nightly', signers: [CAROL], paths: ['dir/*'], terminating: false });
    addTarget(scene.repository, 'nightly', 'dir/file', 'text');
    scene.target = 'dir/file';
  },
  attack: ({ repository }) => {
    delegationNamed(repository, 'nightly').paths = ['*'];
  },
});
