// SPDX-License-Identifier: Apache-2.0
// The bounded part of the interleavings, for .ci/run: a few seeds that are always the same, and each planted mistake. `npm run interleavings` plays all.
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: { include: ['test/interleavings/*.test.ts'], pool: 'forks', silent: 'passed-only' },
});

export default config;
