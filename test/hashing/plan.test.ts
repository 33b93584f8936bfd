// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { startPlan, type Batch, type Planner } from '../../src/hashing/plan.ts';

const MIB = 1024 * 1024;

function planOf(sizes: readonly number[]): Planner {
  const plan = startPlan();
  for (const size of sizes) plan.add(size);
  return plan;
}

function takeAll(plan: Planner): Batch[] {
  const taken: Batch[] = [];
  for (let batch = plan.take(); batch !== null; batch = plan.take()) taken.push(batch);
  return taken;
}

function closed(sizes: readonly number[]): Batch[] {
  const plan = planOf(sizes);
  plan.close();
  return takeAll(plan);
}

describe('batches', () => {
  test('a big file is a batch of its own, largest first; small files share one', () => {
    expect(closed([10, 3 * MIB, 0, 5 * MIB, 20]).map((batch) => batch.files)).toEqual([[3], [1], [0, 2, 4]]);
  });

  test('no files are no batches', () => {
    expect(closed([])).toEqual([]);
  });

  test('small files can be taken while others are still found, big ones only when all are known', () => {
    const plan = planOf([5 * MIB, ...Array.from({ length: 256 }, () => 1)]);
    expect(plan.take()).toBeNull();
    expect(plan.add(1)).toBe(true);
    expect(takeAll(plan).map((batch) => batch.files.length)).toEqual([256]);
    plan.close();
    expect(takeAll(plan).map((batch) => batch.files)).toEqual([[0], [257]]);
  });

  test.each([
    ['many empty files', Array.from({ length: 1000 }, () => 0)],
    ['many files just below big', Array.from({ length: 300 }, () => 256 * 1024 - 1)],
    ['a mixture', Array.from({ length: 2000 }, (_, i) => (i * 7919) % (2 * MIB))],
  ])('%s: each file is in one batch, batches of small files stay short, and the longest come first', (_, sizes) => {
    const batches = closed(sizes);
    expect(batches.flatMap((batch) => batch.files).sort((a, b) => a - b)).toEqual(sizes.map((_, i) => i));
    for (const { files } of batches) {
      const bytes = files.reduce((sum, position) => sum + (sizes[position] ?? NaN), 0);
      expect(files.length === 1 || (bytes <= 4 * MIB && files.length <= 256)).toBe(true);
    }
    const costs = batches.map((batch) => batch.cost);
    expect(costs).toEqual([...costs].sort((a, b) => b - a));
  });
});

describe('threads', () => {
  test.each([
    ['nothing to do', [], 8, 1],
    ['little to do', [1000, 1000], 8, 1],
    ['one big file can use one thread only', [4096 * MIB], 8, 1],
    ['two big files', [512 * MIB, 512 * MIB], 8, 2],
    ['as many threads as cores', Array.from({ length: 20 }, () => 512 * MIB), 8, 8],
    ['one thread by request', [512 * MIB, 512 * MIB], 1, 1],
    ['a request for none still hashes', [512 * MIB, 512 * MIB], 0, 1],
    ['many small files are work too', Array.from({ length: 20_000 }, () => 0), 2, 2],
  ])('%s', (_, sizes, limit, expected) => {
    expect(planOf(sizes).threads(limit)).toBe(expected);
  });
});
