// SPDX-License-Identifier: Apache-2.0
import { EventEmitter, once } from 'node:events';
import { existsSync, mkdirSync, rmdirSync, utimesSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { withLock } from '../../src/hosting/lock.ts';
import { codeOf } from '../client/support.ts';

async function scratchPath(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'countersign-test-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return join(dir, 'state');
}

test('of 10 calls at once one works at a time, each gets its result, and no lock is left', async () => {
  const path = await scratchPath();
  let working = 0;
  let most = 0;
  const results = await Promise.all(
    Array.from({ length: 10 }, (_, i) =>
      withLock(path, async () => {
        most = Math.max(most, ++working);
        await sleep(5);
        working--;
        return i;
      }),
    ),
  );
  expect(most).toBe(1);
  expect(results).toEqual(Array.from({ length: 10 }, (_, i) => i));
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test('a lock that is held is waited for, then refused, and the work is not done', async () => {
  const path = await scratchPath();
  let worked = false;
  await withLock(path, async () => {
    const second = withLock(path, async () => (worked = true), { waitMs: 200 });
    await expect(second).rejects.toMatchObject({ code: 'locked' });
  });
  expect(worked).toBe(false);
  await withLock(path, async () => (worked = true));
  expect(worked).toBe(true);
});

test('work that fails gives its own error, and the lock back', async () => {
  const path = await scratchPath();
  const failure = new RangeError('own');
  await expect(withLock(path, () => Promise.reject(failure))).rejects.toBe(failure);
  expect(existsSync(`${path}.lock`)).toBe(false);
});

/** As if the last sign of the holder were so long ago. */
function age(path: string, seconds: number): void {
  const then = Date.now() / 1000 - seconds;
  utimesSync(`${path}.lock`, then, then);
}

// A sign from a time to come: the clock was set back.
test.each([
  [7, 'locked'],
  [9, 'taken'],
  [-7, 'locked'],
  [-9, 'taken'],
])('the lock of a process that gave no sign for %i s: %s', async (seconds, expected) => {
  const path = await scratchPath();
  mkdirSync(`${path}.lock`);
  age(path, seconds);
  const call = withLock(path, async () => 'taken', { waitMs: 0 });
  if (expected === 'taken') expect(await call).toBe('taken');
  else await expect(call).rejects.toMatchObject({ code: expected });
});

test('a lock that was taken away during the work is an error', async () => {
  const path = await scratchPath();
  const call = withLock(path, async () => {
    rmdirSync(`${path}.lock`);
    await sleep(2_500);
  });
  await expect(call).rejects.toMatchObject({ code: 'locked' });
});

test.each<[string, (path: string) => unknown, string]>([
  ['is held', () => undefined, 'none'],
  ['gave its last sign 5 s ago', (path) => age(path, 5), 'none'],
  ['gave its last sign 7 s ago', (path) => age(path, 7), 'locked'],
  ['gave its last sign in 7 s', (path) => age(path, -7), 'locked'],
  ['is gone', (path) => rmdirSync(`${path}.lock`), 'locked'],
  // The file system may give it the number of the old one.
  [
    'is the next one',
    (path) => {
      rmdirSync(`${path}.lock`);
      mkdirSync(`${path}.lock`);
    },
    'locked',
  ],
])('whoever asks whether a lock is held that %s is told at once', async (_, change, expected) => {
  const path = await scratchPath();
  let answer = '';
  const call = withLock(path, async (requireHeld) => {
    change(path);
    answer = await codeOf(requireHeld());
  });
  await Promise.allSettled([call]);
  expect(answer).toBe(expected);
});

test.each(['gives its result', 'fails'])('work that has lost its lock and %s leaves that of the next holder alone', async (end) => {
  const path = await scratchPath();
  const events = new EventEmitter();
  const [hasBegun, mayEnd] = [once(events, 'begun'), once(events, 'end')];
  let next: Promise<void> = Promise.resolve();
  const call = withLock(path, async () => {
    age(path, 9);
    next = withLock(path, async (requireHeld) => {
      events.emit('begun');
      await mayEnd;
      await requireHeld();
    });
    await hasBegun;
    if (end === 'fails') throw new RangeError('own');
  });
  await expect(call).rejects.toMatchObject(end === 'fails' ? { message: 'own' } : { code: 'locked' });
  expect(existsSync(`${path}.lock`)).toBe(true);
  events.emit('end');
  await next;
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test('a path whose directory does not exist fails at once', async () => {
  const started = performance.now();
  await expect(withLock(join(await scratchPath(), 'none', 'x'), async () => 1)).rejects.toMatchObject({ code: 'io' });
  expect(performance.now() - started).toBeLessThan(2_000);
});
