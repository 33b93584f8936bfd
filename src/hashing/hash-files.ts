// SPDX-License-Identifier: Apache-2.0
import os from 'node:os';
import { compareCodePoints } from '../tuf/canonical.ts';
import { collectFiles, type CollectedFile } from './collect.ts';
import { HashRun } from './run.ts';

/** A file with what TUF metadata says about it (TUF §4.5). */
export interface HashedFile {
  /** Absolute path without symbolic links. */
  readonly source: string;
  /** The target's name. */
  readonly name: string;
  /** In bytes. */
  readonly length: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** How to hash. */
export interface HashOptions {
  /** At most so many threads, this one included; by default as many as there are cores. */
  readonly threads?: number;
  /** Called often, in this thread, with growing `doneBytes`; at the end with `doneBytes` equal to `totalBytes`. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/** `list` calls back with each file that it finds. Gives all of them in that order. */
async function hashListed(list: (found: (file: CollectedFile) => void) => void, options: HashOptions): Promise<HashedFile[]> {
  const files: CollectedFile[] = [];
  const run = new HashRun({
    threads: options.threads ?? os.availableParallelism(),
    onProgress: options.onProgress ?? ((): void => undefined),
  });
  try {
    list((file) => {
      files.push(file);
      run.add(file);
    });
    const digests = await run.finish();
    return files.map(({ source, name, size }, index) => {
      const sha256 = digests[index];
      if (sha256 === undefined) throw new RangeError(`expected ${String(files.length)} digests, got ${String(digests.length)}`);
      return { source, name, length: size, sha256 };
    });
  } finally {
    await run.stop();
  }
}

/**
 * Hashes files with SHA-256, streaming, on as many cores as the work is worth; little work is done in this thread alone. Memory
 * is bounded by one buffer a thread. The first file that is refused ends everything.
 *
 * A file must be what was listed, and not change from then until it has been read: anything else is `file-changed`. A file that was
 * still changing when it was listed must keep its length until it is opened, and not change from then on.
 *
 * @param files - from `collectFiles`
 * @returns in the order of `files`
 * @throws `file-changed`, `file-type` (a special file or directory has taken the place), `io`; each names the file
 */
export async function hashFiles(files: readonly CollectedFile[], options: HashOptions = {}): Promise<readonly HashedFile[]> {
  return hashListed((found) => files.forEach(found), options);
}

/**
 * Collects files as `collectFiles` does and hashes them as {@link hashFiles} does; faster than one after the other, because hashing begins while
 * there are still files to be listed.
 *
 * @param roots - paths of files and directories, relative to the working directory or absolute
 * @returns sorted by name in code point order; names are distinct
 * @throws the codes of both; of several faults, any
 */
export async function hashPaths(roots: readonly string[], options: HashOptions = {}): Promise<readonly HashedFile[]> {
  const hashed = await hashListed((found) => collectFiles(roots, found), options);
  return hashed.sort((a, b) => compareCodePoints(a.name, b.name));
}
