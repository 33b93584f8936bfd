// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseCommitSha } from '../../../src/forge/local/ids.ts';
import { openLocalForge } from '../../../src/forge/local/index.ts';
import type { LocalForge } from '../../../src/forge/local/index.ts';
import type { CommitSha } from '../../../src/ports.ts';
import { codesOf, commit, scratchForge, scratchPull } from './scratch.ts';

const HEAD = 'sign/releases-v1';
const TEXTS = { title: 't', body: 'b' };

const numbers = (found: readonly { readonly number: number }[]): readonly number[] => found.map(({ number }) => number);

async function branch(forge: LocalForge, name: string, on: CommitSha): Promise<CommitSha> {
  const made = await commit(forge, on, { [`metadata/${name.replaceAll('/', '-')}.json`]: name });
  await forge.moveBranch(name, null, made, 'fast-forward');
  return made;
}

function gitIn(dir: string, ...args: readonly string[]): void {
  execFileSync('git', ['--git-dir', join(dir, 'repo.git'), ...args], { stdio: 'ignore' });
}

describe('open pull requests', () => {
  test('are those of every base, oldest first, as each is by number', async () => {
    const { bot, alice } = await scratchForge();
    const { base, head } = await scratchPull(bot);
    await bot.moveBranch('tuf2', null, base, 'fast-forward');
    await branch(bot, 'sign/a-v1', base);
    await bot.openPull({ head: 'sign/a-v1', base: 'tuf2', ...TEXTS });
    await bot.openPull({ head: HEAD, base: 'tuf2', ...TEXTS });
    await branch(bot, 'feature', base);
    await bot.openPull({ head: 'feature', base: 'tuf', ...TEXTS });
    const found = await alice.openPulls('sign/');
    expect(found.map((pull) => [pull.number, pull.head, pull.base])).toEqual([
      [1, HEAD, 'tuf'],
      [2, 'sign/a-v1', 'tuf2'],
      [3, HEAD, 'tuf2'],
    ]);
    expect(found).toEqual(await Promise.all([1, 2, 3].map((number) => alice.pull(number))));
    expect(numbers(await alice.openPulls(HEAD))).toEqual([1, 3]);
    expect(numbers(await alice.openPulls(''))).toEqual([1, 2, 3, 4]);
    // Merged into one base, the branch still asks for the other.
    await bot.moveBranch('tuf', base, head, 'fast-forward');
    expect(numbers(await alice.openPulls('sign/'))).toEqual([2, 3]);
  });
});

describe('ended pull requests', () => {
  test('are told newest first, without their texts, also where their branch is gone or moved on', async () => {
    const { dir, bot, alice } = await scratchForge();
    const { base, head } = await scratchPull(bot);
    const a = await branch(bot, 'sign/a-v1', base);
    await alice.openPull({ head: 'sign/a-v1', base: 'tuf', ...TEXTS });
    const b = await branch(bot, 'sign/b-v1', base);
    await bot.openPull({ head: 'sign/b-v1', base: 'tuf', ...TEXTS });
    await branch(bot, 'other', base);
    await bot.openPull({ head: 'other', base: 'tuf', ...TEXTS });
    expect(await bot.endedPulls('sign/')).toEqual([]);
    await bot.closePull(4);
    await bot.closePull(2);
    await bot.moveBranch('sign/a-v1', a, await commit(bot, a, { later: 'x' }), 'fast-forward');
    gitIn(dir, 'branch', '-D', 'sign/b-v1');
    await bot.moveBranch('tuf', base, head, 'fast-forward');
    const author = await bot.viewer();
    expect(await bot.endedPulls('sign/')).toEqual([
      { number: 3, head: 'sign/b-v1', base: 'tuf', state: 'closed', author, headSha: b, url: `${dir}#3` },
      { number: 2, head: 'sign/a-v1', base: 'tuf', state: 'closed', author: await alice.viewer(), headSha: a, url: `${dir}#2` },
      { number: 1, head: HEAD, base: 'tuf', state: 'merged', author, headSha: head, url: `${dir}#1` },
    ]);
    expect(numbers(await bot.endedPulls('sign/b'))).toEqual([3]);
    expect(await bot.openPulls('sign/')).toEqual([]);
  });
});

describe('a pull request by number', () => {
  test.each<[string, (bot: LocalForge, head: CommitSha, base: CommitSha) => Promise<void>, string]>([
    ['open', async () => undefined, 'open'],
    ['closed', async (bot) => bot.closePull(1), 'closed'],
    ['merged', async (bot, head, base) => bot.moveBranch('tuf', base, head, 'fast-forward'), 'merged'],
  ])('that is %s', async (_, change, state) => {
    const { bot, alice } = await scratchForge();
    const { base, head } = await scratchPull(bot);
    await change(bot, head, base);
    expect(await alice.pull(1)).toMatchObject({ number: 1, head: HEAD, base: 'tuf', state, headSha: head, from: 'repository' });
  });

  test.each([0, 2, 99, -1, 1.5])('is null where there is none (%d)', async (number) => {
    const { bot } = await scratchForge();
    await scratchPull(bot);
    expect(await bot.pull(number)).toBeNull();
  });
});

