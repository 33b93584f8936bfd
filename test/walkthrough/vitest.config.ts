// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** The walkthrough, apart from the other tests: it takes minutes and needs act, which test/walkthrough/run.sh brings. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/walkthrough/**/*.runs.ts'],
    globals: false,
    testTimeout: 300_000,
    hookTimeout: 60_000,
    pool: 'forks',
    execArgv: ['--require', join(import.meta.dirname, '../e2e/driver/resolve-localhost.cjs')],
    // Its steps are printed as they are done.
    disableConsoleIntercept: true,
    bail: 1,
    reporters: ['verbose'],
  },
});

export default config;
