// SPDX-License-Identifier: Apache-2.0
// Plays seeded states of a repository twice, without strangers and beside them: nothing that is decided, done or written may differ.
//
//   node scripts/strangers.mjs [--seeds N] [--from S] [--plant MISTAKE] [--only NAMES] [--jobs N]
//
//   --seeds N        how many seeds (1000; with --from 1); of one, everything that strangers did is shown
//   --from S         the first seed
//   --plant MISTAKE  with one of the mistakes of test/strangers/plants.ts; ends with 0 when at least one seed shows it
//   --only NAMES     looks at these invariants of test/strangers/invariants.ts alone, with commas between them
//   --jobs N         processes (twice the cores: each waits for a part of its time)
//
// Ends with 1 when any seed shows something wrong.
import { parseArgs } from 'node:util';
import { count, JOBS, playSeeds } from './seeds.mjs';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string' },
    plant: { type: 'string' },
    only: { type: 'string' },
    jobs: { type: 'string' },
  },
});

await playSeeds({
  config: 'test/strangers/vitest.config.ts',
  seed: count(values, 'from', 1),
  runs: count(values, 'seeds', values.from === undefined ? 1000 : 1),
  jobs: count(values, 'jobs', JOBS),
  plant: values.plant,
  env: values.only === undefined ? {} : { CS_ONLY: values.only },
});
