// SPDX-License-Identifier: Apache-2.0
import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** What scripts/strangers.mjs runs, in each of its processes. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/strangers/strangers.runs.ts'],
    globals: false,
    testTimeout: 86_400_000,
    hookTimeout: 120_000,
    pool: 'forks',
    disableConsoleIntercept: true,
    reporters: [['default', { summary: false }]],
  },
});

export default config;
