// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { parseSha256, parseTargetPath, parseTargetsRoleName, parseVersion, TARGETS } from '../../src/tuf/names.ts';
import { inWritingOrder, metadataPath, rootPath, strayPaths, targetFilePaths, TIMESTAMP_PATH } from '../../src/tuf/published-tree.ts';
import { codeOf } from './support.ts';

const version = parseVersion(12, '$');
const sha256 = parseSha256('a1'.repeat(32), '$');

describe('where clients find files (TUF §6.2.1)', () => {
  test('metadata', () => {
    expect(rootPath(version)).toBe('metadata/12.root.json');
    expect(metadataPath('snapshot', version)).toBe('metadata/12.snapshot.json');
    expect(metadataPath(TARGETS, version)).toBe('metadata/12.targets.json');
    expect(metadataPath(parseTargetsRoleName('team/a b', '$'), version)).toBe('metadata/12.team%2Fa%20b.json');
    expect(TIMESTAMP_PATH).toBe('metadata/timestamp.json');
  });

  test.each([
    ['f', [`targets/${sha256}.f`]],
    ['dir/f', [`targets/dir/${sha256}.f`, `targets/${sha256}.dir/f`]],
    ['a/b/c.tar.gz', [`targets/a/b/${sha256}.c.tar.gz`, `targets/${sha256}.a/b/c.tar.gz`]],
  ])('target %s, and where tough looks', (path, expected) => {
    expect(targetFilePaths(parseTargetPath(path, '$'), sha256)).toEqual(expected);
  });
});

describe('the order of writing: nothing points at what is not there yet', () => {
  const files = [
    TIMESTAMP_PATH,
    'metadata/10.root.json',
    'metadata/9.root.json',
    'metadata/3.snapshot.json',
    'metadata/2.targets.json',
    'metadata/5.release.json',
    'metadata/5.a.json',
    'targets/x.f',
  ];
  const first = ['targets/x.f', 'metadata/5.a.json', 'metadata/5.release.json', 'metadata/2.targets.json', 'metadata/3.snapshot.json'];
  test.each([
    ['the timestamp last', false, [...first, 'metadata/9.root.json', 'metadata/10.root.json', TIMESTAMP_PATH]],
    ['new roots last', true, [...first, TIMESTAMP_PATH, 'metadata/9.root.json', 'metadata/10.root.json']],
  ])('%s', (_, rootsLast, expected) => {
    expect(inWritingOrder(files, rootsLast)).toEqual(expected);
    expect(inWritingOrder([...files].reverse(), rootsLast)).toEqual(expected);
  });

  test('a delegated role with a name like a top-level file is written as a delegated role', () => {
    expect(inWritingOrder(['metadata/2.targets.json', 'metadata/2.targets2.json', 'metadata/2.x.snapshot.json'], false).at(-1)).toBe(
      'metadata/2.targets.json',
    );
  });

  test.each([
    ['targets/f', 'accepted'],
    ['metadata/1.root.json', 'accepted'],
    ['README.md', 'event-file-unclaimed'],
    ['/etc/passwd', 'event-file-unclaimed'],
    ['', 'event-file-unclaimed'],
  ])('%j: %s', (path, code) => {
    expect(codeOf(() => inWritingOrder([path, TIMESTAMP_PATH], false))).toBe(code);
  });
});

describe('what nobody signed for', () => {
  const latest = new Map([
    ['root', 2],
    ['snapshot', 7],
    ['releases', 3],
  ]);
  const targets = new Set([
    ...targetFilePaths(parseTargetPath('src/.gitattributes', '$'), sha256),
    ...targetFilePaths(parseTargetPath('.gitattributes', '$'), sha256),
  ]);
  const other = 'b2'.repeat(32);

  test.each([
    [TIMESTAMP_PATH, 'stays'],
    ['metadata/2.root.json', 'stays'],
    ['metadata/3.root.json', 'goes'],
    ['metadata/7.snapshot.json', 'stays'],
    ['metadata/8.snapshot.json', 'goes'],
    ['metadata/3.releases.json', 'stays'],
    ['metadata/4.releases.json', 'goes'],
    ['metadata/4.gone.json', 'stays'],
    ['metadata/releases.json', 'goes'],
    ['targets/v1/a', 'stays'],
    ['.nojekyll', 'stays'],
    ['.gitattributes', 'goes'],
    ['targets/.gitattributes', 'goes'],
    ['targets/v1/.gitattributes', 'goes'],
    ['targets/v1/x.gitattributes', 'stays'],
    ['targets/.gitattributes/x', 'stays'],
    [`targets/${sha256}.src/.gitattributes`, 'stays'],
    [`targets/${other}.src/.gitattributes`, 'goes'],
    [`targets/src/${sha256}..gitattributes`, 'stays'],
    [`targets/${sha256}..gitattributes`, 'stays'],
  ])('%s %s', (path, expected) => {
    expect(strayPaths([path], latest, targets)).toEqual(expected === 'goes' ? [path] : []);
  });
});
