// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { CountersignError } from '../tuf/errors.ts';
import { errnoOf, ioError } from './atomic-file.ts';

// Shorter than the wait below: the lock of a process that was killed is taken over before a waiter gives up.
const STALE_MS = 8_000;
const WAIT_MS = 10_000;
const RETRY_MS = 50;

/**
 * Runs `work` while holding the lock of `path`, among the calls and processes of this machine. The lock is the directory
 * `<path>.lock`; `path` itself need not exist, its parent must. The lock of a process that died is taken over after 8 s.
 * @param options - `waitMs`: how long to wait for the lock, 10,000 unless told
 * @returns what `work` gives
 * @throws `locked` when the wait is over, or when the lock was lost during `work` (the machine slept, or somebody removed
 * it): what `work` did may then have been done twice at once. `io` when the lock can't be made. Whatever `work` throws.
 */
export async function withLock<T>(path: string, work: () => Promise<T>, options?: { readonly waitMs: number }): Promise<T> {
  const lost = new AbortController();
  const release = await acquire(path, options?.waitMs ?? WAIT_MS, lost);
  let result: T;
  try {
    result = await work();
  } catch (error) {
    // What `work` says is the news; a lock that stays goes stale.
    if (!lost.signal.aborted) await Promise.allSettled([release()]);
    throw error;
  }
  if (lost.signal.aborted) throw new CountersignError('locked', path, 'expected to hold the lock to the end, got it taken away');
  try {
    await release();
  } catch (error) {
    throw ioError(path, 'to release the lock', error);
  }
  return result;
}

async function acquire(path: string, waitMs: number, lost: AbortController): Promise<() => Promise<void>> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      // The library's own retries would also repeat what can't succeed, such as a parent that does not exist.
      return await lock(path, {
        realpath: false,
        stale: STALE_MS,
        update: 2_000,
        onCompromised: (error) => {
          lost.abort(error);
        },
      });
    } catch (error) {
      if (errnoOf(error) !== 'ELOCKED') throw ioError(path, 'to make the lock', error);
      if (performance.now() >= deadline) {
        throw new CountersignError('locked', path, `expected the lock within ${String(waitMs)} ms, got none: another process holds it`, {
          cause: error,
        });
      }
    }
    await sleep(RETRY_MS * (0.5 + Math.random()));
  }
}
