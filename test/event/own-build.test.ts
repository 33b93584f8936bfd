// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { compareBuild, type OwnBuild } from '../../src/event/own-build.ts';
import type { HashedFile } from '../../src/ports.ts';
import { parseTargets, type Targets } from '../../src/tuf/targets.ts';
import { seal, targetsSigned } from './support.ts';

function signed(files: Readonly<Record<string, string>>): Targets {
  return parseTargets(seal(targetsSigned({ files }))).signed;
}

function built(files: Readonly<Record<string, string>>): readonly HashedFile[] {
  return Object.entries(files).map(([name, text]) => ({
    source: `/build/${name}`,
    name,
    length: Buffer.byteLength(text),
    sha256: createHash('sha256').update(text).digest('hex'),
  }));
}

function compared(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
  prefix: string | null = null,
): OwnBuild {
  return compareBuild([{ before: signed(before), signed: signed(after) }], built(own), prefix);
}

const same = { prefix: 'v2/', same: 2, differing: [], missing: [], extra: [] };
const two = { 'v2/a': 'a', 'v2/d/b': 'b' };

describe('an own build', () => {
  const rows: Readonly<Record<string, readonly [OwnBuild, OwnBuild]>> = {
    'of the same files': [compared({}, two, { a: 'a', 'd/b': 'b' }), same],
    'named by whole paths': [compared({}, two, two), { ...same, prefix: '' }],
    'with a prefix of its own': [compared({}, two, { 'd/b': 'b', a: 'a' }, 'v2/'), same],
    'with another prefix': [
      compared({}, two, { a: 'a', 'd/b': 'b' }, 'v1/'),
      { prefix: 'v1/', same: 0, differing: [], missing: ['v2/a', 'v2/d/b'], extra: ['a', 'd/b'] },
    ],
    'with other bytes of the same length': [compared({}, two, { a: 'x', 'd/b': 'b' }), { ...same, same: 1, differing: ['v2/a'] }],
    'without one of them': [compared({}, two, { a: 'a' }), { ...same, same: 1, missing: ['v2/d/b'] }],
    'with one more': [compared({}, two, { a: 'a', 'd/b': 'b', c: 'c' }), { ...same, extra: ['c'] }],
    'beside what was signed before': [compared({ 'v1/old': 'o' }, { 'v1/old': 'o', ...two }, { a: 'a', 'd/b': 'b' }), same],
    'of what is replaced': [
      compared({ 'v2/a': 'old' }, { 'v2/a': 'a' }, { a: 'a' }),
      { prefix: 'v2/', same: 1, differing: [], missing: [], extra: [] },
    ],
    'of directories that share no name': [
      compared({}, { 'v1/a': 'a', 'w1/a': 'b' }, { 'v1/a': 'a', 'w1/a': 'b' }),
      { prefix: '', same: 2, differing: [], missing: [], extra: [] },
    ],
    'of directories whose names begin alike': [
      compared({}, { 'v1/a': 'a', 'v10/a': 'b' }, {}),
      { prefix: '', same: 0, differing: [], missing: ['v1/a', 'v10/a'], extra: [] },
    ],
  };
  test.each(Object.entries(rows))('%s', (_name, [got, expected]) => {
    expect(got).toEqual(expected);
  });
});
