// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote } from '../tuf/errors.ts';
import { isJsonObject, type JsonObject } from '../tuf/json.ts';
import { readTarget, type Sink } from './download.ts';
import type { DownloadDirectory } from './download-directory.ts';
import { fetchTarget, verifyPresent, type FetchedFile } from './fetch-target.ts';
import { targetLocations } from './location.ts';
import type { LocatedTarget } from './repository-client.ts';
import { requireCount, requireText } from './caller-values.ts';
import { requireSafePath } from './target-name.ts';
import type { FoundTarget } from './target-selection.ts';

/** What the role that a search came to says of a target (TUF §4.5). Verified metadata; no byte of the file was read for it. */
export interface Target {
  /** As metadata has it: relative, `/` between segments. */
  readonly path: string;
  /** The name of the role that signs it. */
  readonly role: string;
  /** In bytes. */
  readonly length: number;
  /** Lower-case hex by algorithm; `sha256` or `sha512` is among them. The bytes must match each of them, so one of a kind that is not known here refuses them. */
  readonly hashes: ReadonlyMap<string, string>;
  /** The signed `custom` object of the target; null where there is none. */
  readonly custom: JsonObject | null;
}

/** How a target is downloaded. */
export interface DownloadOptions {
  /** Told how many bytes of how many are there; may be called often. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/** Finds targets and reads their bytes. Every method looks for its target first: nothing is read that no role signs. */
export interface TargetReader<T extends Target = Target> {
  /**
   * Looks for a target, without reading it (TUF §5.6.7). Updates first when there was no update yet, or when what it gave has run out.
   * @param path - as metadata has it: `v1/app.tgz`
   * @returns null when no role signs the path
   * @throws `target-path-invalid`, `search-bounds`, `pattern-ambiguous`, `equivocation` when a role has two contents of one version, and the codes of
   * {@link Client.update}
   */
  find(path: string): Promise<T | null>;
  /**
   * Brings a target into a directory, under its path. Its bytes go to the disk while they are hashed, what an earlier run has left is gone on with, and
   * nothing is seen under its name before all of it is verified (TUF §5.7). A file that is there and right is not downloaded again.
   * @param path - as metadata has it
   * @param to - what {@link openDownloadDirectory} gives
   * @param options - nothing unless told
   * @throws `target-unknown`, `file-name` for a path that could lead out of the directory or is none on some system, `file-type`, `symlink-escape`,
   * `not-found` when no mirror has it, `length-mismatch`, `hash-mismatch`, `io`, `stalled`, `timed-out`, `redirect-refused`, `locked`, and as `find`
   */
  download(path: string, to: DownloadDirectory, options?: DownloadOptions): Promise<FetchedFile>;
  /**
   * Verifies a file that is in a directory already; downloads nothing but metadata that the client lacks.
   * @param path - as metadata has it
   * @param to - what {@link openDownloadDirectory} gives
   * @throws `hash-mismatch` for another file, `not-found` for none, and as `download`
   */
  verify(path: string, to: DownloadDirectory): Promise<FetchedFile>;
  /**
   * Reads a whole target into memory. Only verified bytes are given.
   * @param path - as metadata has it
   * @param maxBytes - the most that you have room for
   * @throws `too-large` before anything is read when more is signed, or more than memory holds, and as `download`
   */
  read(path: string, maxBytes: number): Promise<Uint8Array>;
  /**
   * Gives a target's bytes to `sink` as they come, in order, for what is neither a file nor small. They are NOT verified yet: nothing may be done with them
   * that can't be undone before this returns, and all of them must be thrown away when it throws. There is no second try at another mirror once `sink`
   * was called.
   * @param path - as metadata has it
   * @param sink - is waited for before the next piece
   * @returns the target that all bytes together are
   * @throws as `download`, and what `sink` throws
   */
  streamUnverified(path: string, sink: (piece: Uint8Array) => Promise<void>): Promise<T>;
}

/** What the library shows of a found target: a copy, because what bytes are compared with must not change in a caller's hands. */
export function targetOf({ path, role, file }: FoundTarget): Target {
  const custom = file.raw.get('custom');
  return { path, role, length: file.length, hashes: new Map(file.hashes), custom: isJsonObject(custom) ? structuredClone(custom) : null };
}

/** A target, and where it is as one or several repositories say; each of them signs the same bytes. */
export interface Located<T extends Target> {
  readonly target: T;
  readonly places: readonly LocatedTarget[];
}

/** Finds a target; null when nobody signs the path. */
export type Locate<T extends Target> = (path: string) => Promise<Located<T> | null>;

/** Reads targets wherever `locate` finds them. */
export function targetReader<T extends Target>(locate: Locate<T>): TargetReader<T> {
  const located = async (path: string): Promise<Located<T>> => {
    const found = await locate(path);
    if (found !== null) return found;
    throw new CountersignError('target-unknown', quote(path), 'expected a target that a role signs for this path, got none');
  };
  return {
    find: async (path) => (await locate(path))?.target ?? null,
    download: async (path, to, { onProgress = () => undefined } = {}) => {
      requireSafePath(requireText(path, 'target'));
      const { places } = await located(path);
      const fetched = await fromFirst(path, places, ({ mirrors, session, found }) =>
        fetchTarget({ mirrors, root: session.set.root.signed, to, onProgress }, found),
      );
      await to.tidy();
      return fetched;
    },
    verify: async (path, to) => {
      const { places } = await located(path);
      return fromFirst(path, places, ({ found }) => verifyPresent(to, found));
    },
    read: async (path, maxBytes) => {
      requireCount(maxBytes, 'maxBytes');
      const { target, places } = await located(path);
      if (target.length <= maxBytes) return fromFirst(path, onePlaceEach(places), readWhole);
      const detail = `expected at most ${String(maxBytes)} bytes, got a target of ${String(target.length)}`;
      throw new CountersignError('too-large', quote(path), detail);
    },
    streamUnverified: async (path, sink) => {
      const { target, places } = await located(path);
      await streamFirst(path, onePlaceEach(places), sink);
      return target;
    },
  };
}

/** Each mirror as a place of its own. */
function onePlaceEach(places: readonly LocatedTarget[]): readonly LocatedTarget[] {
  return places.flatMap((place) => place.mirrors.map((mirror) => ({ ...place, mirrors: [mirror] })));
}

function nowhere(path: string): CountersignError {
  return new CountersignError('not-found', quote(path), 'expected the file of this target, got nothing at any of its places');
}

/** What the first place gives that gives anything. @throws what the first of them has thrown when none does */
async function fromFirst<R>(path: string, places: readonly LocatedTarget[], read: (place: LocatedTarget) => Promise<R>): Promise<R> {
  let first: CountersignError | null = null;
  for (const place of places) {
    try {
      return await read(place);
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      first ??= error;
    }
  }
  throw first ?? nowhere(path);
}

async function streamFirst(path: string, places: readonly LocatedTarget[], sink: Sink): Promise<void> {
  const stream = { isBegun: false };
  let first: CountersignError | null = null;
  for (const place of places) {
    try {
      await readFrom(place, async (piece) => {
        stream.isBegun = true;
        await sink(piece);
      });
      return;
    } catch (error) {
      if (stream.isBegun || !(error instanceof CountersignError)) throw error;
      first ??= error;
    }
  }
  throw first ?? nowhere(path);
}

/** Reads a target from one mirror. @throws `not-found`, and as {@link readTarget} */
async function readFrom({ found: { path, file }, session, mirrors }: LocatedTarget, sink: Sink): Promise<void> {
  for (const mirror of mirrors) {
    for (const location of targetLocations(session.set.root.signed, path, file)) {
      if ((await readTarget(mirror, location, file, sink)) !== null) return;
    }
  }
  throw nowhere(path);
}

/** Room for a whole target. @throws `too-large` when this machine has none, whatever the caller hoped for */
function roomFor({ path, file }: FoundTarget): Uint8Array {
  try {
    return new Uint8Array(file.length);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const detail = `expected a target that fits into memory, got one of ${String(file.length)} bytes`;
    throw new CountersignError('too-large', quote(path), detail, { cause: error });
  }
}

async function readWhole(place: LocatedTarget): Promise<Uint8Array> {
  const bytes = roomFor(place.found);
  let length = 0;
  await readFrom(place, async (piece) => {
    bytes.set(piece, length);
    length += piece.length;
  });
  return bytes;
}
