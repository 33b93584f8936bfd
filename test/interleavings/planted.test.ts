// SPDX-License-Identifier: Apache-2.0
// Mistakes that are planted between the code and the host: each shows within a few seeds, and the seed that shows it is good without it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Ground } from './ground.ts';
import { PLANTS } from './plants.ts';
import { play } from './run.ts';
import { withoutShortWaits } from './short-waits.ts';

/** How many seeds a mistake may stay hidden. */
const MOST_SEEDS = 40;

let ground: Ground;
let restore: () => void;

beforeAll(async () => {
  restore = withoutShortWaits();
  ground = await Ground.start();
}, 60_000);
afterAll(async () => {
  await ground.close();
  restore();
});

/** From which seed on each is looked for, and what it shows itself by. */
const SHOWN = [
  { name: 'blind-move', from: 8, by: /no compare-and-swap|version reused|signature/ },
  { name: 'trust-carried', from: 124, by: /does not count/ },
  { name: 'ignore-dismissal', from: 105, by: /does not count/ },
  { name: 'reuse-version', from: 8, by: /version reused/ },
  { name: 'lost-file', from: 1, by: /published by .*expected this file/ },
  { name: 'timestamp-first', from: 1, by: /published by .*expected this file/ },
  { name: 'deaf-to-comments', from: 8, by: /signature lost|did not complete/ },
] as const;

/** Those that few seeds show, too few to wait for here: `npm run interleavings -- --plant NAME` looks for them. test/attacks has a test for each. */
const RARE = ['stale-approval', 'changed-assets'];

test('every mistake is looked for', () => {
  expect([...SHOWN.map(({ name }): string => name), ...RARE].sort()).toEqual([...PLANTS.keys()].sort());
});

test.each(SHOWN)('$name is caught', { timeout: 300_000 }, async ({ name, from, by }) => {
  const plant = PLANTS.get(name) ?? null;
  expect(plant).not.toBeNull();
  for (let seed = from; seed < from + MOST_SEEDS; seed++) {
    const { problems } = await play(ground, seed, plant);
    if (!problems.some((problem) => by.test(problem))) continue;
    expect((await play(ground, seed, null)).problems, `seed ${String(seed)} without it`).toEqual([]);
    return;
  }
  expect.fail(`${name} stayed hidden for ${String(MOST_SEEDS)} seeds`);
});
