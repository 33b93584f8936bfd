// SPDX-License-Identifier: Apache-2.0
// The seeds that scripts/interleavings.mjs asks for, one line each; for a single one every step.
import { expect, test } from 'vitest';
import { Ground } from './ground.ts';
import { playHostile } from './hostile.ts';
import { PLANTS } from './plants.ts';
import { FOCI, play, type Outcome } from './run.ts';
import { withoutShortWaits } from './short-waits.ts';

const WANTED = process.env['CS_PLANT'] ?? '';
/** Without one, every second seed is a hostile one. */
const FOCUS = process.env['CS_FOCUS'] ?? 'each in turn';
const FIRST = Number(process.env['CS_SEED'] ?? 1);
const RUNS = Number(process.env['CS_RUNS'] ?? 1);
/** Several processes share the seeds. */
const STRIDE = Number(process.env['CS_STRIDE'] ?? 1);
const IS_TRACED = process.env['CS_TRACE'] !== undefined;

/** A line of ours, which the script lets through; the artifact client writes others. */
function say(line: string): void {
  process.stdout.write(`| ${line}\n`);
}

function tell({ seed, problems, trace, completed, steps, faults }: Outcome, milliseconds: number): void {
  if (IS_TRACED) for (const step of trace) say(step);
  say(
    `seed ${String(seed)}: ${String(completed)} events completed, ${String(steps)} steps, ${String(faults)} faults, ${String(milliseconds)} ms${problems.length === 0 ? '' : ', WRONG'}`,
  );
  for (const problem of problems) say(`    ${problem}`);
}

test('the seeds that were asked for', async () => {
  const plant = PLANTS.get(WANTED) ?? null;
  if (WANTED !== '' && plant === null) throw new Error(`--plant: expected one of ${[...PLANTS.keys()].join(', ')}, got ${WANTED}`);
  if (![...FOCI.keys(), 'hostile', 'each in turn'].includes(FOCUS))
    throw new Error(`--focus: expected one of ${[...FOCI.keys(), 'hostile'].join(', ')}, got ${FOCUS}`);
  const one = (ground: Ground, seed: number): Promise<Outcome> => {
    const isHostile = FOCUS === 'hostile' || (FOCUS === 'each in turn' && seed % 2 === 1);
    return isHostile ? playHostile(ground, seed, plant) : play(ground, seed, plant, FOCI.get(FOCUS));
  };
  withoutShortWaits();
  const ground = await Ground.start();
  let wrong = 0;
  for (let count = 0; count < RUNS; count++) {
    const started = Date.now();
    const outcome = await one(ground, FIRST + count * STRIDE);
    if (outcome.problems.length > 0) wrong += 1;
    tell(outcome, Date.now() - started);
  }
  await ground.close();
  say(`end ${String(RUNS)} ${String(wrong)}`);
  // What they show is told by the script.
  expect(wrong).toBeLessThanOrEqual(RUNS);
});
