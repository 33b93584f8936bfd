// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { globFiles } from '../../src/artifacts/glob-files.ts';
import { hashPaths } from '../../src/hashing/hash-files.ts';

let workspace: string;

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'countersign-globs-'));
  const names = ['dist/app.tar', 'dist/app.zip', 'dist/linux/app', 'dist/mac/app', 'dist/.hidden', 'odd[1].txt', 'plain.txt'];
  for (const name of names) {
    await mkdir(dirname(join(workspace, name)), { recursive: true });
    await writeFile(join(workspace, name), name);
  }
});

afterAll(async () => {
  await rm(workspace, { recursive: true, force: true });
});

async function names(...patterns: readonly string[]): Promise<readonly string[]> {
  const makeDirectory = (): Promise<string> => mkdtemp(join(workspace, '.links-'));
  return (await hashPaths(await globFiles(patterns, { workspace, makeDirectory }))).map(({ name }) => name);
}

test.each<[string, readonly string[], readonly string[]]>([
  ['a file', ['plain.txt'], ['plain.txt']],
  ['a file whose name looks like a pattern', ['odd[1].txt'], ['odd[1].txt']],
  ['a directory, with all that is in it', ['dist'], ['.hidden', 'app.tar', 'app.zip', 'linux/app', 'mac/app']],
  ['files directly below', ['dist/*'], ['app.tar', 'app.zip']],
  ['all files below, by what the pattern leaves open', ['dist/**'], ['app.tar', 'app.zip', 'linux/app', 'mac/app']],
  ['some files in several directories', ['dist/*/app'], ['linux/app', 'mac/app']],
  ['hidden files that are asked for', ['dist/.*'], ['.hidden']],
  ['one of several endings', ['dist/*.{tar,gz}'], ['app.tar']],
  ['several patterns', ['plain.txt', 'dist/*.tar'], ['app.tar', 'plain.txt']],
  ['all but some', ['dist/*', '!dist/*.zip'], ['app.tar']],
  ['a directory but some of it', ['dist', '!dist/mac/**', '!**/*.tar'], ['.hidden', 'app.zip', 'linux/app']],
  ['a file, whatever else is left out', ['odd[1].txt', '!dist/**'], ['odd[1].txt']],
])('%s', async (_, patterns, expected) => {
  expect(await names(...patterns)).toEqual(expected);
});

test.each(['none/*', 'dist/*.exe', 'absent.txt', 'dist/x[1]'])('%s matches nothing, and is named', async (pattern) => {
  const failed = names('plain.txt', pattern);
  await expect(failed).rejects.toMatchObject({ code: 'usage' });
  await expect(failed).rejects.toThrow(JSON.stringify(pattern));
});

test('an absolute pattern', async () => {
  expect(await names(`${workspace}/dist/*.zip`)).toEqual(['app.zip']);
});
