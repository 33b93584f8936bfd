// SPDX-License-Identifier: Apache-2.0
import type { ClientCache } from '../client/directory-store.ts';
import type { DownloadDirectory } from '../client/download-directory.ts';
import type { RepositoryMap } from '../client/repository-map.ts';
import type { Session } from '../client/roles.ts';
import type { RepositorySource } from '../client/source.ts';
import { copyOf, type ClientStore } from '../client/store.ts';
import type { FoundTarget } from '../client/target-selection.ts';
import { offlineSource, refreshFromMirrors, startFromRoot } from '../client/update.ts';
import type { Log } from '../ports.ts';
import { CountersignError } from '../tuf/errors.ts';
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

/** How often an offline run looks again when somebody else changes the cache under it. */
const OFFLINE_ATTEMPTS = 3;

/**
 * Runs `work` with what a repository's cache holds: online while nobody else changes it; offline with a copy in memory, for which nothing is written, no lock
 * either, so that a cache may be read that can't be changed.
 * @throws `locked` online, whatever `work` throws
 */
export async function withStore<T>(
  { cache }: FetchRepository,
  mode: FetchInput['mode'],
  work: (store: ClientStore) => Promise<T>,
): Promise<T> {
  if (mode === 'online') return cache.exclusively(() => work(cache.store));
  for (let attempt = 1; ; attempt++) {
    const copy = copyOf(cache.store);
    try {
      return await work(copy.store);
    } catch (error) {
      // Files of two states don't fit each other.
      if (!(error instanceof CountersignError) || attempt >= OFFLINE_ATTEMPTS || !(await copy.isOutdated())) throw error;
    }
  }
}

/**
 * Updates what a cache holds of a repository.
 * @param store - as {@link withStore} gives it
 * @throws `not-found` for an empty cache and no root, `anchor-mismatch`, `binding-mismatch`, and as {@link refreshFromMirrors}
 */
export async function updateStore(
  { mirrors, name, root }: FetchRepository,
  store: ClientStore,
  input: Pick<FetchInput, 'mode' | 'time' | 'log'>,
): Promise<Session> {
  if (root !== null && (await startFromRoot(store, root, input.time)) === 'repaired') {
    input.log.warn(`${name}: the stored root could not be read; starting again from the given one`);
  }
  const from = input.mode === 'offline' ? [offlineSource(store)] : mirrors;
  return refreshFromMirrors(from, store, { time: input.time });
}
