// SPDX-License-Identifier: Apache-2.0
// The seeds that scripts/strangers.mjs asks for, one line each; for a single one what strangers did.
import { expect, test } from 'vitest';
import { withoutShortWaits } from '../interleavings/short-waits.ts';
import { StrangersGround } from './ground.ts';
import { play } from './play.ts';
import { PLANTS } from './plants.ts';

const WANTED = process.env['CS_PLANT'] ?? '';
const FIRST = Number(process.env['CS_SEED'] ?? 1);
const RUNS = Number(process.env['CS_RUNS'] ?? 1);
/** Several processes share the seeds. */
const STRIDE = Number(process.env['CS_STRIDE'] ?? 1);
/** The invariants that are looked at; all of them when not said. */
const ONLY = process.env['CS_ONLY']?.split(',') ?? null;
const IS_TRACED = process.env['CS_TRACE'] !== undefined;

/** A line of ours, which the script lets through; the artifact client writes others. */
function say(line: string): void {
  process.stdout.write(`| ${line}\n`);
}

test('the seeds that were asked for', async () => {
  const plant = PLANTS.get(WANTED) ?? null;
  if (WANTED !== '' && plant === null) throw new Error(`--plant: expected one of ${[...PLANTS.keys()].join(', ')}, got ${WANTED}`);
  withoutShortWaits();
  const ground = await StrangersGround.start();
  let wrong = 0;
  for (let count = 0; count < RUNS; count++) {
    const started = Date.now();
    const { seed, kind, problems: all, story, open, requests } = await play(ground, FIRST + count * STRIDE, plant);
    const problems = all.filter(({ invariant }) => ONLY?.includes(invariant) !== false);
    if (problems.length > 0) wrong += 1;
    if (IS_TRACED) for (const line of story) say(line);
    const took = `${String(requests[0])} requests, ${String(requests[1])} beside strangers, ${String(Date.now() - started)} ms`;
    say(`seed ${String(seed)}, ${kind}: ${String(open)} events open, ${took}${problems.length === 0 ? '' : ', WRONG'}`);
    for (const { invariant, what } of problems) say(`    ${invariant}: ${what}`);
  }
  await ground.close();
  say(`end ${String(RUNS)} ${String(wrong)}`);
  // What they show is told by the script.
  expect(wrong).toBeLessThanOrEqual(RUNS);
});
