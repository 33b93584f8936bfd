// SPDX-License-Identifier: Apache-2.0
import { quote, CountersignError } from '../tuf/errors.ts';
import { parseTargetPath } from '../tuf/names.ts';
import { findThroughMap } from './mapped-search.ts';
import { RepositoryClient, type ClientOptions, type LocatedTarget, type UpdateStart } from './repository-client.ts';
import type { RepositoryMap } from './repository-map.ts';
import type { Session } from './roles.ts';
import { targetOf, targetReader, type Target, type TargetReader } from './target-reader.ts';

/** What a client trusts after an update. */
export interface TrustedState {
  /** Version of the root. */
  readonly root: number;
  /** Version of the timestamp. */
  readonly timestamp: number;
  /** Version of the snapshot. */
  readonly snapshot: number;
  /** When the timestamp runs out: a repository that is cared for has a newer one by then. */
  readonly expires: Date;
  /** How the update began. */
  readonly start: UpdateStart;
}

/** A client of one repository. Its operations may be begun at once; those that change what is trusted run one after the other. */
export interface Client extends TargetReader {
  /**
   * Brings what is trusted up to what the repository has now (TUF §5.3 to §5.6): roots one by one, timestamp, snapshot, targets. Each file is stored once it
   * is verified. Delegated roles are fetched when a search needs them.
   * @throws `freeze` when timestamp or snapshot have run out, or `expired` for another file: the host shows old files, or nobody cares for the repository;
   * `rollback`, `mix-and-match`, `threshold`, `hash-mismatch`, `length-mismatch`, `binding-mismatch`, `not-in-snapshot`: what the host serves
   * can't be believed; `anchor-mismatch` when the cache has another root of the given one's version; `not-found`, `root-limit`, `too-large`; the codes of
   * the parsers, such as `json-syntax`; `io`, `stalled`, `timed-out`, `redirect-refused`: the host; `locked`: another process
   */
  update(): Promise<TrustedState>;
}

/** A target that several repositories sign. */
export interface MappedTarget extends Target {
  /** Names, in the map, of those that were asked and sign these bytes. */
  readonly repositories: readonly string[];
}

/** What a client of several repositories needs (TAP 4). */
export interface MappedClientOptions {
  /** What {@link parseRepositoryMap} gives. */
  readonly map: RepositoryMap;
  /** One for each name in the map, with a root and a cache of its own. */
  readonly repositories: ReadonlyMap<string, ClientOptions>;
}

function stateOf({ set }: Session, start: UpdateStart): TrustedState {
  const { root, timestamp, snapshot } = set;
  if (timestamp === null || snapshot === null) throw new CountersignError('order', 'client', 'expected a finished update, got a part');
  return {
    root: root.signed.version,
    timestamp: timestamp.signed.version,
    snapshot: snapshot.signed.version,
    expires: new Date(timestamp.signed.expires * 1000),
    start,
  };
}

/**
 * Opens a client of one repository. Nothing is read before the first operation.
 * @throws `expires-invalid` for an `at` that is no date, `usage` for a limit that is none
 */
export function openClient(options: ClientOptions): Client {
  const repository = new RepositoryClient(options);
  const reader = targetReader(async (path) => {
    const located = await repository.locate(path);
    return located === null ? null : { target: targetOf(located.found), places: [located] };
  });
  return {
    ...reader,
    update: async () => {
      const { session, start } = await repository.update();
      return stateOf(session, start);
    },
  };
}

/**
 * Opens a client of several repositories, of which so many as a map says must sign the same bytes (TAP 4). Each is updated when it is first asked. Beside the
 * codes of {@link TargetReader}, its methods throw `threshold` when too few agree, and what a repository failed with that was needed: to go
 * on without it would let whoever blocks it choose another.
 * @throws `usage` when `repositories` lacks one that the map names, `expires-invalid`
 */
export function openMappedClient(options: MappedClientOptions): TargetReader<MappedTarget> {
  const { map, repositories } = options;
  const clients = new Map<string, RepositoryClient>();
  for (const name of map.repositories.keys()) {
    const own = repositories.get(name);
    if (own === undefined) throw new CountersignError('usage', quote(name), 'expected options for this repository of the map, got none');
    clients.set(name, new RepositoryClient(own));
  }
  return targetReader(async (path) => {
    const located = new Map<string, LocatedTarget>();
    const agreed = await findThroughMap(map, parseTargetPath(path, 'target'), async (name) => {
      const place = (await clients.get(name)?.locate(path)) ?? null;
      if (place !== null) located.set(name, place);
      return place?.found ?? null;
    });
    if (agreed === null) return null;
    const { target, repositories: names } = agreed;
    // Not as each place lists it: that may be some of the digests, and bytes that match these alone need not be what the others sign.
    const places = names.flatMap((name) => located.get(name) ?? []).map((place) => ({ ...place, found: target }));
    return { target: { ...targetOf(target), repositories: names }, places };
  });
}
