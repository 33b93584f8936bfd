// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, rmdirSync, utimesSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { withLock } from '../../src/hosting/lock.ts';

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

test.each([
  [7, 'locked'],
  [9, 'taken'],
])('the lock of a process that gave no sign for %i s: %s', async (seconds, expected) => {
  const path = await scratchPath();
  mkdirSync(`${path}.lock`);
  const then = Date.now() / 1000 - seconds;
  utimesSync(`${path}.lock`, then, then);
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

test('a path whose directory does not exist fails at once', async () => {
  const started = performance.now();
  await expect(withLock(join(await scratchPath(), 'none', 'x'), async () => 1)).rejects.toMatchObject({ code: 'io' });
  expect(performance.now() - started).toBeLessThan(2_000);
});
