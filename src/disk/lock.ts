// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { rmdir, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { lock, unlock } from 'proper-lockfile';
import { CountersignError } from '../tuf/errors.ts';
import { errnoOf, ioError } from './atomic-file.ts';

// Shorter than the wait below: the lock of a process that was killed is taken over before a waiter gives up.
const STALE_MS = 8_000;
// Leaves time for what is done next: a lock that is looked at now is not taken over before it.
const HELD_MS = 6_000;
const WAIT_MS = 10_000;
const RETRY_MS = 50;

/** Where the library makes the lock of `path`. */
function lockDirectory(path: string): string {
  return `${path}.lock`;
}

/** What a lock is told by: the number of a directory alone is given again to the next one, as soon as the first is gone. */
type LockStats = Pick<BigIntStats, 'ino' | 'birthtimeNs' | 'mtimeMs'>;

/** A lock that was made, as it was then. */
interface Hold {
  readonly path: string;
  readonly made: LockStats;
  /** By how much this process's clock was ahead of the file system's, which it has its first time from. */
  readonly skewMs: number;
  /** What the library keeps its record under: not `path`, so that the next holder in this process has a record of its own. */
  readonly record: string;
  /** Aborted once the library has noticed that the lock is lost, which may be seconds later. */
  readonly lost: AbortSignal;
  /** Removes the lock, whosever it is by now. */
  readonly release: () => Promise<void>;
}

/**
 * Runs `work` while holding the lock of `path`, among the calls and processes of this machine. The lock is the directory
 * `<path>.lock`; `path` itself need not exist, its parent must. The lock of a process that died is taken over after 8 s, and that of one that stands still
 * as well: `work` calls `requireHeld` right before each change that must not come after those of the next holder.
 * @param work - its `requireHeld` throws `locked` when the lock is lost, or may be lost before the change is made
 * @param options - `waitMs`: how long to wait for the lock, 10,000 unless told
 * @returns what `work` gives
 * @throws `locked` when the wait is over, or when the lock was lost during `work` (the machine slept, or somebody removed
 * it): what `work` did without `requireHeld` may then have been done twice at once. `io` when the lock can't be made. Whatever `work` throws.
 */
export async function withLock<T>(
  path: string,
  work: (requireHeld: () => Promise<void>) => Promise<T>,
  options?: { readonly waitMs: number },
): Promise<T> {
  const hold = await acquire(path, options?.waitMs ?? WAIT_MS);
  let result: T;
  try {
    result = await work(() => requireHeld(hold));
  } catch (error) {
    // What `work` says is the news; a lock that stays goes stale.
    await Promise.allSettled([release(hold)]);
    throw error;
  }
  await release(hold);
  return result;
}

async function acquire(path: string, waitMs: number): Promise<Hold> {
  const deadline = performance.now() + waitMs;
  const lost = new AbortController();
  const record = `${path}.${randomUUID()}`;
  for (;;) {
    try {
      // The library's own retries would also repeat what can't succeed, such as a parent that does not exist.
      const remove = await lock(record, {
        lockfilePath: lockDirectory(path),
        realpath: false,
        stale: STALE_MS,
        update: 2_000,
        onCompromised: (error) => {
          lost.abort(error);
        },
      });
      const made = (await findLock(path)) ?? takenAway(path);
      return { path, made, skewMs: Date.now() - Number(made.mtimeMs), record, lost: lost.signal, release: remove };
    } catch (error) {
      if (errnoOf(error) !== 'ELOCKED') throw ioError(path, 'to make the lock', error);
      if (await removeFuture(path)) continue;
      if (performance.now() >= deadline) {
        throw new CountersignError('locked', path, `expected the lock within ${String(waitMs)} ms, got none: another process holds it`, {
          cause: error,
        });
      }
    }
    await sleep(RETRY_MS * (0.5 + Math.random()));
  }
}

function takenAway(path: string): never {
  throw new CountersignError('locked', path, 'expected to hold the lock to the end, got it taken away');
}

async function findLock(path: string): Promise<LockStats | null> {
  try {
    return await stat(lockDirectory(path), { bigint: true });
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw ioError(path, 'to look at the lock', error);
  }
}

/** The lock, while it is the one that we made. */
async function findOurs({ path, made, lost }: Hold): Promise<LockStats | null> {
  const there = lost.aborted ? null : await findLock(path);
  return there?.ino === made.ino && there.birthtimeNs === made.birthtimeNs ? there : null;
}

async function requireHeld(hold: Hold): Promise<void> {
  const ours = await findOurs(hold);
  // What the library writes later is the time of this process.
  if (ours === null || Math.min(ageMs(ours), ageMs(ours, hold.skewMs)) > HELD_MS) takenAway(hold.path);
}

/** How long nothing was heard of the holder. A time to come counts alike: the clock was set back since, and the lock would not become old for as long. */
function ageMs({ mtimeMs }: LockStats, skewMs: number = 0): number {
  return Math.abs(Date.now() - skewMs - Number(mtimeMs));
}

/** The library takes over a lock that is too old, and never one from a time to come. */
async function removeFuture(path: string): Promise<boolean> {
  const there = await findLock(path);
  if (there === null || ageMs(there) <= STALE_MS) return false;
  try {
    await rmdir(lockDirectory(path));
  } catch (error) {
    // Another one that waits was faster.
    if (errnoOf(error) !== 'ENOENT') throw ioError(path, 'to take over the lock', error);
  }
  return true;
}

async function release(hold: Hold): Promise<void> {
  const { path, record } = hold;
  if ((await findOurs(hold)) === null) {
    // The library forgets it, and leaves the directory: it is the next holder's.
    const keeping = {
      rmdir: (_directory: string, done: (error: null) => void) => {
        done(null);
      },
    };
    await Promise.allSettled([unlock(record, { lockfilePath: lockDirectory(path), realpath: false, fs: keeping })]);
    takenAway(path);
  }
  try {
    await hold.release();
  } catch (error) {
    throw ioError(path, 'to release the lock', error);
  }
}
