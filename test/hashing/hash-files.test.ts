// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { collectFiles, type CollectedFile } from '../../src/hashing/collect.ts';
import { hashFiles, hashPaths, type HashedFile } from '../../src/hashing/hash-files.ts';

const MIB = 1024 * 1024;
const work = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'hash-')));
let root = '';

beforeEach(() => {
  root = fs.mkdtempSync(path.join(work, 'case-'));
});
afterAll(() => {
  fs.rmSync(work, { recursive: true });
});

function write(name: string, bytes: string | Buffer): string {
  const file = path.join(root, name);
  fs.writeFileSync(file, bytes);
  return file;
}

/** A file of zeros that takes no room. */
function writeSparse(name: string, size: number): string {
  const file = write(name, '');
  fs.truncateSync(file, size);
  return file;
}

/** Lets files come to rest: what changed a moment ago is listed without a stamp. */
function rest(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 40);
}

function expected(file: CollectedFile): HashedFile {
  const sha256 = crypto.createHash('sha256').update(fs.readFileSync(file.source)).digest('hex');
  return { source: file.source, name: file.name, length: file.size, sha256 };
}

describe('what is hashed', () => {
  test.each([0, 1, 55, 56, 63, 64, 65, 4096, MIB - 1, MIB, MIB + 1, 3 * MIB + 7, 9 * MIB])('%i bytes', async (size) => {
    write('file', crypto.randomBytes(size));
    const files = collectFiles([root]);
    expect(await hashFiles(files)).toEqual(files.map(expected));
  });

  test('nothing', async () => {
    expect(await hashFiles([])).toEqual([]);
  });

  test('a link, as the file that it leads to', async () => {
    write('file', 'abc');
    fs.symlinkSync('file', path.join(root, 'link'));
    const [file, link] = await hashFiles(collectFiles([root]));
    expect(link).toEqual({ ...file, name: 'link' });
  });

  test('the order is that of the input, whatever the sizes', async () => {
    for (let i = 0; i < 600; i++) write(`f${String(i)}`, crypto.randomBytes((i * 37) % 500));
    const files = [...collectFiles([root])].reverse();
    expect(await hashFiles(files)).toEqual(files.map(expected));
  });
});

describe('threads', () => {
  let files: readonly CollectedFile[] = [];
  let hashed: readonly HashedFile[] = [];

  function writeMixture(): void {
    for (let i = 0; i < 700; i++) write(`small${String(i)}`, `file ${String(i)}`);
    for (let i = 0; i < 6; i++) writeSparse(`big${String(i)}`, 16 * MIB + i);
  }

  beforeAll(() => {
    root = fs.mkdtempSync(path.join(work, 'mixture-'));
    writeMixture();
    files = collectFiles([root]);
    hashed = files.map(expected);
  });

  test.each([1, 2, 3])('%i give the same, and progress grows to the total', async (threads) => {
    const progress: number[] = [];
    const totals = new Set<number>();
    const result = await hashFiles(files, {
      threads,
      onProgress: (done, total) => {
        progress.push(done);
        totals.add(total);
      },
    });
    const total = files.reduce((sum, file) => sum + file.size, 0);
    expect(result).toEqual(hashed);
    expect(totals).toEqual(new Set([total]));
    expect(progress.length).toBeGreaterThan(20);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(total);
  });

  test('a bundle of one file works alike', async () => {
    const bundle = path.join(root, '..', 'bundle.mjs');
    const build = await rolldown({ input: path.resolve('src/hashing/hash-files.ts'), platform: 'node' });
    await build.write({ file: bundle, format: 'esm' });
    await build.close();
    const script = `import { hashFiles } from ${JSON.stringify(bundle)}; import fs from 'node:fs';
      console.log(JSON.stringify(await hashFiles(JSON.parse(fs.readFileSync(0, 'utf8')), { threads: 2 })))`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      input: JSON.stringify(files),
      maxBuffer: 8 * MIB,
    });
    expect(JSON.parse(output.toString())).toEqual(hashed);
  });
});

describe('a file that changes', () => {
  /** Does something after the first part has been read. */
  function midway(change: () => void): { threads: number; onProgress: () => void } {
    let calls = 0;
    const onProgress = (): void => {
      if (calls++ === 0) change();
    };
    return { threads: 1, onProgress };
  }

  const changes: [string, (file: string) => void][] = [
    ['grows', (file) => fs.appendFileSync(file, 'x')],
    ['shrinks', (file) => fs.truncateSync(file, 6 * MIB)],
    ['is rewritten in place', (file) => fs.writeFileSync(file, 'x', { flag: 'r+' })],
    [
      'is replaced by an equal one',
      (file) => {
        fs.copyFileSync(file, `${file}.new`);
        fs.renameSync(`${file}.new`, file);
      },
    ],
    ['is removed', (file) => fs.unlinkSync(file)],
  ];

  test.each(changes)('while it is read: it %s', async (_, change) => {
    const file = writeSparse('file', 12 * MIB);
    const files = collectFiles([root]);
    const [unchanged, changed] = [midway(() => undefined), midway(() => change(file))];
    expect(await hashFiles(files, unchanged)).toEqual(files.map(expected));
    await expect(hashFiles(files, changed)).rejects.toMatchObject({ code: 'file-changed', where: JSON.stringify(path.join(root, 'file')) });
  });

  test('while it is read: it is rewritten with its old time', async () => {
    const file = writeSparse('file', 12 * MIB);
    const { atime, mtime } = fs.statSync(file);
    const rewrite = (): void => {
      fs.writeFileSync(file, 'x', { flag: 'r+' });
      fs.utimesSync(file, atime, mtime);
    };
    await expect(hashFiles(collectFiles([root]), midway(rewrite))).rejects.toMatchObject({ code: 'file-changed' });
  });

  test('in another thread, and the code arrives', async () => {
    // This thread is busy with the largest file for a second, so the other one takes the changed file.
    writeSparse('a', 1024 * MIB);
    const changed = writeSparse('b', 64 * MIB);
    const files = collectFiles([root]);
    fs.appendFileSync(changed, 'x');
    let done = 0;
    const onProgress = (doneBytes: number): void => {
      done = doneBytes;
    };
    const hashing = hashFiles(files, { threads: 2, onProgress });
    await expect(hashing).rejects.toMatchObject({
      name: 'CountersignError',
      code: 'file-changed',
      where: JSON.stringify(path.join(root, 'b')),
    });
    // The rest is not read to its end first.
    expect(done).toBeLessThan(1024 * MIB);
  });
});

