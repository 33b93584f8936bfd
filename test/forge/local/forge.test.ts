// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createLocalForge, openLocalForge } from '../../../src/forge/local/index.ts';
import { codesOf, commit, scratch, scratchForge, scratchPull } from './scratch.ts';
import { allPulls } from '../../fakes/all-pulls.ts';
import { allReviews } from '../../fakes/all-reviews.ts';

const PROPOSAL = { head: 'sign/releases-v1', base: 'tuf', title: 'releases v1', body: 'body' };

describe('a forge', () => {
  test('is a plain bare repository whose HEAD is the metadata branch', async () => {
    const { dir } = await scratchForge();
    expect(execFileSync('git', ['--git-dir', join(dir, 'repo.git'), 'symbolic-ref', 'HEAD'], { encoding: 'utf8' }).trim()).toBe(
      'refs/heads/tuf',
    );
    expect(
      execFileSync('git', ['--git-dir', join(dir, 'repo.git'), 'rev-parse', '--is-bare-repository'], { encoding: 'utf8' }).trim(),
    ).toBe('true');
  });

  test('is made where there is nothing else, once, and after a creation that broke off', async () => {
    const { dir } = await scratchForge();
    expect(await codesOf([createLocalForge(dir)])).toEqual(['already-exists']);
    const other = await scratch();
    writeFileSync(join(other, 'notes.txt'), '');
    expect(await codesOf([createLocalForge(other)])).toEqual(['already-exists']);
    rmSync(join(dir, 'forge.json'));
    expect(await codesOf([openLocalForge(dir, { as: 'alice' }), createLocalForge(dir)])).toEqual(['io', 'ok']);
  });

  test('is not opened where there is none, or one of a form to come', async () => {
    const { dir } = await scratchForge();
    expect(await codesOf([openLocalForge(await scratch(), { as: 'alice' }), openLocalForge(join(dir, 'none'), { as: 'alice' })])).toEqual([
      'io',
      'io',
    ]);
    writeFileSync(join(dir, 'forge.json'), '{"kind":"countersign-local-forge","version":2}');
    expect(await codesOf([openLocalForge(dir, { as: 'alice' })])).toEqual(['io']);
  });
});

describe('accounts', () => {
  test('have ids in order of creation, and are found without case', async () => {
    const { bot, alice } = await scratchForge();
    expect(await bot.viewer()).toEqual({ id: 1001, login: 'countersign[bot]' });
    expect((await bot.accounts(['alice'])).get('alice') ?? null).toBeNull();
    expect(await alice.viewer()).toEqual({ id: 1002, login: 'alice' });
    expect(await bot.ensureAccount('Bob')).toEqual({ id: 1003, login: 'Bob' });
    expect(await bot.ensureAccount('BOB')).toEqual({ id: 1003, login: 'Bob' });
    expect((await bot.accounts(['bob'])).get('bob') ?? null).toEqual({ id: 1003, login: 'Bob' });
  });

  test('made at once have one id each, and one login has one id', async () => {
    const { bot, alice } = await scratchForge();
    const logins = Array.from({ length: 20 }, (_, i) => `person-${String(i % 10)}`);
    const made = await Promise.all(logins.map((login, i) => (i % 2 === 0 ? bot : alice).ensureAccount(login)));
    expect(new Set(made.map((account) => account.id)).size).toBe(10);
    expect(new Set(made.map((account) => `${account.login} ${String(account.id)}`)).size).toBe(10);
  });

  test.each([['../alice'], [''], ['a/b'], ['by-id/1001'], ['a b'], ['-a'], ['a\n'], ['a'.repeat(41)]])('%j is no login', async (login) => {
    const { dir, bot } = await scratchForge();
    expect((await bot.accounts([login])).get(login) ?? null).toBeNull();
    const opened = await openLocalForge(dir, { as: login });
    expect(await codesOf([bot.ensureAccount(login), opened.viewer()])).toEqual(['usage', 'usage']);
  });
});

