// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ByteReader } from '../../../src/forge/local/byte-reader.ts';
import { parseBlobId, parseCommitSha } from '../../../src/forge/local/ids.ts';
import { openLocalForge, type LocalForge } from '../../../src/forge/local/index.ts';
import type { CommitSha, FileContent } from '../../../src/ports.ts';
import { codesOf, commit, scratch, scratchForge } from './scratch.ts';

const bytesOf = (bytes: Uint8Array): FileContent => ({ kind: 'bytes', bytes });

async function contents(forge: LocalForge, sha: CommitSha): Promise<ReadonlyMap<string, string>> {
  const tree = await forge.tree(sha);
  const blobs = await forge.blobs([...tree.values()].map((entry) => entry.id));
  return new Map([...tree].map(([path, { id }]) => [path, Buffer.from(blobs.get(id) ?? []).toString('latin1')]));
}

/** A commit whose tree is made by git itself, from lines for `git mktree`. */
function rawCommit(dir: string, tree: string): CommitSha {
  const run = (args: readonly string[], input: string): string =>
    execFileSync('git', ['--git-dir', join(dir, 'repo.git'), '-c', 'user.name=t', '-c', 'user.email=t', ...args], {
      input,
      encoding: 'utf8',
    }).trim();
  const blob = run(['hash-object', '-w', '--stdin'], 'text');
  return parseCommitSha(run(['commit-tree', '-m', 'm', run(['mktree', '--missing', '-z'], tree.replaceAll('BLOB', blob))], ''), 'test');
}

