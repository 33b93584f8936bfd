// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { decideUploads } from '../../src/event/decide-uploads.ts';

test.each<[string, number, number | null, number, number]>([
  ['no bound: all at once', 5_000, null, 5_000, 0],
  ['nothing to bring in', 0, 0, 0, 0],
  ['room for all', 100, 200, 100, 0],
  ['one request too few: the metadata first, then none, since it goes out twice', 100, 199, 0, 0],
  ['room for some after the metadata', 900, 950, 0, 200],
  ['room for fewer', 900, 260, 0, 60],
  ['nothing left', 1, 0, 0, 0],
])('%s', (_, count, left, now, next) => {
  expect(decideUploads(count, left)).toEqual({ now, next });
});