describe('pull requests', () => {
  test('follow their head branch, and show where they are', async () => {
    const { dir, bot, alice } = await scratchForge();
    const { head } = await scratchPull(bot);
    const [pull] = await allPulls(alice, 'sign/', 'tuf');
    const known = { from: 'repository', requested: [], url: `${dir}#1` };
    expect(pull).toEqual({ ...PROPOSAL, ...known, number: 1, state: 'open', author: await bot.viewer(), headSha: head });
    const next = await commit(bot, head, { 'metadata/releases.json': '{"n":2}' });
    await bot.moveBranch('sign/releases-v1', head, next, 'fast-forward');
    expect((await allPulls(alice, 'sign/releases-v1', 'tuf'))[0]?.headSha).toBe(next);
    expect(await allPulls(alice, 'sign/other', 'tuf')).toEqual([]);
  });

  test.each([
    [0o002, 0o775],
    [0o022, 0o755],
    [0o077, 0o700],
  ])('are for whom the umask %i lets in', async (mask, expected) => {
    const umask = process.umask(mask);
    onTestFinished(() => {
      process.umask(umask);
    });
    const { dir, bot } = await scratchForge();
    await scratchPull(bot);
    const modes = ['pulls', 'pulls/1', 'pulls/1/reviews'].map((path) => statSync(join(dir, path)).mode & 0o777);
    expect(modes).toEqual([expected, expected, expected]);
  });

  test('opened 6 times at once for one branch are one, for 6 branches are 6', async () => {
    const { bot, alice } = await scratchForge();
    const { base } = await scratchPull(bot);
    const heads = Array.from({ length: 6 }, (_, i) => `sign/r${String(i)}-v1`);
    for (const head of heads) await bot.moveBranch(head, null, await commit(bot, base, { [head]: 'x' }), 'fast-forward');
    const opened = await Promise.all([...heads, ...heads].map((head, i) => (i < 6 ? bot : alice).openPull({ ...PROPOSAL, head })));
    expect(new Set(opened.map((pull) => pull.number)).size).toBe(6);
    const same = await Promise.all(Array.from({ length: 6 }, () => alice.openPull(PROPOSAL)));
    expect(same.map((pull) => pull.number)).toEqual(Array.from({ length: 6 }, () => 1));
    expect((await allPulls(bot, '', 'tuf')).map((pull) => pull.number)).toEqual(Array.from({ length: 7 }, (_, i) => i + 1));
  });

  test('opened one after another begins, while the earlier still work, are one', async () => {
    const { bot, alice } = await scratchForge();
    await scratchPull(bot);
    await bot.closePull(1);
    // Staggered, so that some look before the first is there and take a number after.
    const opened = await Promise.all(
      Array.from({ length: 12 }, async (_, i) => {
        await sleep(i * 4);
        return (i % 2 === 0 ? bot : alice).openPull(PROPOSAL);
      }),
    );
    expect(new Set(opened.map((pull) => pull.number))).toEqual(new Set([2]));
    expect((await allPulls(bot, '', 'tuf')).map((pull) => pull.number)).toEqual([1, 2]);
  });

  test('need two branches, and something to merge', async () => {
    const { bot } = await scratchForge();
    const { base } = await scratchPull(bot);
    await bot.moveBranch('sign/same', null, base, 'fast-forward');
    const calls = [
      { ...PROPOSAL, head: 'sign/none' },
      { ...PROPOSAL, base: 'none' },
      { ...PROPOSAL, head: 'sign/same' },
    ];
    expect(await codesOf(calls.map((input) => bot.openPull(input)))).toEqual(['event-invalid', 'event-invalid', 'event-invalid']);
  });

  test('are merged once the base contains them, and stay so when the branch is deleted or the base set back', async () => {
    const { dir, bot } = await scratchForge();
    const { base, head } = await scratchPull(bot);
    const signed = await commit(bot, head, { 'metadata/releases.json': '{"signed":1}' });
    await bot.moveBranch('sign/releases-v1', head, signed, 'fast-forward');
    await bot.moveBranch('tuf', base, signed, 'fast-forward');
    const merged = { state: 'merged', headSha: signed };
    expect((await allPulls(bot, '', 'tuf'))[0]).toMatchObject(merged);
    await bot.closePull(1);
    execFileSync('git', ['--git-dir', join(dir, 'repo.git'), 'branch', '-D', 'sign/releases-v1'], { stdio: 'ignore' });
    expect((await allPulls(bot, '', 'tuf'))[0]).toMatchObject(merged);
    await bot.moveBranch('tuf', signed, base, 'replace');
    expect((await allPulls(bot, '', 'tuf'))[0]).toMatchObject(merged);
  });

  test('are merged as well when somebody pushed that with git alone', async () => {
    const { dir, bot } = await scratchForge();
    const { head } = await scratchPull(bot);
    execFileSync('git', ['--git-dir', join(dir, 'repo.git'), 'branch', '-f', 'tuf', head]);
    expect((await allPulls(bot, '', 'tuf'))[0]).toMatchObject({ state: 'merged', headSha: head });
  });

  test('are closed by closing, which keeps the head of that moment, or by deleting the branch', async () => {
    const { dir, bot } = await scratchForge();
    const { base, head } = await scratchPull(bot);
    await bot.closePull(1);
    await bot.closePull(1);
    const later = await commit(bot, head, { a: 'later' });
    await bot.moveBranch('sign/releases-v1', head, later, 'fast-forward');
    expect((await allPulls(bot, '', 'tuf'))[0]).toMatchObject({ state: 'closed', headSha: head });
    expect((await bot.openPull(PROPOSAL)).number).toBe(2);
    execFileSync('git', ['--git-dir', join(dir, 'repo.git'), 'branch', '-D', 'sign/releases-v1'], { stdio: 'ignore' });
    expect((await allPulls(bot, '', 'tuf'))[1]).toMatchObject({ state: 'closed', headSha: later });
    // A merge of the branch after closing does not reopen or merge the closed one.
    await bot.moveBranch('sign/releases-v1', null, later, 'fast-forward');
    await bot.moveBranch('tuf', base, later, 'fast-forward');
    expect((await allPulls(bot, '', 'tuf')).map((pull) => pull.state)).toEqual(['closed', 'merged']);
  });

  test('keep edits, and an edit and a closing at once are both kept', async () => {
    const { bot, alice } = await scratchForge();
    await scratchPull(bot);
    await Promise.all([bot.editPull(1, { title: 'new', body: 'lone \ud800 "quoted"\n😀' }), alice.closePull(1)]);
    expect((await allPulls(bot, '', 'tuf'))[0]).toMatchObject({ title: 'new', body: 'lone \ufffd "quoted"\n😀', state: 'closed' });
  });

  test('that do not exist are unknown to every method', async () => {
    const { bot } = await scratchForge();
    const { head } = await scratchPull(bot);
    const review = { state: 'COMMENTED', body: '', commitSha: head } as const;
    const calls = [
      bot.editPull(2, { title: '', body: '' }),
      bot.closePull(2),
      bot.reviews(2, []),
      bot.comments(2),
      bot.submitReview(2, review),
      bot.comment(2, ''),
      bot.stickyComment(2, 'm', 'm'),
      bot.dismissReview(1, 1),
    ];
    expect(new Set(await codesOf(calls))).toEqual(new Set(['event-unknown']));
    expect(readdirSync(join((await allPulls(bot, '', 'tuf'))[0]?.url.slice(0, -2) ?? '', 'pulls'))).toEqual(['1']);
  });
});

