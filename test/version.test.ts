// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { VERSION } from '../src/version.ts';

test.each(['package.json', 'package-lock.json'])('VERSION is the version in %s', (file) => {
  const manifest: unknown = JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'));
  expect(manifest).toHaveProperty('version', VERSION);
});
