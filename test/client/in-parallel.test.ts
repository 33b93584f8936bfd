// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inParallel } from '../../src/client/in-parallel.ts';

test.each([1, 2, 9])('%i at once, and the results in order', async (limit) => {
  let [now, most] = [0, 0];
  const results = await inParallel([4, 3, 2, 1], limit, async (item) => {
    most = Math.max(most, ++now);
    await sleep(item);
    now--;
    return item * 10;
  });
  expect(results).toEqual([40, 30, 20, 10]);
  expect(most).toBe(Math.min(limit, 4));
});

test('after one that throws none is begun, and those that were are waited for', async () => {
  const [begun, ended]: [number[], number[]] = [[], []];
  const running = inParallel([1, 2, 3, 4, 5], 2, async (item) => {
    begun.push(item);
    if (item === 2) throw new RangeError('two');
    await sleep(5);
    ended.push(item);
  });
  await expect(running).rejects.toThrow(RangeError);
  expect({ begun, ended }).toEqual({ begun: [1, 2], ended: [1] });
});
