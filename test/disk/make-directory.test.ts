// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeDirectories } from '../../src/disk/make-directory.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'make-directory-'));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

describe('a directory and those above it are made', () => {
  test('and the highest that was made is told', async () => {
    expect(await makeDirectories(join(root, 'a', 'b', 'c'))).toBe(join(root, 'a'));
    expect((await stat(join(root, 'a', 'b', 'c'))).isDirectory()).toBe(true);
    expect(await makeDirectories(join(root, 'a', 'b'))).toBeNull();
  });
  test('by several at once', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => makeDirectories(join(root, 'x', 'y'))));
    expect(made.filter((path) => path === join(root, 'x'))).toHaveLength(1);
  });
});

describe('where none can be made, it ends', () => {
  test.runIf(process.platform === 'linux').each(['/proc/countersign', '/proc/countersign/a/b', '/sys/countersign'])('%s', async (path) => {
    await expect(makeDirectories(path)).rejects.toMatchObject({ code: expect.stringMatching(/^E/) });
  });
  test('a file in its place, or above it', async () => {
    await writeFile(join(root, 'file'), '');
    await expect(makeDirectories(join(root, 'file'))).rejects.toMatchObject({ code: 'ENOTDIR' });
    await expect(makeDirectories(join(root, 'file', 'a'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});
