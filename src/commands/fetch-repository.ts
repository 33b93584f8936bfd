// SPDX-License-Identifier: Apache-2.0
import type { ClientCache } from '../client/directory-store.ts';
import type { DownloadDirectory } from '../client/download-directory.ts';
import type { RepositoryMap } from '../client/repository-map.ts';
import type { Session } from '../client/roles.ts';
import type { RepositorySource } from '../client/source.ts';
import type { FoundTarget } from '../client/target-selection.ts';
import { offlineSource, refreshFromMirrors, startFromRoot } from '../client/update.ts';
import type { Log } from '../ports.ts';
import type { CountersignError } from '../tuf/errors.ts';
import type { Instant } from '../tuf/instant.ts';

/** A repository to fetch from. */
export interface FetchRepository {
  /** For messages; with a map, the name that it has there. */
  readonly name: string;
  /** In order of preference, at least one. */
  readonly mirrors: readonly RepositorySource[];
  readonly cache: ClientCache;
  /** A root file, trusted by other means; null to go on from what the cache holds. */
  readonly root: Uint8Array | null;
}

/** What to fetch, and where to. */
export interface FetchInput {
  /** One, or with a map those that it names. */
  readonly repositories: readonly FetchRepository[];
  /** Which of several repositories must agree on what (TAP 4); null with one repository. */
  readonly map: RepositoryMap | null;
  /** Target paths, and patterns: `*` and `?` within a directory, `**` across. */
  readonly targets: readonly string[];
  readonly to: DownloadDirectory;
  /** What expiry is compared with. */
  readonly time: Instant;
  /** `offline` verifies the files that are there with the metadata that the cache holds. */
  readonly mode: 'online' | 'offline';
  readonly log: Log;
}

/** A target, and the updated repositories that sign it. */
export interface Choice {
  readonly target: FoundTarget;
  readonly from: readonly OpenRepository[];
}

/** What was found in one repository, or in several. */
export interface Found {
  /** Those that were asked. */
  readonly open: readonly OpenRepository[];
  readonly choices: readonly Choice[];
  /** Why roles are left out of what patterns were matched against, and paths out of what they have matched. */
  readonly leftOut: readonly CountersignError[];
}

/** A repository after its update. */
export interface OpenRepository {
  readonly repository: FetchRepository;
  readonly session: Session;
}

/**
 * Updates a repository's cache; call it while the cache is held.
 * @throws `not-found` for an empty cache and no root, `anchor-mismatch`, `binding-mismatch`, and as {@link refreshFromMirrors}
 */
export async function updateCache(repository: FetchRepository, input: Pick<FetchInput, 'mode' | 'time' | 'log'>): Promise<Session> {
  const { cache, mirrors, name, root } = repository;
  if (root !== null && (await startFromRoot(cache.store, root, input.time)) === 'repaired') {
    input.log.warn(`${name}: the stored root could not be read; starting again from the given one`);
  }
  const from = input.mode === 'offline' ? [offlineSource(cache.store)] : mirrors;
  return refreshFromMirrors(from, cache.store, { time: input.time });
}