describe('writeCommit', () => {
  test('binary contents and odd names come back as they went in', async () => {
    const { bot } = await scratchForge();
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const odd = [
      'a b',
      '"quoted"',
      'back\\slash',
      'new\nline',
      'tab\tcr\r',
      'ünï/日本/😀',
      "it's",
      '-n',
      '$HOME',
      '*?[x]',
      ' lead',
      'M 100644 x',
      '\u0001',
      '.gitx/y',
    ];
    const changes = new Map<string, FileContent>(
      odd.map((name, i) => [name, bytesOf(Buffer.concat([all, Buffer.from([i]), Buffer.from('\ndone\n')]))]),
    );
    changes.set('empty', bytesOf(new Uint8Array()));
    changes.set('large', bytesOf(randomBytes(300_000)));
    const sha = await bot.writeCommit({ base: null, parents: [], changes, message: 'odd "names"\n\nünï' });
    const found = await contents(bot, sha);
    expect([...found.keys()].sort()).toEqual([...changes.keys()].sort());
    for (const [path, content] of changes)
      expect(found.get(path)).toBe(content.kind === 'bytes' ? Buffer.from(content.bytes).toString('latin1') : null);
    expect((await bot.tree(sha)).get('large')?.size).toBe(300_000);
  });

  test('the base tree is kept, changed and deleted from, and files may come from a blob or from this machine', async () => {
    const { bot } = await scratchForge();
    const base = await commit(bot, null, { keep: 'k', 'dir/old': 'o', file: 'f' });
    const id = (await bot.tree(base)).get('keep')?.id ?? parseBlobId('0'.repeat(40), 'test');
    const path = join(await scratch(), 'big');
    writeFileSync(path, 'x'.repeat(200_000));
    const changes = new Map<string, FileContent | null>([
      ['file/inside', bytesOf(Buffer.from('i'))],
      ['file', null],
      ['dir/old', null],
      ['absent', null],
      ['same', { kind: 'blob', id }],
      ['big', { kind: 'file', path, length: 200_000 }],
    ]);
    const sha = await bot.writeCommit({ base, parents: [base], changes, message: 'm' });
    expect(await contents(bot, sha)).toEqual(
      new Map([
        ['big', 'x'.repeat(200_000)],
        ['file/inside', 'i'],
        ['keep', 'k'],
        ['same', 'k'],
      ]),
    );
  });

  test('base and parents are independent of each other', async () => {
    const { dir, bot } = await scratchForge();
    const one = await commit(bot, null, { one: '1' });
    const two = await commit(bot, null, { two: '2' });
    const make = (base: CommitSha | null, parents: readonly CommitSha[]): Promise<CommitSha> =>
      bot.writeCommit({ base, parents, changes: new Map([['new', bytesOf(Buffer.from('n'))]]), message: 'm' });
    const cases = [
      { made: await make(one, [one, two]), files: ['new', 'one'], parents: [one, two] },
      { made: await make(two, [one, two]), files: ['new', 'two'], parents: [one, two] },
      { made: await make(two, []), files: ['new', 'two'], parents: [] },
      { made: await make(null, [one]), files: ['new'], parents: [one] },
    ];
    for (const { made, files, parents } of cases) {
      expect([...(await bot.tree(made)).keys()]).toEqual(files);
      expect(
        execFileSync('git', ['--git-dir', join(dir, 'repo.git'), 'log', '-1', '--format=%P %an %cn', made], { encoding: 'utf8' }).trim(),
      ).toBe([...parents, 'countersign[bot] countersign[bot]'].join(' '));
    }
  });

  test('an empty root commit, and no change at all, are commits too', async () => {
    const { bot } = await scratchForge();
    const empty = await bot.writeCommit({ base: null, parents: [], changes: new Map(), message: '' });
    expect((await bot.tree(empty)).size).toBe(0);
    const again = await bot.writeCommit({ base: empty, parents: [empty], changes: new Map(), message: 'm' });
    expect(again).not.toBe(empty);
  });

  test('it is told how far git is with large files, all together, and nothing of small ones', async () => {
    const { dir } = await scratchForge();
    const told: (readonly [number, number])[] = [];
    const forge = await openLocalForge(dir, { as: 'alice', onPacked: (done, total) => told.push([done, total]) });
    const write = async (...lengths: readonly number[]): Promise<void> => {
      const changes = new Map<string, FileContent>([['more', bytesOf(Buffer.from('m'))]]);
      for (const [index, length] of lengths.entries()) {
        const path = join(await scratch(), 'file');
        writeFileSync(path, Buffer.alloc(length));
        changes.set(String(index), { kind: 'file', path, length });
      }
      await forge.writeCommit({ base: null, parents: [], changes, message: 'm' });
    };
    const [one, other] = [10 * 1024 ** 2, 7 * 1024 ** 2];
    await write(one, other);
    expect(told.length).toBeGreaterThan(10);
    expect(told).toEqual(told.toSorted(([a], [b]) => a - b));
    expect(new Set(told.map(([, total]) => total))).toEqual(new Set([one + other]));
    expect(told.at(-1)).toEqual([one + other, one + other]);
    told.length = 0;
    await write(1000, 1000);
    expect(told).toEqual([]);
  });

  test('5,000 files in one commit are quick', async () => {
    const { bot } = await scratchForge();
    const changes = new Map(
      Array.from({ length: 5_000 }, (_, i) => [`metadata/bins/${String(i)}.json`, bytesOf(Buffer.from(`{"bin":${String(i)}}`))]),
    );
    const started = performance.now();
    const sha = await bot.writeCommit({ base: null, parents: [], changes, message: 'm' });
    // Some 200 ms alone; the bound only catches a process or a wait per file.
    expect(performance.now() - started).toBeLessThan(5_000);
    expect((await contents(bot, sha)).get('metadata/bins/4999.json')).toBe('{"bin":4999}');
  });

  test.each([199_999, 200_001, 10])(
    'a file that is not as long as was said (%i instead of 200000) is refused, and nothing lies about',
    async (length) => {
      const { dir, bot } = await scratchForge();
      const path = join(await scratch(), 'file');
      writeFileSync(path, 'x'.repeat(200_000));
      const changes = new Map<string, FileContent>([['a', { kind: 'file', path, length }]]);
      expect(await codesOf([bot.writeCommit({ base: null, parents: [], changes, message: 'm' })])).toEqual(['file-changed']);
      expect(readdirSync(join(dir, 'repo.git')).sort()).toEqual(['HEAD', 'config', 'objects', 'refs']);
    },
  );

  test('no ref is left by a commit that was written or refused', async () => {
    const { dir, bot } = await scratchForge();
    const sha = await commit(bot, null, { a: '0' });
    const id = parseBlobId('1'.repeat(40), 'test');
    const absent = new Map<string, FileContent>([['a', { kind: 'blob', id }]]);
    const gone = new Map<string, FileContent>([['a', { kind: 'file', path: join(dir, 'none'), length: 1 }]]);
    const noCommit = parseCommitSha('1'.repeat(40), 'test');
    const calls = [
      bot.writeCommit({ base: null, parents: [], changes: absent, message: 'm' }),
      bot.writeCommit({ base: null, parents: [], changes: gone, message: 'm' }),
      bot.writeCommit({ base: noCommit, parents: [sha], changes: new Map(), message: 'm' }),
      bot.writeCommit({ base: sha, parents: [noCommit], changes: new Map(), message: 'm' }),
    ];
    expect(await codesOf(calls)).toEqual(['git', 'io', 'git', 'git']);
    expect(execFileSync('git', ['--git-dir', join(dir, 'repo.git'), 'for-each-ref'], { encoding: 'utf8' })).toBe('');
    expect(readdirSync(join(dir, 'repo.git')).sort()).toEqual(['HEAD', 'config', 'objects', 'refs']);
  });

  const paths: readonly (readonly [readonly string[], 'ok' | 'file-name'])[] = [
    [['a/b', 'a/c'], 'ok'],
    [['a', 'a/c'], 'file-name'],
    [['a/b/c', 'a'], 'file-name'],
    [['a', 'ab/c'], 'ok'],
    [[''], 'file-name'],
    [['/a'], 'file-name'],
    [['a/'], 'file-name'],
    [['a//b'], 'file-name'],
    [['../a'], 'file-name'],
    [['a/./b'], 'file-name'],
    [['a/...'], 'ok'],
    [['.git/config'], 'file-name'],
    [['a/.GIT'], 'file-name'],
    [['.github/x'], 'ok'],
    [['a\0b'], 'file-name'],
    [['\ud800'], 'file-name'],
  ];
  test.each(paths)('the paths %j: %s', async (names, expected) => {
    const { bot } = await scratchForge();
    expect(await codesOf([commit(bot, null, Object.fromEntries(names.map((name) => [name, 'x'])))])).toEqual([expected]);
  });
});

