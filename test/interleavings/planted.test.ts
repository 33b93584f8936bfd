// SPDX-License-Identifier: Apache-2.0
// Mistakes that are planted between the code and the host: each shows within a few seeds, and the seed that shows it is good without it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Ground } from './ground.ts';
import { PLANTS } from './plants.ts';
import { playHostile } from './hostile.ts';
import { FOCI, play } from './run.ts';
import { withoutShortWaits } from './short-waits.ts';

/** How many seeds a mistake may stay hidden. */
const MOST_SEEDS = 40;

let ground: Ground;
let restore: () => void;

beforeAll(async () => {
  restore = withoutShortWaits();
  ground = await Ground.start();
});
afterAll(async () => {
  await ground.close();
  restore();
});

/** From which seed on each is looked for, with more of what, and what it shows itself by. */
const SHOWN = [
  { name: 'blind-move', focus: 'everything', from: 9, by: /no compare-and-swap|version reused|signature/ },
  { name: 'trust-carried', focus: 'approvals', from: 7, by: /does not count/ },
  { name: 'stale-approval', focus: 'custody', from: 1, by: /which carol did not approve/ },
  { name: 'ignore-dismissal', focus: 'approvals', from: 1, by: /does not count/ },
  { name: 'changed-assets', focus: 'drafts', from: 2, by: /went out with other assets/ },
  { name: 'reuse-version', focus: 'everything', from: 3000, by: /version reused/ },
  { name: 'lost-file', focus: 'everything', from: 1, by: /published by .*expected this file/ },
  { name: 'timestamp-first', focus: 'everything', from: 1, by: /published by .*expected this file/ },
  { name: 'deaf-to-comments', focus: 'everything', from: 8, by: /signature lost|did not complete/ },
] as const;

/** The same for what shows itself among strangers, with a writer, and when sites, clocks and bytes fail. */
const SHOWN_HOSTILE = [
  { name: 'lazy-timestamp', from: 101, by: /^fresh, .*has expired/ },
  { name: 'late-revocation', from: 102, by: /^revoked: / },
  { name: 'reuse-version', from: 411, by: /^complete: |version reused/ },
] as const;

test('every mistake is looked for', () => {
  expect([...new Set([...SHOWN, ...SHOWN_HOSTILE].map(({ name }): string => name))].sort()).toEqual([...PLANTS.keys()].sort());
});

test.each(SHOWN)('$name is caught', async ({ name, focus, from, by }) => {
  const [plant, more] = [PLANTS.get(name) ?? null, FOCI.get(focus)];
  expect(plant).not.toBeNull();
  expect(more).toBeDefined();
  for (let seed = from; seed < from + MOST_SEEDS; seed++) {
    const { problems } = await play(ground, seed, plant, more);
    if (!problems.some((problem) => by.test(problem))) continue;
    expect((await play(ground, seed, null, more)).problems, `seed ${String(seed)} without it`).toEqual([]);
    return;
  }
  expect.fail(`${name} stayed hidden for ${String(MOST_SEEDS)} seeds`);
});

test.each(SHOWN_HOSTILE)('$name is caught in a hostile story', async ({ name, from, by }) => {
  const plant = PLANTS.get(name) ?? null;
  expect(plant).not.toBeNull();
  for (let seed = from; seed < from + MOST_SEEDS; seed++) {
    const { problems } = await playHostile(ground, seed, plant);
    if (!problems.some((problem) => by.test(problem))) continue;
    const without = (await playHostile(ground, seed, null)).problems;
    // What shows it may show something of its own; then the next seed is asked.
    if (without.some((problem) => by.test(problem))) continue;
    expect(without, `seed ${String(seed)} without it`).toEqual([]);
    return;
  }
  expect.fail(`${name} stayed hidden for ${String(MOST_SEEDS)} seeds`);
});
