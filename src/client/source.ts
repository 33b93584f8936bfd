// SPDX-License-Identifier: Apache-2.0
import type { Files } from '../ports.ts';
import { CountersignError } from '../tuf/errors.ts';

/**
 * A published repository, as clients reach it. Paths are those of `tuf/published-tree.ts`: `metadata/1.root.json`, `targets/…`.
 * What it gives is not trusted. Every method gives null only for what is certainly not there (a directory without
 * the file, HTTP 404): a client takes that for the end of the root chain. Everything else that fails throws `io`.
 */
export interface RepositorySource {
  /** A metadata file's bytes; null when it is absent. @throws `too-large` beyond `maxBytes`, `io` */
  metadata(path: string, maxBytes: number): Promise<Uint8Array | null>;
  /**
   * A target file's bytes in pieces; null when it is absent. Readers count for themselves: a source that knows beforehand
   * that there are more than `maxBytes` may throw, here or while it is read, and need not.
   * @throws `too-large`, `io`
   */
  target(path: string, maxBytes: number): Promise<AsyncIterable<Uint8Array> | null>;
  /**
   * As `target`, without the first `from` bytes, for a reader that has them. Absent where a source can't, or what stands above it would be passed by: the
   * reader then begins at the start. @throws `length-mismatch` when there are no more than `from`
   */
  readonly targetFrom?: (path: string, maxBytes: number, from: number) => Promise<AsyncIterable<Uint8Array> | null>;
  /** Lengths in bytes of all files, by path; null where a host can't list (HTTP). @throws `io` */
  list(): Promise<ReadonlyMap<string, number> | null>;
}

/** Opens a file of any length for reading in pieces; null when it is absent. */
export type OpenStream = (path: string) => Promise<AsyncIterable<Uint8Array> | null>;

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/**
 * A repository in a directory.
 * @param openStream - reads targets in pieces. Without it each target is read whole: {@link Files} can't do otherwise.
 */
export function filesSource(files: Files, openStream?: OpenStream): RepositorySource {
  return {
    metadata: (path, maxBytes) => files.read(path, maxBytes),
    target: async (path, maxBytes) => {
      if (openStream !== undefined) return openStream(path);
      const bytes = await files.read(path, maxBytes);
      return bytes === null ? null : once(bytes);
    },
    list: () => files.list(),
  };
}

function capped(path: string, bytes: Uint8Array, maxBytes: number): Uint8Array {
  if (bytes.length <= maxBytes) return bytes;
  throw new CountersignError('too-large', path, `expected at most ${String(maxBytes)} bytes, got ${String(bytes.length)}`);
}

/**
 * A repository in memory.
 * @param below - where everything that `map` has not is looked for, so that files can be checked before they are written there
 */
export function mapSource(map: ReadonlyMap<string, Uint8Array>, below?: RepositorySource): RepositorySource {
  return {
    metadata: async (path, maxBytes) => {
      const bytes = map.get(path);
      if (bytes !== undefined) return capped(path, bytes, maxBytes);
      return below === undefined ? null : below.metadata(path, maxBytes);
    },
    target: async (path, maxBytes) => {
      const bytes = map.get(path);
      if (bytes !== undefined) return once(bytes);
      return below === undefined ? null : below.target(path, maxBytes);
    },
    list: async () => {
      const own = [...map].map(([path, bytes]): [string, number] => [path, bytes.length]);
      if (below === undefined) return new Map(own);
      const lower = await below.list();
      return lower === null ? null : new Map([...lower, ...own]);
    },
  };
}

/** `source`, asked at most once for each metadata file and for its list. For runs over one state of a repository: what changes meanwhile is not seen. */
export function rememberingSource(source: RepositorySource): RepositorySource {
  const known = new Map<string, Uint8Array | null>();
  let listing: ReadonlyMap<string, number> | null | undefined;
  return {
    metadata: async (path, maxBytes) => {
      let bytes = known.get(path);
      if (bytes === undefined) {
        bytes = await source.metadata(path, maxBytes);
        known.set(path, bytes);
      }
      return bytes === null ? null : capped(path, bytes, maxBytes);
    },
    target: (path, maxBytes) => source.target(path, maxBytes),
    list: async () => (listing === undefined ? (listing = await source.list()) : listing),
  };
}
