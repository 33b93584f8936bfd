// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { requireDistinctPaths, requireSafePath } from '../../src/client/target-name.ts';
import { codeOf } from './support.ts';

const codeFor = (check: () => void): Promise<string> => codeOf(Promise.resolve().then(check));

describe('a target path', () => {
  test.each([
    ['app.tar', 'none'],
    ['v1.2.0/linux/app', 'none'],
    ['.hidden/..x', 'none'],
    ['a b/é~+@%41#&', 'none'],
    ['console/aux-1/com', 'none'],
    ['', 'file-name'],
    ['/etc/passwd', 'file-name'],
    ['//host/share', 'file-name'],
    ['../x', 'file-name'],
    ['a/../../x', 'file-name'],
    ['a/..', 'file-name'],
    ['./x', 'file-name'],
    ['a//b', 'file-name'],
    ['a/', 'file-name'],
    ['C:/x', 'file-name'],
    ['C:x', 'file-name'],
    ['x:stream', 'file-name'],
    ['..\\x', 'file-name'],
    ['a\\b', 'file-name'],
    ['a\u0000b', 'file-name'],
    ['a\nb', 'file-name'],
    ['a\u009b31mb', 'file-name'],
    ['a\u202eb', 'file-name'],
    ['a\ud800b', 'file-name'],
    ['a?', 'file-name'],
    ['a.', 'file-name'],
    ['a ', 'file-name'],
    ['a./b', 'file-name'],
    ['... /b', 'file-name'],
    ['NUL', 'file-name'],
    ['a/con.txt', 'file-name'],
    ['com¹', 'file-name'],
    ['aux .x', 'file-name'],
    ['x'.repeat(255), 'none'],
    ['x'.repeat(256), 'file-name'],
    ['é'.repeat(128), 'file-name'],
    ['.countersign/x', 'file-name'],
    ['.Countersign', 'file-name'],
    ['a/.countersign', 'none'],
  ])('%j: %s', async (path, code) => {
    expect(await codeFor(() => requireSafePath(path))).toBe(code);
  });
});

describe('target paths together', () => {
  test.each<[readonly string[], string]>([
    [['a', 'b', 'c/a'], 'none'],
    [['a/b', 'a/c'], 'none'],
    [['a', 'a'], 'none'],
    [['a', 'A'], 'file-name'],
    [['d/é', 'd/e\u0301'], 'file-name'],
    [['a', 'a/b'], 'file-name'],
    [['a/b/c', 'A/B'], 'file-name'],
  ])('%j: %s', async (paths, code) => {
    expect(await codeFor(() => requireDistinctPaths(paths))).toBe(code);
  });
});
