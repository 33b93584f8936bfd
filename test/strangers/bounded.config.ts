// SPDX-License-Identifier: Apache-2.0
// The bounded part of the property about strangers, for .ci/run: a few seeds that are always the same, and each planted mistake.
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/strangers/*.test.ts'],
    pool: 'forks',
    silent: 'passed-only',
    // No seed takes longer than seconds; a machine that is busy with other things must not make one fail.
    testTimeout: 1_800_000,
    hookTimeout: 600_000,
  },
});

export default config;
