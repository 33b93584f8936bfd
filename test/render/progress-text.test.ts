// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { bytesText, progressText } from '../../src/render/progress-text.ts';

test.each([
  ['hashing', 0, 1024 ** 3, 0, 'hashing 0 % (0 bytes of 1.0 GiB)'],
  ['hashing', 512 * 1024 ** 2, 1024 ** 3, 4_000, 'hashing 50 % (512.0 MiB of 1.0 GiB, 128.0 MiB/s, 4 s left)'],
  ['packing', 1024 ** 2, 1024 ** 3, 10_000, 'packing 0 % (1.0 MiB of 1.0 GiB, 102.4 KiB/s, 3 h left)'],
  ['fetching', 1024, 4096, 500, 'fetching 25 % (1.0 KiB of 4.0 KiB)'],
  ['publishing', 20, 400, 10_000, 'publishing 5 % (20 of 400, 2.0/s, 3 min left)'],
  ['staging', 0, 0, 0, 'staging 100 % (0 of 0)'],
])('%s %i of %i after %i ms', (what, done, total, elapsed, text) => {
  expect(progressText(what, done, total, elapsed)).toBe(text);
});

test.each([
  [3221225472, '3.0 GiB'],
  [29_989_273, '28.6 MiB'],
  [1023, '1023 bytes'],
  [0, '0 bytes'],
])('%i bytes', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});