describe('files that are damaged', () => {
  const damages: readonly (readonly [string, string])[] = [
    ['cut off', '{"head":'],
    ['empty', ''],
    ['no object', '[]'],
    ['without members', '{}'],
    ['with a member of another type', '{"head":1,"base":"tuf","title":"","body":"","author":{"id":1,"login":"a"},"headSha":""}'],
    ['with a bad commit id', '{"head":"h","base":"tuf","title":"","body":"","author":{"id":1,"login":"a"},"headSha":"HEAD"}'],
    ['with a bad account', `{"head":"h","base":"tuf","title":"","body":"","author":{"id":0,"login":"a"},"headSha":"${'1'.repeat(40)}"}`],
    ['with a member twice', '{"head":"a","head":"b"}'],
  ];
  test.each(damages)('%s (%s) stop with an error that names them', async (_, text) => {
    const { dir, bot } = await scratchForge();
    await scratchPull(bot);
    const path = join(dir, 'pulls', '1', 'pull.json');
    writeFileSync(path, text);
    await expect(allPulls(bot, '', 'tuf')).rejects.toMatchObject({ code: 'io', where: path });
  });

  test('also when it is a review, or how a pull request ended', async () => {
    const { dir, bot } = await scratchForge();
    await scratchPull(bot);
    const review = join(dir, 'pulls', '1', 'reviews', '1.json');
    writeFileSync(review, `{"author":{"id":1,"login":"a"},"state":"APPROVE","body":"","commitSha":"${'1'.repeat(40)}"}`);
    await expect(allReviews(bot, 1)).rejects.toMatchObject({ code: 'io', where: review });
    const closed = join(dir, 'pulls', '1', 'closed.json');
    mkdirSync(closed);
    await expect(allPulls(bot, '', 'tuf')).rejects.toMatchObject({ code: 'io', where: closed });
  });
});

describe('staging', () => {
  test('takes files in under their hash and gives a path to them', async () => {
    const { bot, alice } = await scratchForge();
    const path = join(await scratch(), 'file');
    writeFileSync(path, 'bytes');
    const sha256 = createHash('sha256').update('bytes').digest('hex');
    expect(await bot.locate(sha256)).toBeNull();
    await Promise.all([bot.put(sha256, path), alice.put(sha256, path)]);
    expect(readFileSync((await alice.locate(sha256)) ?? '', 'utf8')).toBe('bytes');
    const wrong = 'f'.repeat(64);
    expect(await codesOf([bot.put(wrong, path), bot.put('../x', path), bot.locate('x'), bot.put(sha256, `${path}.none`)])).toEqual([
      'hash-mismatch',
      'hash-invalid',
      'hash-invalid',
      'io',
    ]);
    expect(await bot.locate(wrong)).toBeNull();
  });
});

describe('statuses', () => {
  test('replace the one of the same commit and context', async () => {
    const { bot, alice } = await scratchForge();
    const { base, head } = await scratchPull(bot);
    await bot.status(head, { context: 'countersign', state: 'pending', description: '1 of 2' });
    await alice.status(head, { context: 'countersign', state: 'success', description: '2 of 2' });
    await bot.status(head, { context: '../ci/test', state: 'failure', description: '' });
    expect(await bot.statusOf(head, 'countersign')).toEqual({ context: 'countersign', state: 'success', description: '2 of 2' });
    expect(await bot.statusOf(head, '../ci/test')).toMatchObject({ state: 'failure' });
    expect(await bot.statusOf(base, 'countersign')).toBeNull();
  });
});
