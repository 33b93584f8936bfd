// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { collectFiles, type CollectedFile } from '../../src/hashing/collect.ts';
import type { ErrorCode } from '../../src/tuf/errors.ts';

const work = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'collect-')));
let root = '';

beforeEach(() => {
  root = path.join(fs.mkdtempSync(path.join(work, 'case-')), 'dist');
  fs.mkdirSync(root);
});
afterAll(() => {
  fs.rmSync(work, { recursive: true });
});

function write(name: string, text = ''): string {
  const file = path.join(root, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  return file;
}

function link(name: string, target: string): void {
  fs.symlinkSync(target, path.join(root, name));
}

/** What was found, without the stamps: whether there is one depends on the time. */
function listed(...roots: string[]): object[] {
  return collectFiles(roots).map(({ source, name, size }) => ({ source, name, size }));
}

function names(...roots: string[]): string[] {
  return collectFiles(roots).map((file) => file.name);
}

function refused(code: ErrorCode, where?: string): unknown {
  return expect.objectContaining(where === undefined ? { code } : { code, where });
}

describe('what is listed', () => {
  test('a directory gives its contents, with sizes, sorted by name', () => {
    write('b/c/d', '12345');
    write('b.txt', '1');
    write('a');
    write('\u{1f4e6}');
    write('\uff5e');
    expect(listed(root)).toEqual(
      ['a', 'b.txt', 'b/c/d', '\uff5e', '\u{1f4e6}'].map((name) => ({
        source: path.join(root, name),
        name,
        size: fs.statSync(path.join(root, name)).size,
      })),
    );
  });

  test('a file gives its last segment, also by a relative path', () => {
    const file = write('b/c', 'xyz');
    const expected = [{ source: file, name: 'c', size: 3 }];
    expect(listed(file)).toEqual(expected);
    expect(listed(path.relative(process.cwd(), file))).toEqual(expected);
  });

  test('several roots are joined', () => {
    write('one/x');
    write('two/y/z');
    expect(names(path.join(root, 'two'), path.join(root, 'one'), write('a'))).toEqual(['a', 'x', 'y/z']);
  });

  test('empty directories and no roots give nothing', () => {
    fs.mkdirSync(path.join(root, 'empty'));
    expect(names(root)).toEqual([]);
    expect(names()).toEqual([]);
  });

  test('deep directories need no stack', () => {
    write(`${'d/'.repeat(400)}file`);
    expect(names(root)).toEqual([`${'d/'.repeat(400)}file`]);
  });

  test('a root may be a link to a directory', () => {
    write('x');
    fs.symlinkSync(root, `${root}-link`);
    expect(listed(`${root}-link`)).toEqual([{ source: path.join(root, 'x'), name: 'x', size: 0 }]);
  });
});

describe('stamps', () => {
  const rest = (): string => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 40);

  test('a file at rest has one, also behind a link', () => {
    const { dev, ino } = fs.statSync(write('file', 'abc'));
    link('link', 'file');
    rest();
    const { mtimeMs, ctimeMs } = fs.statSync(path.join(root, 'file'));
    const stamp = { dev, ino, mtimeMs, ctimeMs };
    expect(collectFiles([root]).map((file) => file.stamp)).toEqual([stamp, stamp]);
  });

  test('a file that has just changed has none, whatever time it claims', () => {
    const file = write('file', 'abc');
    rest();
    fs.utimesSync(file, 1, 1);
    expect(collectFiles([file])).toMatchObject([{ stamp: null }]);
  });

  test('files are told as they are found', () => {
    for (const name of ['b/x', 'a', 'c']) write(name);
    const found: CollectedFile[] = [];
    const files = collectFiles([root], (file) => found.push(file));
    expect(files.map((file) => file.name)).toEqual(['a', 'b/x', 'c']);
    expect(new Set(found)).toEqual(new Set(files));
  });
});

