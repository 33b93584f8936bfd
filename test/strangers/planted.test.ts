// SPDX-License-Identifier: Apache-2.0
// Mistakes that would give strangers a say: each shows within a few seeds, and the seed that shows it is good without it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withoutShortWaits } from '../interleavings/short-waits.ts';
import { StrangersGround } from './ground.ts';
import { play } from './play.ts';
import { PLANTS } from './plants.ts';

/** How many seeds a mistake may stay hidden. */
const MOST_SEEDS = 30;

let ground: StrangersGround;
let restore: () => void;

beforeAll(async () => {
  restore = withoutShortWaits();
  ground = await StrangersGround.start();
});
afterAll(async () => {
  await ground.close();
  restore();
});

/** From which seed on each is looked for, each how many, and by which invariants it shows itself. */
const SHOWN = [
  { name: 'any-carrier', from: 1, step: 1, by: /^(votes|decisions)$/ },
  { name: 'any-refusal', from: 1, step: 1, by: /^(votes|decisions)$/ },
  { name: 'first-page', from: 31, step: 1, by: /^(votes|decisions|effects)$/ },
  { name: 'any-status', from: 1, step: 1, by: /^(effects|texts)$/ },
  { name: 'stops-at-junk', from: 1, step: 1, by: /^(votes|decisions|effects|texts)$/ },
  { name: 'lists-pulls', from: 20, step: 10, by: /^requests$/ },
] as const;

test('every mistake is looked for', () => {
  expect(SHOWN.map(({ name }): string => name).sort()).toEqual([...PLANTS.keys()].sort());
});

test.each(SHOWN)('$name is caught', async ({ name, from, step, by }) => {
  const plant = PLANTS.get(name) ?? null;
  expect(plant).not.toBeNull();
  for (let seed = from; seed < from + MOST_SEEDS * step; seed += step) {
    const { problems } = await play(ground, seed, plant);
    if (!problems.some(({ invariant }) => by.test(invariant))) continue;
    expect((await play(ground, seed)).problems, `seed ${String(seed)} without it`).toEqual([]);
    return;
  }
  expect.fail(`${name} stayed hidden for ${String(MOST_SEEDS)} seeds`);
});
