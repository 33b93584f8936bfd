// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { parseCommitSha, refOf } from '../../../src/forge/local/ids.ts';
import { codesOf, commit, scratch, scratchForge } from './scratch.ts';
import { openLocalForge } from '../../../src/forge/local/index.ts';

describe('moveBranch', () => {
  test('of 20 moves at once from one expected commit exactly one wins', async () => {
    const { bot, alice } = await scratchForge();
    const base = await commit(bot, null, { a: '0' });
    await bot.moveBranch('tuf', null, base, 'fast-forward');
    const next = await Promise.all(Array.from({ length: 20 }, (_, i) => commit(bot, base, { a: `next ${String(i)}` })));
    const codes = await codesOf(next.map((to, i) => (i % 2 === 0 ? bot : alice).moveBranch('tuf', base, to, 'fast-forward')));
    expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
    expect(codes.filter((code) => code === 'ref-conflict')).toHaveLength(19);
    expect((await bot.branches('tuf')).get('tuf')).toBe(next[codes.indexOf('ok')]);
  });

  test('of 20 creations at once exactly one wins', async () => {
    const { bot } = await scratchForge();
    const next = await Promise.all(Array.from({ length: 20 }, (_, i) => commit(bot, null, { a: String(i) })));
    const codes = await codesOf(next.map((to) => bot.moveBranch('tuf', null, to, 'fast-forward')));
    expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
    expect(codes.filter((code) => code === 'ref-conflict')).toHaveLength(19);
  });

  test('20 moves of different branches at once all happen', async () => {
    const { bot } = await scratchForge();
    const sha = await commit(bot, null, { a: '0' });
    await Promise.all(Array.from({ length: 20 }, (_, i) => bot.moveBranch(`sign/r${String(i)}-v1`, null, sha, 'fast-forward')));
    expect((await bot.branches('sign/')).size).toBe(20);
  });

  test('a lock that is held for a moment is waited for, one that stays is an error and no conflict', async () => {
    const { dir, bot } = await scratchForge();
    const sha = await commit(bot, null, { a: '0' });
    await bot.moveBranch('tuf', null, sha, 'fast-forward');
    const next = await commit(bot, sha, { a: '1' });
    const lock = join(dir, 'repo.git', 'refs', 'heads', 'tuf.lock');
    writeFileSync(lock, '');
    setTimeout(() => {
      rmSync(lock);
    }, 250);
    await bot.moveBranch('tuf', sha, next, 'fast-forward');
    writeFileSync(lock, '');
    expect(await codesOf([bot.moveBranch('tuf', next, sha, 'replace')])).toEqual(['git']);
    expect((await bot.branches('tuf')).get('tuf')).toBe(next);
  });

  test('fast-forward accepts a descendant and refuses anything else, replace takes both', async () => {
    const { bot } = await scratchForge();
    const base = await commit(bot, null, { a: '0' });
    const child = await commit(bot, base, { a: '1' });
    const other = await commit(bot, null, { a: 'other' });
    await bot.moveBranch('tuf', null, base, 'fast-forward');
    expect(await codesOf([bot.moveBranch('tuf', base, other, 'fast-forward')])).toEqual(['ref-conflict']);
    await bot.moveBranch('tuf', base, child, 'fast-forward');
    expect(await codesOf([bot.moveBranch('tuf', child, base, 'fast-forward')])).toEqual(['ref-conflict']);
    await bot.moveBranch('tuf', child, other, 'replace');
    expect(await bot.branches('')).toEqual(new Map([['tuf', other]]));
  });

  test('an expected commit that the repository lacks is a conflict, a next one that it lacks is an error', async () => {
    const { bot } = await scratchForge();
    const { bot: elsewhere } = await scratchForge();
    const base = await commit(bot, null, { a: '0' });
    const foreign = await commit(elsewhere, null, { a: 'foreign' });
    await bot.moveBranch('tuf', null, base, 'fast-forward');
    expect(await codesOf([bot.moveBranch('tuf', foreign, base, 'fast-forward')])).toEqual(['ref-conflict']);
    expect(await codesOf([bot.moveBranch('tuf', base, foreign, 'fast-forward')])).toEqual(['git']);
    expect(await codesOf([bot.moveBranch('tuf', base, foreign, 'replace')])).toEqual(['git']);
    expect((await bot.branches('tuf')).get('tuf')).toBe(base);
  });
});

