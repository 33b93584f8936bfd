// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errnoOf, ioError, TEMPORARY_PREFIX, writeTemporary } from '../disk/atomic-file.ts';
import { withLock } from '../disk/lock.ts';
import { makeDirectories } from '../disk/make-directory.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { requireText } from './caller-values.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import type { ClientStore, TrustCache } from './store.ts';

/** A store that outlives the process and may be used by several at once. */
export interface ClientCache extends TrustCache {
  /** Its directory, absolute. */
  readonly directory: string;
  /**
   * Runs `work` while no other process changes the store: an update that is overtaken by another must not put its older files back. A `work` that has
   * lost its turn, since it stood still for too long, changes nothing more.
   * @throws `locked` when another process holds it for too long, `io`, whatever `work` throws
   */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

/** An update over a slow link may take its time before the next one gets its turn. */
const LOCK_WAIT_MS = 120_000;

/** The name of the file on disk: a role whose name begins with a dot must not look like an unfinished file. */
function fileName(name: string): string {
  if (!/^[A-Za-z0-9._~%-]+$/.test(name)) {
    throw new CountersignError('file-name', quote(name), 'expected the name of a stored file, got one that none has');
  }
  return name.startsWith('.') ? `%2E${name.slice(1)}` : name;
}

/**
 * Opens the cache of one repository: plain files in one directory, which is made when it is first written to. Each file is written under another name,
 * brought to the disk and renamed, so that a process that is killed leaves the old file or the new one.
 * @param directory - absolute, or from the working directory; for its owner only
 * @param waitMs - how long to wait for another process, 120,000 unless told
 */
export function openCache(directory: string, waitMs: number = LOCK_WAIT_MS): ClientCache {
  const root = resolve(requireText(directory, 'cache'));
  // More than one where a turn was lost: nobody changes anything then until that one has ended.
  const turns = new Set<() => Promise<void>>();
  const requireTurn = async (): Promise<void> => {
    for (const requireHeld of turns) await requireHeld();
  };
  return {
    directory: root,
    store: directoryStore(root, requireTurn),
    exclusively: async (work) => {
      await makeDirectory(root);
      return withLock(
        join(root, 'cache'),
        async (requireHeld) => {
          turns.add(requireHeld);
          try {
            await removeUnfinished(root);
            return await work();
          } finally {
            turns.delete(requireHeld);
          }
        },
        { waitMs },
      );
    },
  };
}

/**
 * A store in a directory of this machine, without a lock: see {@link openCache}.
 * @param requireTurn - called right before each change; throws where it must not be made
 */
export function directoryStore(directory: string, requireTurn: () => Promise<void> = async () => undefined): ClientStore {
  return {
    read: async (name) => {
      const path = join(directory, fileName(name));
      try {
        return await readAll(path);
      } catch (error) {
        if (errnoOf(error) === 'ENOENT') return null;
        throw ioError(path, 'to read the stored file', error);
      }
    },
    write: async (name, bytes) => {
      const path = join(directory, fileName(name));
      await makeDirectory(directory);
      try {
        const temporary = await writeTemporary(directory, (file) => file.writeFile(bytes));
        await requireTurn();
        await rename(temporary, path);
      } catch (error) {
        throw ioError(path, 'to store the file', error);
      }
    },
    remove: async (name) => {
      const path = join(directory, fileName(name));
      try {
        await requireTurn();
        await rm(path, { force: true });
      } catch (error) {
        throw ioError(path, 'to remove the stored file', error);
      }
    },
  };
}

async function readAll(path: string): Promise<Uint8Array> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new CountersignError('file-type', path, 'expected a regular file, got a directory or a special file');
    const { maxListedBytes } = DEFAULT_LIMITS;
    if (stat.size > maxListedBytes) {
      throw new CountersignError('too-large', path, `expected at most ${String(maxListedBytes)} bytes, got ${String(stat.size)}`);
    }
    const bytes = await file.readFile();
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  } finally {
    await file.close();
  }
}

/** For its owner only: whoever can write here decides what the client trusts. */
async function makeDirectory(directory: string): Promise<void> {
  try {
    await makeDirectories(directory, 0o700);
  } catch (error) {
    throw ioError(directory, 'to make the cache', error);
  }
}

/** What killed processes have left. Only while the lock is held: others may be writing otherwise. */
async function removeUnfinished(directory: string): Promise<void> {
  try {
    for (const name of await readdir(directory)) {
      if (name.startsWith(TEMPORARY_PREFIX)) await rm(join(directory, name), { force: true });
    }
  } catch (error) {
    throw ioError(directory, 'to clear the cache', error);
  }
}
