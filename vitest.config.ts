// SPDX-License-Identifier: Apache-2.0
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Minutes of their own: .ci/run has a phase for them.
    exclude: ['test/interleavings/**'],
    globals: false,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    pool: 'forks',
  },
});

export default config;
