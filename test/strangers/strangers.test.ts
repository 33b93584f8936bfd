// SPDX-License-Identifier: Apache-2.0
// What strangers do changes nothing: a few seeds, one of them with everything at once. `npm run strangers` plays more.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withoutShortWaits } from '../interleavings/short-waits.ts';
import { StrangersGround } from './ground.ts';
import { play } from './play.ts';

/** How many seeds are played, and from which on. Always the same ones: what lands must not depend on luck. */
const RUNS = Number(process.env['CS_RUNS'] ?? 15);
const FIRST = Number(process.env['CS_SEED'] ?? 31);

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

test.each(Array.from({ length: RUNS }, (_, index) => FIRST + index))(
  'seed %i: decisions, effects, versions, votes, findings and bytes are the same, and so is the cost',
  async (seed) => {
    const { problems } = await play(ground, seed);
    expect(problems, `seed ${String(seed)}; \`npm run strangers -- --seeds 1 --from ${String(seed)}\` shows its story`).toEqual([]);
  },
);

test('a seed repeats itself', async () => {
  const [first, second] = [await play(ground, 6), await play(ground, 6)];
  expect([second.story, second.requests, second.open]).toEqual([first.story, first.requests, first.open]);
});
