// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { addDelegation, addTarget, delegationNamed, roleFile } from '../../fakes/repository-builder.ts';
import { CAROL } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'search-terminates-all',
  code: 'target-unknown',
  before: (scene) => {
    const { repository } = scene;
    delegationNamed(repository, 'releases').terminating = false;
    addDelegation(repository, 'releases', { name: 'builds', signers: [CAROL], paths: ['v1/*'], terminating: false });
    addDelegation(repository, 'targets', { name: 'nightly', signers: [CAROL], paths: ['v1/*'], terminating: false });
    addTarget(repository, 'nightly', 'v1/nightly.bin', 'nightly');
    scene.target = 'v1/nightly.bin';
  },
  attack: ({ repository }) => {
    for (const delegation of roleFile(repository, 'releases').signed.delegations?.roles ?? []) delegation.terminating = true;
  },
});