describe('a pull request that is pointed at another base', () => {
  test('is there for the other, keeps its texts and reviews, and can be pointed back', async () => {
    const { bot, alice } = await scratchForge();
    const { base, head } = await scratchPull(bot);
    await bot.moveBranch('tuf2', null, base, 'fast-forward');
    const review = await alice.submitReview(1, { state: 'APPROVED', body: 'fine', commitSha: head });
    const before = await bot.pull(1);
    await alice.retargetPull(1, 'tuf2');
    expect(await bot.pull(1)).toEqual({ ...before, base: 'tuf2' });
    expect(await bot.reviews(1, [await alice.viewer()])).toEqual([review]);
    // The old base has it now: that merges nothing of the other.
    await bot.moveBranch('tuf', base, head, 'fast-forward');
    expect((await bot.pull(1))?.state).toBe('open');
    await bot.moveBranch('tuf', head, base, 'replace');
    await bot.retargetPull(1, 'tuf');
    await bot.retargetPull(1, 'tuf');
    expect(await bot.openPulls('sign/')).toEqual([before]);
  });

  test.each<[string, (bot: LocalForge, base: CommitSha) => Promise<unknown>, string, number, string]>([
    ['where there is no such branch', async () => undefined, 'tuf-none', 1, 'event-invalid'],
    ['where a branch only starts so', async (bot, base) => bot.moveBranch('tuf2', null, base, 'fast-forward'), 'tu', 1, 'event-invalid'],
    ['when it is closed', async (bot) => bot.closePull(1), 'tuf', 1, 'event-invalid'],
    ['when there is none', async () => undefined, 'tuf', 2, 'event-unknown'],
    ['at its own branch', async () => undefined, HEAD, 1, 'event-invalid'],
    [
      'at a branch that has it already',
      async (bot, base) => {
        await branch(bot, 'tuf2', base);
        const [pull] = await bot.openPulls(HEAD);
        const at = (await bot.branches('tuf2')).get('tuf2');
        await bot.moveBranch('tuf2', at ?? base, pull?.headSha ?? base, 'replace');
      },
      'tuf2',
      1,
      'event-invalid',
    ],
    [
      'where another one is open',
      async (bot, base) => {
        await bot.moveBranch('tuf2', null, base, 'fast-forward');
        await bot.openPull({ head: HEAD, base: 'tuf2', ...TEXTS });
      },
      'tuf2',
      1,
      'event-invalid',
    ],
  ])('is refused %s', async (_, change, to, number, code) => {
    const { bot } = await scratchForge();
    const { base } = await scratchPull(bot);
    await change(bot, base);
    const before = await bot.pull(number);
    expect(await codesOf([bot.retargetPull(number, to)])).toEqual([code]);
    expect(await bot.pull(number)).toEqual(before);
  });
});

describe('a closed pull request', () => {
  test('is opened again as it was, with its reviews, as often as it is closed', async () => {
    const { bot, alice } = await scratchForge();
    const { head } = await scratchPull(bot);
    const before = await bot.pull(1);
    const review = await alice.submitReview(1, { state: 'APPROVED', body: 'fine', commitSha: head });
    for (let turn = 0; turn < 2; turn++) {
      await alice.closePull(1);
      expect(await bot.openPulls('sign/')).toEqual([]);
      expect(await bot.reopenPull(1)).toBe('open');
      expect(await bot.openPulls('sign/')).toEqual([before]);
      expect(await bot.endedPulls('sign/')).toEqual([]);
    }
    expect(await bot.reopenPull(1)).toBe('open');
    expect(await bot.reviews(1, [await alice.viewer()])).toEqual([review]);
  });

  type Change = (at: { readonly dir: string; readonly bot: LocalForge; readonly base: CommitSha; readonly head: CommitSha }) => unknown;
  test.each<[string, Change]>([
    [
      'when its branch has moved on',
      async ({ bot, head }) => bot.moveBranch(HEAD, head, await commit(bot, head, { a: 'b' }), 'fast-forward'),
    ],
    [
      'when its branch was written over',
      async ({ bot, head, base }) => bot.moveBranch(HEAD, head, await commit(bot, base, { a: 'b' }), 'replace'),
    ],
    ['when its branch is gone', ({ dir }) => gitIn(dir, 'branch', '-D', HEAD)],
    ['when another one is open for its branch', async ({ bot }) => bot.openPull({ head: HEAD, base: 'tuf', ...TEXTS })],
  ])('is refused %s, and stays closed', async (_, change) => {
    const { dir, bot } = await scratchForge();
    const { base, head } = await scratchPull(bot);
    await bot.closePull(1);
    await change({ dir, bot, base, head });
    expect(await bot.reopenPull(1)).toBe('refused');
    expect(await bot.pull(1)).toMatchObject({ state: 'closed', headSha: head });
  });

  test('is opened again beside an open one of its branch for another base', async () => {
    const { bot } = await scratchForge();
    const { base } = await scratchPull(bot);
    await bot.closePull(1);
    await bot.moveBranch('tuf2', null, base, 'fast-forward');
    await bot.openPull({ head: HEAD, base: 'tuf2', ...TEXTS });
    expect(await bot.reopenPull(1)).toBe('open');
    expect(numbers(await bot.openPulls(HEAD))).toEqual([1, 2]);
  });

  test('that is merged is refused, also when the base was set back; none is unknown', async () => {
    const { bot } = await scratchForge();
    const { base, head } = await scratchPull(bot);
    await bot.moveBranch('tuf', base, head, 'fast-forward');
    expect(await bot.reopenPull(1)).toBe('refused');
    await bot.moveBranch('tuf', head, base, 'replace');
    expect(await bot.reopenPull(1)).toBe('refused');
    expect((await bot.pull(1))?.state).toBe('merged');
    expect(await codesOf([bot.reopenPull(2)])).toEqual(['event-unknown']);
  });
});

