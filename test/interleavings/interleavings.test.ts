// SPDX-License-Identifier: Apache-2.0
// Everything at once, as seeds say, against a model that predicts what it must come to: a few seeds.
// `npm run interleavings` plays more of them, and one of them step by step.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Ground } from './ground.ts';
import { playHostile } from './hostile.ts';
import { play } from './run.ts';
import { withoutShortWaits } from './short-waits.ts';

/** How many seeds are played, and from which on. Always the same ones: what lands must not depend on luck. `npm run interleavings` plays more. */
const RUNS = Number(process.env['CS_RUNS'] ?? 8);
const FIRST = Number(process.env['CS_SEED'] ?? 2000);

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

async function requireGood(seed: number): Promise<void> {
  const { problems } = await play(ground, seed, null);
  expect(problems, `seed ${String(seed)}; \`npm run interleavings -- --seed ${String(seed)}\` shows its steps`).toEqual([]);
}

test.each(Array.from({ length: RUNS }, (_, index) => FIRST + index))(
  'seed %i: nothing is lost, nothing is reused, and what the model predicts completes',
  async (seed) => {
    await requireGood(seed);
  },
);

test.each(Array.from({ length: RUNS }, (_, index) => FIRST + index))(
  'hostile seed %i: clients are served what is fresh and signed, what is signed completes, what is revoked is published',
  async (seed) => {
    const { problems } = await playHostile(ground, seed, null);
    expect(problems, `\`npm run interleavings -- --seed ${String(seed)} --focus hostile\` shows its steps`).toEqual([]);
  },
);

test('a seed repeats itself', async () => {
  const [first, second] = [await play(ground, 3, null), await play(ground, 3, null)];
  expect(second.trace.map(steady)).toEqual(first.trace.map(steady));
});

/** A step without what counts on from run to run: the ids of releases, comments and workflow runs, and the hashes of what holds them. */
function steady(step: string): string {
  return step.replaceAll(/\b[0-9a-f]{7,40}\b/g, '…').replaceAll(/\/\d{4,}/g, '/…');
}