describe('mergeBase', () => {
  test('is the best common ancestor, null between unrelated histories, an error for a commit that is not there', async () => {
    const { bot } = await scratchForge();
    const root = await commit(bot, null, { a: '0' });
    const fork = await commit(bot, root, { a: '1' });
    const left = await commit(bot, fork, { a: 'left' });
    const right = await commit(bot, fork, { a: 'right' });
    const other = await commit(bot, null, { a: 'other' });
    expect(await bot.mergeBase(left, right)).toBe(fork);
    expect(await bot.mergeBase(left, fork)).toBe(fork);
    expect(await bot.mergeBase(left, left)).toBe(left);
    expect(await bot.mergeBase(left, other)).toBeNull();
    expect(await codesOf([bot.mergeBase(left, parseCommitSha('1'.repeat(40), 'test'))])).toEqual(['git']);
  });
});

describe('branches', () => {
  test('a prefix selects by name, and a whole name is its own prefix', async () => {
    const { bot } = await scratchForge();
    const sha = await commit(bot, null, { a: '0' });
    for (const name of ['tuf', 'tuf-published', 'sign/releases-v1', 'sign/équipe-v2'])
      await bot.moveBranch(name, null, sha, 'fast-forward');
    expect([...(await bot.branches('tuf')).keys()]).toEqual(['tuf', 'tuf-published']);
    expect([...(await bot.branches('sign/')).keys()].sort()).toEqual(['sign/releases-v1', 'sign/équipe-v2']);
    expect(await bot.branches('none')).toEqual(new Map());
  });

  const names: readonly (readonly [string, 'ok' | 'file-name'])[] = [
    ['sign/releases-v7', 'ok'],
    ['sign/.releases', 'file-name'],
    ['sign//x', 'file-name'],
    ['sign/x/', 'file-name'],
    ['x.lock', 'file-name'],
    ['x.lock2', 'ok'],
    ['x.lock/y', 'file-name'],
    ['a..b', 'file-name'],
    ['a.b', 'ok'],
    ['ends.', 'file-name'],
    ['@', 'file-name'],
    ['a@{b', 'file-name'],
    ['a@b', 'ok'],
    ['-delete', 'file-name'],
    ['delete-', 'ok'],
    ['with space', 'file-name'],
    ['a~1', 'file-name'],
    ['a\nb', 'file-name'],
    ['', 'file-name'],
  ];
  test.each(names)('the branch name %j: %s', async (name, expected) => {
    expect(
      await codesOf([
        new Promise((settle) => {
          settle(refOf(name));
        }),
      ]),
    ).toEqual([expected]);
    // The same question to git itself; a leading hyphen is our own rule, since it could be taken for an option.
    const git = await codesOf([
      new Promise((settle) => {
        settle(execFileSync('git', ['check-ref-format', `refs/heads/${name}`], { stdio: 'ignore' }));
      }),
    ]);
    if (!name.startsWith('-') && name !== '@') expect(git[0] === 'ok').toBe(expected === 'ok');
  });
});

describe('git', () => {
  test('variables of the environment that point elsewhere are ignored', async () => {
    const { dir, bot } = await scratchForge();
    const trap = join(await scratch(), 'trap');
    const hostile = {
      GIT_DIR: trap,
      GIT_WORK_TREE: trap,
      GIT_INDEX_FILE: join(trap, 'index'),
      GIT_OBJECT_DIRECTORY: join(trap, 'objects'),
      GIT_NAMESPACE: 'elsewhere',
      GIT_AUTHOR_DATE: 'nonsense',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.bare',
      GIT_CONFIG_VALUE_0: 'nonsense',
    };
    for (const [name, value] of Object.entries(hostile)) vi.stubEnv(name, value);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const sha = await commit(bot, null, { a: '0' });
    await bot.moveBranch('tuf', null, sha, 'fast-forward');
    expect((await bot.tree(sha)).size).toBe(1);
    vi.unstubAllEnvs();
    const opened = await openLocalForge(dir, { as: 'bob' });
    expect(await opened.branches('')).toEqual(new Map([['tuf', sha]]));
  });

  test('no git program is an error that says so, and ends every method', async () => {
    const { dir, bot: first } = await scratchForge();
    const sha = await commit(first, null, { a: '0' });
    const [id] = [...(await first.tree(sha)).values()].map((entry) => entry.id);
    // Another one, that remembers nothing yet.
    const bot = await openLocalForge(dir, { as: 'bob' });
    vi.stubEnv('PATH', await scratch());
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const calls = [
      bot.branches(''),
      bot.tree(sha),
      bot.blobs(id === undefined ? [] : [id]),
      commit(bot, null, { a: '1' }),
      bot.moveBranch('tuf', null, sha, 'replace'),
    ];
    expect(await codesOf(calls)).toEqual(['git', 'git', 'git', 'git', 'git']);
  });
});