describe('reviews by author', () => {
  test('are theirs alone, in any state, in time order', async () => {
    const { dir, bot, alice } = await scratchForge();
    const { head } = await scratchPull(bot);
    const mallory = await openLocalForge(dir, { as: 'mallory' });
    const say = { body: '', commitSha: head };
    const first = await alice.submitReview(1, { ...say, state: 'APPROVED' });
    await mallory.submitReview(1, { ...say, state: 'APPROVED', body: 'junk' });
    const ours = await bot.submitReview(1, { ...say, state: 'COMMENTED' });
    const last = await alice.submitReview(1, { ...say, state: 'CHANGES_REQUESTED' });
    await bot.dismissReview(1, first.id);
    const [a, b] = [await alice.viewer(), await bot.viewer()];
    expect(await bot.reviews(1, [a, b, a])).toEqual([{ ...first, state: 'DISMISSED' }, ours, last]);
    expect(await bot.reviews(1, [b])).toEqual([ours]);
    expect(await bot.reviews(1, [])).toEqual([]);
    expect(await bot.reviews(1, [await bot.ensureAccount('carol')])).toEqual([]);
  });

  test('are found by the number of the account, whatever login is given', async () => {
    const { bot, alice } = await scratchForge();
    const { head } = await scratchPull(bot);
    const given = await alice.submitReview(1, { state: 'APPROVED', body: '', commitSha: head });
    const carol = await bot.ensureAccount('carol');
    expect(await bot.reviews(1, [{ ...(await alice.viewer()), login: 'renamed' }])).toEqual([given]);
    expect(await bot.reviews(1, [{ ...carol, login: 'alice' }])).toEqual([]);
  });
});

describe('trees of many commits', () => {
  test('are those of each; commits that are not there are left out', async () => {
    const { bot } = await scratchForge();
    const { base, head } = await scratchPull(bot);
    const none = parseCommitSha('1'.repeat(40), 'test');
    const trees = await bot.trees([head, none, base, head]);
    expect([...trees.keys()]).toEqual([head, base]);
    expect(trees.get(head)).toEqual(await bot.tree(head));
    expect([...(trees.get(base)?.keys() ?? [])]).toEqual(['metadata/root.json']);
    expect((await bot.trees([none])).size).toBe(0);
    expect((await bot.trees([])).size).toBe(0);
    expect(await codesOf([bot.tree(none)])).toEqual(['git']);
  });

  test('leave out what is no commit, and one that git alone has removed', async () => {
    const { dir, bot } = await scratchForge();
    const { base, head } = await scratchPull(bot);
    const blob = (await bot.tree(base)).get('metadata/root.json')?.id ?? '';
    const gone = await commit(bot, base, { gone: 'x' });
    rmSync(join(dir, 'repo.git', 'objects', gone.slice(0, 2), gone.slice(2)));
    const fresh = await openLocalForge(dir, { as: 'alice' });
    expect([...(await fresh.trees([parseCommitSha(blob, 'test'), gone, head])).keys()]).toEqual([head]);
  });
});

describe('accounts by login', () => {
  test('come under the logins as given; who does not exist is left out and not made', async () => {
    const { bot, alice } = await scratchForge();
    const account = await alice.viewer();
    const found = await bot.accounts(['ALICE', 'nobody', 'alice', '../alice', '']);
    expect([...found]).toEqual([
      ['ALICE', account],
      ['alice', account],
    ]);
    expect([...(await bot.accounts(['nobody']))]).toEqual([]);
    expect((await bot.accounts([])).size).toBe(0);
  });

  test('are our automation whoever asks; everybody may write; requests have no bound', async () => {
    const { bot, alice } = await scratchForge();
    const ours = await bot.viewer();
    expect([await bot.automation(), await alice.automation()]).toEqual([[ours], [ours]]);
    expect([await bot.mayWrite(), await bot.budget()]).toEqual([true, null]);
  });
});
