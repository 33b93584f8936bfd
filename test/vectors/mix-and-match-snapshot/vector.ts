// SPDX-License-Identifier: Apache-2.0
import { clientVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { fileAt } from '../../fakes/memory-client.ts';
import { bump } from '../../fakes/repository-builder.ts';

export const vector: AttackVector = clientVector({
  check: 'snapshot-version-listed',
  code: 'mix-and-match',
  before: ({ repository }) => {
    bump(repository.snapshot);
    // Without length and hash the version alone says which file is meant (TUF §4.4).
    repository.timestamp.beforeSigning = ({ meta }) => {
      meta['snapshot.json'] = { version: 2 };
    };
  },
  attack: (scene) => {
    scene.repository.snapshot.signed.version = 1;
    scene.host = (files) => {
      files.set('metadata/2.snapshot.json', fileAt(files, 'metadata/1.snapshot.json'));
    };
  },
});