describe('tree', () => {
  const trees: readonly (readonly [string, 'file' | 'other', string])[] = [
    ['a regular file', 'file', '100644 blob BLOB\ta\0'],
    ['an executable file', 'file', '100755 blob BLOB\ta\0'],
    ['a symbolic link', 'other', '120000 blob BLOB\ta\0'],
    ['a submodule', 'other', `160000 commit ${'1'.repeat(40)}\ta\0`],
  ];
  test.each(trees)('%s is told as: %s', async (_, expected, lines) => {
    const { dir, bot } = await scratchForge();
    expect((await bot.tree(rawCommit(dir, lines))).get('a')?.kind).toBe(expected);
  });

  test('a path that is not UTF-8 is told as other, and hides nothing', async () => {
    const { dir, bot } = await scratchForge();
    const stream = Buffer.concat([
      Buffer.from('commit refs/heads/x\ncommitter t <t> 0 +0000\ndata 0\nM 100644 inline a'),
      Buffer.from([0xff]),
      Buffer.from('\ndata 0\n'),
    ]);
    execFileSync('git', ['--git-dir', join(dir, 'repo.git'), 'fast-import', '--quiet'], { input: stream });
    const sha = (await bot.branches('x')).get('x') ?? parseCommitSha('0'.repeat(40), 'test');
    expect([...(await bot.tree(sha)).values()].map(({ kind }) => kind)).toEqual(['other']);
  });

  test('a commit that is not there is an error', async () => {
    const { bot } = await scratchForge();
    expect(await codesOf([bot.tree(parseCommitSha('1'.repeat(40), 'test'))])).toEqual(['git']);
  });
});

