// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** The real runs, apart from the other tests: they take minutes and need act, which test/e2e/run.sh brings. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/e2e/**/*.runs.ts'],
    globals: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    execArgv: ['--require', join(import.meta.dirname, 'driver/resolve-localhost.cjs')],
    maxWorkers: 2,
    // Steps of the workflows are printed as they end.
    disableConsoleIntercept: true,
    reporters: ['verbose'],
  },
});

export default config;
