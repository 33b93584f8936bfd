// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from 'node:os';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Minutes of their own: .ci/run has a phase for them.
    exclude: ['test/interleavings/**', 'test/strangers/**'],
    globals: false,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    pool: 'forks',
    // Most tests wait on loopback and on child processes rather than on a core.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});

export default config;
