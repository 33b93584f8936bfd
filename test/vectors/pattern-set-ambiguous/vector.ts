// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { addDelegation, addTarget, delegationNamed } from '../../fakes/repository-builder.ts';
import { CAROL } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'pattern-set-ambiguous',
  through: ['search-ambiguous-child', 'search-ambiguous'],
  code: 'pattern-ambiguous',
  before: (scene) => {
    addDelegation(scene.repository, 'targets', { name: 'nightly', signers: [CAROL], paths: ['nightly/[!a]'], terminating: false });
    addDelegation(scene.repository, 'targets', { name: 'others', signers: [CAROL], paths: ['other/*'], terminating: false });
    addTarget(scene.repository, 'others', 'other/file', 'text');
    scene.target = 'other/file';
    delegationNamed(scene.repository, 'nightly').paths = ['nightly/a'];
  },
  attack: ({ repository }) => {
    delegationNamed(repository, 'nightly').paths = ['nightly/[!a]'];
  },
});