describe.each([
  ['a file at rest', rest],
  ['a file that has just been written', (): void => undefined],
])('%s that is not what was listed any more', (_, settle) => {
  const replacements: [string, string, (file: string) => void][] = [
    ['another length', 'file-changed', (file) => fs.writeFileSync(file, 'four')],
    ['nothing', 'file-changed', (file) => fs.unlinkSync(file)],
    [
      'a link',
      'file-changed',
      (file) => {
        fs.renameSync(file, `${file}.old`);
        fs.symlinkSync(`${file}.old`, file);
      },
    ],
    [
      'a pipe',
      'file-type',
      (file) => {
        fs.unlinkSync(file);
        execFileSync('mkfifo', [file]);
      },
    ],
    [
      'a directory',
      'file-type',
      (file) => {
        fs.unlinkSync(file);
        fs.mkdirSync(file);
      },
    ],
  ];

  test.each(replacements)('%s: %s', async (_, code, replace) => {
    const file = write('file', 'abc');
    settle();
    const files = collectFiles([root]);
    expect(await hashFiles(files)).toEqual(files.map(expected));
    replace(file);
    await expect(hashFiles(files)).rejects.toMatchObject({ code, where: JSON.stringify(path.join(root, 'file')) });
  });

  test('its directory is gone', async () => {
    fs.mkdirSync(path.join(root, 'd'));
    write('d/file', 'abc');
    const files = collectFiles([root]);
    fs.rmSync(path.join(root, 'd'), { recursive: true });
    write('d', 'abc');
    await expect(hashFiles(files)).rejects.toMatchObject({ code: 'file-changed', where: JSON.stringify(path.join(root, 'd/file')) });
  });
});

describe('a file at rest that becomes another of the same length', () => {
  const replacements: [string, (file: string) => void][] = [
    ['rewritten in place', (file) => fs.writeFileSync(file, 'xyz')],
    [
      'rewritten with its old time',
      (file) => {
        const { atime, mtime } = fs.statSync(file);
        fs.writeFileSync(file, 'xyz');
        fs.utimesSync(file, atime, mtime);
      },
    ],
    [
      'replaced by an equal one',
      (file) => {
        fs.copyFileSync(file, `${file}.new`);
        fs.renameSync(`${file}.new`, file);
      },
    ],
  ];

  test.each(replacements)('%s', async (_, replace) => {
    const file = write('file', 'abc');
    rest();
    const files = collectFiles([root]);
    expect(await hashFiles(files)).toEqual(files.map(expected));
    replace(file);
    await expect(hashFiles(files)).rejects.toMatchObject({ code: 'file-changed', where: JSON.stringify(path.join(root, 'file')) });
  });

  test('a file of the kernel that names a size and gives other bytes', async () => {
    const files = collectFiles(['/proc/version']);
    await expect(hashFiles(files)).rejects.toMatchObject({ code: 'file-changed' });
  });
});

describe('listing and hashing at once', () => {
  const FILES = 6000;

  beforeEach(() => {
    fs.mkdirSync(path.join(root, 'many'));
    for (let i = 0; i < FILES; i++) write(`many/f${String(i)}`, `file ${String(i)}`);
    writeSparse('big', 30 * MIB);
  });

  test.each([1, 2, 3])('%i threads give what listing and hashing give one after the other', async (threads) => {
    const progress: [number, number][] = [];
    const hashed = await hashPaths([root], { threads, onProgress: (done, total) => progress.push([done, total]) });
    const files = collectFiles([root]);
    const total = files.reduce((sum, file) => sum + file.size, 0);
    expect(hashed).toEqual(files.map(expected));
    expect(progress.at(-1)).toEqual([total, total]);
    expect(progress.every(([done, of], i) => of === total && done >= (progress[i - 1]?.[0] ?? 0))).toBe(true);
  });

  test('what listing refuses ends the threads that have begun', async () => {
    await expect(hashPaths([root, path.join(root, 'missing')], { threads: 3 })).rejects.toMatchObject({ code: 'io' });
  });
});

describe('the caller', () => {
  test("an error of the caller's progress ends the work", async () => {
    write('file', 'abc');
    const onProgress = (): void => {
      throw new RangeError('no');
    };
    await expect(hashFiles(collectFiles([root]), { onProgress })).rejects.toBeInstanceOf(RangeError);
  });
});