describe('blobs', () => {
  test('a missing blob, and an object that is none, are errors', async () => {
    const { bot } = await scratchForge();
    const sha = await commit(bot, null, { a: '0' });
    const present = [...(await bot.tree(sha)).values()].map((entry) => entry.id);
    expect((await bot.blobs([...present, ...present])).size).toBe(1);
    expect(await codesOf([bot.blobs([...present, parseBlobId('1'.repeat(40), 'test')])])).toEqual(['io']);
    expect(await codesOf([bot.blobs([parseBlobId(sha, 'test'), ...present])])).toEqual(['io']);
    expect(await bot.blobs([])).toEqual(new Map());
  });

  const streams: readonly (readonly [string, readonly string[], 'ok' | 'git'])[] = [
    ['whole', ['head\nbody\n'], 'ok'],
    ['in pieces', ['he', 'ad', '\n', 'b', 'od', 'y', '\n'], 'ok'],
    ['cut in the header', ['hea'], 'git'],
    ['cut in the body', ['head\nbod'], 'git'],
    ['without the last newline', ['head\nbody'], 'git'],
    ['longer than it said', ['head\nbodyx\n'], 'git'],
    ['with more after the end', ['head\nbody\nmore'], 'git'],
    ['without a newline for ever', ['h'.repeat(2_000), 'ead\nbody\n'], 'git'],
  ];
  test.each(streams)('output of git that comes %s: %j gives %s', async (_, chunks, expected) => {
    const read = async (): Promise<void> => {
      async function* source(): AsyncGenerator<Buffer> {
        for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
      }
      const reader = new ByteReader(source());
      expect(await reader.line()).toBe('head');
      expect(Buffer.from(await reader.counted(4)).toString()).toBe('body');
      await reader.end();
    };
    expect(await codesOf([read()])).toEqual([expected]);
  });
});

describe('history', () => {
  test('each content is given once, newest first, no more than asked for', async () => {
    const { bot } = await scratchForge();
    let sha = await commit(bot, null, { 'a/b': '1', other: 'x' });
    const ids = [];
    for (const text of ['2', '1', null, '3', '2']) {
      sha = await commit(bot, sha, { 'a/b': text });
      sha = await commit(bot, sha, { other: `${String(text)} ${sha}` });
    }
    for (const id of await bot.history(sha, 'a/b', 10)) ids.push(Buffer.from((await bot.blobs([id])).get(id) ?? []).toString());
    expect(ids).toEqual(['2', '3', '1']);
    expect(await bot.history(sha, 'a/b', 2)).toEqual((await bot.history(sha, 'a/b', 10)).slice(0, 2));
    expect(await bot.history(sha, 'a', 10)).toEqual([]);
    expect(await bot.history(sha, 'a/*', 10)).toEqual([]);
    expect(await bot.history(sha, 'none', 10)).toEqual([]);
  });

  test.each([[':(top)a'], [':!a'], ['*'], ['[a]'], ['-a']])('the path %j is a name and no pattern', async (path) => {
    const { bot } = await scratchForge();
    const sha = await commit(bot, await commit(bot, null, { [path]: '1', a: 'x' }), { [path]: '2', a: 'y' });
    const texts = [...(await bot.blobs(await bot.history(sha, path, 10))).values()].map((bytes) => Buffer.from(bytes).toString());
    expect(texts).toEqual(['2', '1']);
  });

  test('what a merge discarded and what a merge itself wrote are part of it', async () => {
    const { bot } = await scratchForge();
    const base = await commit(bot, null, { a: 'base' });
    const main = await commit(bot, base, { a: 'main' });
    const side = await commit(bot, base, { a: 'side' });
    const discards = await bot.writeCommit({ base: main, parents: [main, side], changes: new Map(), message: 'm' });
    const writes = await bot.writeCommit({
      base: discards,
      parents: [discards, base],
      changes: new Map([['a', bytesOf(Buffer.from('merge'))]]),
      message: 'm',
    });
    const texts = [...(await bot.blobs(await bot.history(writes, 'a', 10))).values()].map((bytes) => Buffer.from(bytes).toString());
    expect(texts[0]).toBe('merge');
    expect(texts.sort()).toEqual(['base', 'main', 'merge', 'side']);
  });
});
