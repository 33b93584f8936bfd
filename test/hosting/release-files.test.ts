// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { openReleaseFiles } from '../../src/hosting/release-files.ts';
import type { CommitSha, Files } from '../../src/ports.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { ReleasesInMemory } from './releases-in-memory.ts';

const COMMIT = 'a'.repeat(40) as CommitSha;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function open(releases: ReleasesInMemory): Files {
  return openReleaseFiles({ releases, tag: 'tuf', commit: COMMIT });
}

async function text(files: Files, path: string): Promise<string | null> {
  const found = await files.read(path, 1000);
  return found === null ? null : new TextDecoder().decode(found);
}

async function codeOf(step: Promise<unknown>): Promise<string> {
  try {
    await step;
    return 'accepted';
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return error.code;
  }
}

test('nothing is there before the first write, and reading makes nothing', async () => {
  const releases = new ReleasesInMemory();
  const files = open(releases);
  expect(await text(files, 'metadata/timestamp.json')).toBeNull();
  expect(await files.list()).toEqual(new Map());
  expect(releases.calls).toEqual([]);
});

test('the first write makes a published release that is not the latest; later ones use it', async () => {
  const releases = new ReleasesInMemory();
  await open(releases).write('metadata/1.root.json', bytes('root'));
  await open(releases).write('metadata/timestamp.json', bytes('one'));
  expect(releases.all()).toMatchObject([{ tag: 'tuf', target: COMMIT, draft: false, prerelease: true }]);
  expect(releases.calls).toEqual(['create tuf', 'publish tuf', 'upload 1.root.json', 'upload timestamp.json']);
  expect(await open(releases).list()).toEqual(
    new Map([
      ['metadata/1.root.json', 4],
      ['metadata/timestamp.json', 3],
    ]),
  );
  expect(await text(open(releases), 'metadata/timestamp.json')).toBe('one');
});

test('what changes is deleted and uploaded; what is the same is left alone', async () => {
  const releases = new ReleasesInMemory();
  const files = open(releases);
  await files.write('metadata/timestamp.json', bytes('one'));
  releases.calls.length = 0;
  await files.write('metadata/timestamp.json', bytes('one'));
  expect(releases.calls).toEqual([]);
  await files.write('metadata/timestamp.json', bytes('two'));
  expect(releases.calls).toEqual(['remove timestamp.json', 'upload timestamp.json']);
  expect(await text(files, 'metadata/timestamp.json')).toBe('two');
});

test('a draft of the same tag is not what clients see', async () => {
  const releases = new ReleasesInMemory();
  await releases.createDraft({ tag: 'tuf', commit: COMMIT, name: 'x', body: '', prerelease: false });
  expect(await open(releases).list()).toEqual(new Map());
});

test('an upload that broke off counts as absent', async () => {
  const releases = new ReleasesInMemory();
  const files = open(releases);
  await files.write('metadata/1.root.json', bytes('root'));
  releases.breakOff('2.snapshot.json');
  expect([...(await open(releases).list()).keys()]).toEqual(['metadata/1.root.json']);
});

test('a file is removed, and only if it is there', async () => {
  const releases = new ReleasesInMemory();
  const files = open(releases);
  await files.write('metadata/9.root.json', bytes('stray'));
  releases.calls.length = 0;
  await files.remove('metadata/8.root.json');
  await files.remove('metadata/9.root.json');
  expect(releases.calls).toEqual(['remove 9.root.json']);
  expect(await files.list()).toEqual(new Map());
});

test.each([
  ['there already', 'published'],
  ['as the host makes all of them', 'new'],
])('an immutable release, %s, is refused', async (_, which) => {
  const releases = new ReleasesInMemory({ immutable: true });
  if (which === 'published') {
    const draft = await releases.createDraft({ tag: 'tuf', commit: COMMIT, name: 'x', body: '', prerelease: true });
    await releases.publish(draft.id, { tag: 'tuf', commit: COMMIT });
  }
  expect(await codeOf(open(releases).write('metadata/timestamp.json', bytes('one')))).toBe('release-immutable');
  expect(releases.calls.filter((call) => call.startsWith('upload'))).toEqual([]);
  expect(await codeOf(open(new ReleasesInMemory()).write('metadata/timestamp.json', bytes('one')))).toBe('accepted');
});

test.each(['targets/a', 'metadata/deep/a.json', 'metadata/', 'timestamp.json'])('%s is no file of it', async (path) => {
  const releases = new ReleasesInMemory();
  expect(await codeOf(open(releases).write(path, bytes('x')))).toBe('setting-missing');
  expect(await codeOf(open(releases).copyIn(path, 'x', { length: 1, sha256: '' }))).toBe('setting-missing');
  expect(await text(open(releases), path)).toBeNull();
  expect(releases.calls).toEqual([]);
});
