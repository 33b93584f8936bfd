// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { addDelegation, addTarget, delegationNamed, roleFile } from '../../fakes/repository-builder.ts';
import { CAROL } from '../../fakes/test-signer.ts';

export const vector: AttackVector = clientVector({
  check: 'search-bounds',
  code: 'search-bounds',
  before: (scene) => {
    const { repository } = scene;
    delegationNamed(repository, 'releases').terminating = false;
    let delegator = 'releases';
    for (let depth = 2; depth <= 32; depth++) {
      addDelegation(repository, delegator, { name: `r${String(depth)}`, signers: [CAROL], paths: ['v1/*'], terminating: false });
      delegator = `r${String(depth)}`;
    }
    addTarget(repository, delegator, 'v1/deep.bin', 'deep');
    scene.target = 'v1/deep.bin';
  },
  attack: ({ repository }) => {
    addDelegation(repository, 'r32', { name: 'r33', signers: [CAROL], paths: ['v1/*'], terminating: false });
    const { targets } = roleFile(repository, 'r32').signed;
    roleFile(repository, 'r33').signed.targets = { ...targets };
    roleFile(repository, 'r32').signed.targets = {};
  },
});
