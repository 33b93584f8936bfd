// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'rolldown';
import { describe, expect, test } from 'vitest';
import { openLocalForge } from '../../../src/forge/local/index.ts';
import { codesOf, scratch, scratchForge, scratchPull } from './scratch.ts';
import { allReviews } from '../../fakes/all-reviews.ts';

describe('reviews', () => {
  test('of 20 submitted at once from two instances all are kept, each with an id of its own', async () => {
    const { dir, bot, alice } = await scratchForge();
    const { head } = await scratchPull(bot);
    const bob = await openLocalForge(dir, { as: 'bob' });
    const bodies = Array.from({ length: 20 }, (_, i) => `review ${String(i)}`);
    const made = await Promise.all(
      bodies.map((body, i) => (i % 2 === 0 ? alice : bob).submitReview(1, { state: 'APPROVED', body, commitSha: head })),
    );
    const kept = await allReviews(bot, 1);
    expect(kept.map((review) => review.id)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(kept).toEqual(made.sort((a, b) => a.id - b.id));
    expect(new Set(kept.map((review) => review.body))).toEqual(new Set(bodies));
    expect(readdirSync(join(dir, 'pulls', '1', 'reviews')).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('and comments of several processes at once are all kept', async () => {
    const { dir, bot } = await scratchForge();
    const { head } = await scratchPull(bot);
    // Bundled, because Node 20 runs no TypeScript.
    const bundle = join(await scratch(), 'forge.mjs');
    await build({
      input: resolve('src/forge/local/index.ts'),
      platform: 'node',
      output: { file: bundle, format: 'esm' },
      logLevel: 'silent',
    });
    const work = `
      import { openLocalForge } from ${JSON.stringify(bundle)};
      const [dir, as, commitSha] = process.argv.slice(1);
      const forge = await openLocalForge(dir, { as });
      const bot = await openLocalForge(dir, { as: 'countersign[bot]' });
      for (let i = 0; i < 10; i++) {
        await forge.submitReview(1, { state: 'APPROVED', body: as + i, commitSha });
        await forge.comment(1, as + i);
        await bot.stickyComment(1, '<!-- sticky -->', '<!-- sticky -->' + as + i);
      }`;
    const people = ['alice', 'bob', 'carol'];
    const run = promisify(execFile);
    await Promise.all(people.map((as) => run(process.execPath, ['--input-type=module', '-e', work, dir, as, head])));
    const said = people.flatMap((as) => Array.from({ length: 10 }, (_, i) => `${as}${String(i)}`)).sort();
    const reviews = await allReviews(bot, 1);
    expect(reviews.map((review) => review.body).sort()).toEqual(said);
    expect(new Set(reviews.map((review) => review.author.id)).size).toBe(3);
    const comments = (await bot.comments(1)).map((comment) => comment.body);
    expect(comments.filter((body) => !body.startsWith('<!--')).sort()).toEqual(said);
    expect(comments).toHaveLength(31);
  });

  const rows: readonly (readonly ['bot' | 'alice', 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED', 'ok' | 'event-invalid'])[] = [
    ['bot', 'APPROVED', 'event-invalid'],
    ['bot', 'CHANGES_REQUESTED', 'event-invalid'],
    ['bot', 'COMMENTED', 'ok'],
    ['alice', 'APPROVED', 'ok'],
    ['alice', 'CHANGES_REQUESTED', 'ok'],
    ['alice', 'COMMENTED', 'ok'],
  ];
  test.each(rows)('on a pull request of the bot, %s submits %s: %s', async (who, state, expected) => {
    const forges = await scratchForge();
    const { head } = await scratchPull(forges.bot);
    expect(await codesOf([forges[who].submitReview(1, { state, body: 'b', commitSha: head })])).toEqual([expected]);
    expect(await allReviews(forges.bot, 1)).toHaveLength(expected === 'ok' ? 1 : 0);
  });

  test('of a pull request that is closed or merged are refused', async () => {
    const { bot, alice } = await scratchForge();
    const { base, head } = await scratchPull(bot);
    const review = { state: 'APPROVED', body: '', commitSha: head } as const;
    await bot.moveBranch('tuf', base, head, 'fast-forward');
    expect(await codesOf([alice.submitReview(1, review)])).toEqual(['event-invalid']);
    const other = await scratchForge();
    const closed = await scratchPull(other.bot);
    await other.bot.closePull(1);
    expect(await codesOf([other.alice.submitReview(1, { ...review, commitSha: closed.head })])).toEqual(['event-invalid']);
  });

  test('are dismissed one by one and keep what they said', async () => {
    const { bot, alice } = await scratchForge();
    const { head } = await scratchPull(bot);
    const first = await alice.submitReview(1, { state: 'APPROVED', body: 'first', commitSha: head });
    const second = await alice.submitReview(1, { state: 'APPROVED', body: 'second', commitSha: head });
    await bot.dismissReview(1, first.id);
    expect(await allReviews(bot, 1)).toEqual([{ ...first, state: 'DISMISSED' }, second]);
  });
});

describe('comments', () => {
  test('are kept in order, with their authors and any text', async () => {
    const { bot, alice } = await scratchForge();
    await scratchPull(bot);
    const first = await alice.comment(1, 'first\r\n```countersign\n{"a":"\\u0000"}\n```\n\u0000😀');
    const second = await bot.comment(1, '');
    expect(await alice.comments(1)).toEqual([first, second]);
    expect(second).toEqual({ id: 2, author: await bot.viewer(), body: '' });
  });

  test('that stick are one under 10 calls at once from two instances, between other comments', async () => {
    const { dir, bot, alice } = await scratchForge();
    await scratchPull(bot);
    const second = await openLocalForge(dir, { as: 'countersign[bot]' });
    await Promise.all(
      Array.from({ length: 10 }, async (_, i) => {
        await (i % 2 === 0 ? bot : second).stickyComment(1, '<!-- sticky -->', `<!-- sticky --> ${String(i)}`);
        await alice.comment(1, `other ${String(i)}`);
      }),
    );
    const comments = await bot.comments(1);
    expect(comments).toHaveLength(11);
    expect(comments.filter((comment) => comment.body.includes('<!-- sticky -->'))).toHaveLength(1);
  });

  test('that stick are edited in place, one for each author and marker', async () => {
    const { bot, alice } = await scratchForge();
    await scratchPull(bot);
    await alice.comment(1, 'quotes <!-- one -->');
    await bot.stickyComment(1, '<!-- one -->', '<!-- one --> old');
    await bot.stickyComment(1, '<!-- two -->', '<!-- two -->');
    await bot.stickyComment(1, '<!-- one -->', '<!-- one --> new');
    expect((await bot.comments(1)).map((comment) => [comment.id, comment.body])).toEqual([
      [1, 'quotes <!-- one -->'],
      [2, '<!-- one --> new'],
      [3, '<!-- two -->'],
    ]);
  });
});
