// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collectArtifacts } from '../../src/artifacts/collect-artifacts.ts';
import { parseNamePattern } from '../../src/artifacts/name-pattern.ts';
import { hashPaths } from '../../src/hashing/hash-files.ts';
import type { Log } from '../../src/ports.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { ArtifactsInMemory, stored, type StoredArtifact } from './artifacts-in-memory.ts';

const SILENT: Log = { info: () => undefined, warn: () => undefined, progress: () => undefined };
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'countersign-collect-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function collect(...all: readonly StoredArtifact[]): Promise<readonly string[]> {
  const artifacts = new ArtifactsInMemory(all);
  const { directories } = await collectArtifacts(
    artifacts,
    all.map(({ artifact }) => artifact),
    directory,
    SILENT,
  );
  return (await hashPaths(directories)).map(({ name }) => name);
}

test('the files of all artifacts, by their names in them', async () => {
  expect(await collect(stored('linux', { 'app-linux': '1', 'deep/a': '2' }), stored('macos', { 'app-macos': '3' }))).toEqual([
    'app-linux',
    'app-macos',
    'deep/a',
  ]);
});

test('a file that two artifacts have alike is taken once', async () => {
  expect(await collect(stored('linux', { LICENSE: 'same', a: '1' }), stored('macos', { LICENSE: 'same', b: '2' }))).toEqual([
    'LICENSE',
    'a',
    'b',
  ]);
});

test('one name with two contents is refused, with both artifacts', async () => {
  const all = [stored('linux', { 'bin/app': '1' }), stored('macos', { 'bin/app': '2' })];
  const failed = collect(...all);
  await expect(failed).rejects.toMatchObject({ code: 'target-exists' });
  await expect(failed).rejects.toThrow(/"bin\/app".*"linux" and "macos"/);
});

test('the name of an artifact never becomes a path', async () => {
  await collect(stored('../../outside', { a: '1' }));
  expect(await readdir(directory)).toEqual(['0']);
});

test('a download that fails ends it', async () => {
  await expect(collect(stored('linux', { a: '1' }), stored('macos', { b: '2' }, { fails: 'artifact-mismatch' }))).rejects.toBeInstanceOf(
    CountersignError,
  );
});

test.each([
  ['build-*', 'build-linux', true],
  ['build-*', 'other', false],
  ['{linux,macos}', 'macos', true],
  ['*', '.hidden', true],
  ['!logs', 'build', false],
])('the pattern %s on %s: %s', (pattern, name, expected) => {
  expect(parseNamePattern(pattern).matches(name)).toBe(expected);
});
