// SPDX-License-Identifier: Apache-2.0
import type { Metadata } from '../../src/tuf/metadata.ts';
import { parseSnapshot, parseTimestamp, type Snapshot, type Timestamp } from '../../src/tuf/online.ts';
import { parseRoot, type Root } from '../../src/tuf/root.ts';
import { parseTargets, type Targets } from '../../src/tuf/targets.ts';
import { fileAt } from './memory-client.ts';
import { build, type RepositoryDraft } from './repository-builder.ts';

/** The newest top-level files of a repository, parsed: what a writer starts from. */
export interface Published {
  readonly root: Metadata<Root>;
  readonly targets: Metadata<Targets>;
  readonly snapshot: Metadata<Snapshot>;
  readonly timestamp: Metadata<Timestamp>;
}

/** Builds a repository and parses its newest top-level files. */
export function publish(repository: RepositoryDraft): Published {
  const files = build(repository);
  const { targets, snapshot, roots } = repository;
  return {
    root: parseRoot(fileAt(files, `metadata/${String(roots.length)}.root.json`)),
    targets: parseTargets(fileAt(files, `metadata/${String(targets.signed.version)}.targets.json`)),
    snapshot: parseSnapshot(fileAt(files, `metadata/${String(snapshot.signed.version)}.snapshot.json`)),
    timestamp: parseTimestamp(fileAt(files, 'metadata/timestamp.json')),
  };
}
