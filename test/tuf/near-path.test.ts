// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { nearPath } from '../../src/tuf/near-path.ts';

const ALL = ['v1/app.tgz', 'v1/app.zip', 'v2/app.tgz', 'docs/b.txt'];

test.each<readonly [path: string, expected: string | null, what: string]>([
  ['docs/bb.txt', 'docs/b.txt', 'a letter too many'],
  ['docs/.txt', 'docs/b.txt', 'a letter too few'],
  ['docs/B.TXT', 'docs/b.txt', 'another case'],
  ['v1/ap.tgz', 'v1/app.tgz', 'nearer to one than to others'],
  ['v1/app.tg', 'v1/app.tgz', 'cut off'],
  ['linux/amd64', null, 'nothing like it'],
  ['x', null, 'too short to say'],
  ['', null, 'nothing'],
  [`v1/${'a'.repeat(1000)}`, null, 'longer than anybody types'],
])('%s: %s (%s)', (path, expected, _what) => {
  expect(nearPath(path, ALL)).toBe(expected);
  expect(nearPath(path, [])).toBe(null);
});

test('of a hundred thousand paths it is found in a second', () => {
  const many = Array.from({ length: 100_000 }, (_, index) => `v1/some-longer-name-${String(index)}.tar.gz`);
  const begun = performance.now();
  expect(nearPath('v1/some-longer-name-99999.tar.g', many)).toBe('v1/some-longer-name-99999.tar.gz');
  expect(performance.now() - begun).toBeLessThan(5_000);
});