describe('symbolic links', () => {
  test('a link to a file inside is that file under the name of the link', () => {
    const file = write('v1/app', 'abc');
    link('latest', 'v1/app');
    expect(listed(root)).toEqual([
      { source: file, name: 'latest', size: 3 },
      { source: file, name: 'v1/app', size: 3 },
    ]);
    expect(names(path.join(root, 'latest'))).toEqual(['latest']);
  });

  test('a link that leaves and comes back stays inside', () => {
    write('app');
    link('again', `../${path.basename(root)}/app`);
    expect(names(root)).toEqual(['again', 'app']);
  });

  test.each<[string, ErrorCode, string]>([
    ['to a file outside', 'symlink-escape', '../outside'],
    ['to a file in a directory whose name begins alike', 'symlink-escape', '../dist-other/file'],
    ['by an absolute path', 'symlink-escape', os.devNull],
    ['to the directory around', 'symlink-escape', '..'],
    ['to a link that leaves', 'symlink-escape', 'v1/out'],
    ['to a directory inside', 'file-type', 'v1'],
    ['to the root', 'file-type', '.'],
    ['to nothing', 'file-type', 'nothing'],
    ['to itself', 'file-type', 'link'],
    ['to a pipe inside', 'file-type', 'v1/pipe'],
  ])('%s: %s', (_, code, target) => {
    write('../outside');
    write('../dist-other/file');
    fs.mkdirSync(path.join(root, 'v1'));
    if (target === 'v1/pipe') execFileSync('mkfifo', [path.join(root, target)]);
    if (target === 'v1/out') fs.symlinkSync('../../outside', path.join(root, target));
    link('link', target);
    expect(() => collectFiles([root])).toThrow(refused(code));
  });
});

describe('what is refused', () => {
  test('a link given as a file that leaves the directory it is in', () => {
    write('inside');
    write('../outside');
    link('good', 'inside');
    link('bad', '../outside');
    expect(names(path.join(root, 'good'))).toEqual(['good']);
    expect(() => collectFiles([path.join(root, 'bad')])).toThrow(refused('symlink-escape', JSON.stringify(path.join(root, 'bad'))));
  });

  test('a pipe', () => {
    execFileSync('mkfifo', [path.join(root, 'pipe')]);
    expect(() => collectFiles([root])).toThrow(refused('file-type', JSON.stringify(path.join(root, 'pipe'))));
    expect(() => collectFiles([path.join(root, 'pipe')])).toThrow(refused('file-type', JSON.stringify(path.join(root, 'pipe'))));
  });

  test('a device', () => {
    expect(() => collectFiles([os.devNull])).toThrow(refused('file-type'));
  });

  test('what is missing', () => {
    expect(() => collectFiles([path.join(root, 'missing')])).toThrow(refused('io'));
    expect(() => collectFiles([path.join(root, 'missing/file')])).toThrow(refused('io'));
  });

  test('a name that is not portable, with its directory', () => {
    write('a/b:c');
    expect(() => collectFiles([root])).toThrow(refused('file-name', '"a/b:c"'));
  });

  test('a name that is not UTF-8', () => {
    fs.writeFileSync(Buffer.concat([Buffer.from(`${root}/x`), Buffer.from([0xff])]), '');
    expect(() => collectFiles([root])).toThrow(refused('file-name'));
  });

  test('a directory whose name is not UTF-8', () => {
    fs.mkdirSync(Buffer.concat([Buffer.from(`${root}/x`), Buffer.from([0xc3])]));
    expect(() => collectFiles([root])).toThrow(refused('file-name'));
  });

  test('names of different roots that clash by case', () => {
    write('one/App');
    write('two/app');
    expect(() => collectFiles([path.join(root, 'one'), path.join(root, 'two')])).toThrow(refused('file-name'));
    expect(names(root)).toEqual(['one/App', 'two/app']);
  });

  test('the same root twice', () => {
    write('a');
    expect(() => collectFiles([root, root])).toThrow(refused('file-name', '"a"'));
  });

  test.each([
    ['what is missing', ['build/*.zip'], /^"build\/\*\.zip": expected to read it, but there is no such file or directory$/],
    ['what is missing below a file', ['one/a/b'], /^"one\/a\/b": expected to read it, but a file stands where a directory is needed$/],
    ['two files of one name', ['one', 'two'], /^"a": expected each name once, got it of "one\/a" and of "two\/a"$/],
    ['two files of one name, each given', ['one/a', './two/a'], /^"a": expected each name once, got it of "one\/a" and of "\.\/two\/a"$/],
    ['a dangling link in a directory', ['links'], /^"links\/out": expected a regular file, got a symbolic link to nothing$/],
  ])('%s: the path is as it was typed', (_name, given, message) => {
    write('one/a');
    write('two/a');
    fs.mkdirSync(path.join(root, 'links'));
    fs.symlinkSync('nowhere', path.join(root, 'links', 'out'));
    const before = process.cwd();
    process.chdir(root);
    try {
      expect(() => collectFiles(given)).toThrow(message);
    } finally {
      process.chdir(before);
    }
  });
});
