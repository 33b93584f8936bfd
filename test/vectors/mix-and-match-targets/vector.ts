// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { fileAt } from '../../fakes/memory-client.ts';
import { bump } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'targets-version-listed',
  code: 'mix-and-match',
  before: ({ repository }) => {
    bump(repository.targets);
    repository.snapshot.beforeSigning = ({ meta }) => {
      meta['targets.json'] = { version: 2 };
    };
  },
  attack: (scene) => {
    scene.repository.targets.signed.version = 1;
    scene.host = (files) => {
      files.set('metadata/2.targets.json', fileAt(files, 'metadata/1.targets.json'));
    };
  },
});
