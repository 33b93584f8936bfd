// SPDX-License-Identifier: Apache-2.0
// Plays seeded interleavings of everything that people and workflows do, on the fake GitHub, with faults, against a model of their own.
//
//   node scripts/interleavings.mjs [--runs N] [--seed S] [--plant MISTAKE] [--focus NAME] [--jobs N]
//
//   --runs N         how many seeds (1000; with --seed 1)
//   --seed S         the first seed; alone, that one is played and every step of it shown
//   --plant MISTAKE  with one of the mistakes of test/interleavings/plants.ts; ends with 0 when at least one seed shows it
//   --focus NAME     with more of some things: `drafts`, `approvals`, `hostile` (test/interleavings/run.ts, hostile.ts); without it every second seed is hostile
//   --jobs N         processes (twice the cores: each waits for a good part of its time)
//
// Ends with 1 when any seed shows something wrong.
import { parseArgs } from 'node:util';
import { count, JOBS, playSeeds } from './seeds.mjs';

const { values } = parseArgs({
  options: {
    runs: { type: 'string' },
    seed: { type: 'string' },
    plant: { type: 'string' },
    focus: { type: 'string' },
    jobs: { type: 'string' },
  },
});

await playSeeds({
  config: 'test/interleavings/vitest.config.ts',
  seed: count(values, 'seed', 1),
  runs: count(values, 'runs', values.seed === undefined ? 1000 : 1),
  jobs: count(values, 'jobs', JOBS),
  plant: values.plant,
  env: values.focus === undefined ? {} : { CS_FOCUS: values.focus },
});
