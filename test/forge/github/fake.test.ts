// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openGitHub } from '../../../src/forge/github/index.ts';
import type { GitHub } from '../../../src/forge/github/index.ts';
import { parseCommitSha } from '../../../src/forge/local/ids.ts';
import type { CommitSha, FileContent } from '../../../src/ports.ts';
import { CountersignError } from '../../../src/tuf/errors.ts';
import { startGitHub } from '../../github/server.ts';
import type { FakeGitHub } from '../../github/server.ts';
import { refusalOf } from './stub.ts';
import { allPulls } from '../../fakes/all-pulls.ts';
import { allReviews } from '../../fakes/all-reviews.ts';

const FULL = 'acme/project';
const REPO = '/repos/acme/project';
const ALL = { contents: 'write', 'pull-requests': 'write', issues: 'write', statuses: 'write', actions: 'read' } as const;
const MARKER = '<!-- countersign -->';

let fake: FakeGitHub;
let tuf: CommitSha;
let sent: string[] = [];

async function connect(token: string): Promise<GitHub> {
  const log = { info: () => undefined, warn: () => undefined, progress: () => undefined };
  const onRequest = (method: string, url: string): void => void sent.push(`${method} ${new URL(url).pathname}`);
  return openGitHub({ owner: 'acme', repo: 'project', token, apiUrl: fake.apiUrl, log, onRequest });
}

async function asJob(permissions: Readonly<Record<string, 'read' | 'write'>> = ALL): Promise<GitHub> {
  return connect(fake.jobToken({ repository: FULL, permissions }));
}

function bytes(text: string): FileContent {
  return { kind: 'bytes', bytes: Buffer.from(text) };
}

/** A branch with one new file upon `tuf`, as `propose` makes it. */
async function propose(
  github: GitHub,
  branch: string,
  files: Readonly<Record<string, FileContent | null>> = { 'metadata/r.json': bytes('{}\n') },
): Promise<CommitSha> {
  const made = await github.forge.writeCommit({ base: tuf, parents: [tuf], changes: new Map(Object.entries(files)), message: 'propose' });
  await github.forge.moveBranch(branch, null, made, 'fast-forward');
  return made;
}

beforeEach(async () => {
  fake = await startGitHub();
  fake.addRepository('acme', 'project');
  fake.addUser('ann');
  fake.addCollaborator(FULL, 'ann', 'write');
  fake.commit(FULL, 'main', { 'README.md': 'hello\n' });
  tuf = parseCommitSha(fake.commit(FULL, 'tuf', { 'metadata/root.json': 'one\n', 'metadata/old.json': 'old\n' }, { orphan: true }), 'test');
  sent = [];
});
afterEach(() => fake.close());

describe('git data', () => {
  test('is read back as it was written', async () => {
    const { forge } = await asJob();
    const binary = Buffer.from([0, 255, 10, 13]);
    const files: Record<string, FileContent | null> = {
      'a.txt': bytes('ä\r\n'),
      'b.bin': { kind: 'bytes', bytes: binary },
      'metadata/old.json': null,
      'gone.json': null,
    };
    const made = await propose({ ...(await asJob()), forge }, 'sign/r-v1', files);
    const tree = await forge.tree(made);
    expect([...tree.keys()].toSorted()).toEqual(['a.txt', 'b.bin', 'metadata/root.json']);
    const ids = ['a.txt', 'b.bin'].flatMap((path) => tree.get(path)?.id ?? []);
    expect([...(await forge.blobs(ids)).values()].map((one) => Buffer.from(one))).toEqual([Buffer.from('ä\r\n'), binary]);
    expect(await forge.mergeBase(tuf, made)).toBe(tuf);
    expect(await forge.mergeBase(made, parseCommitSha(fake.commit(FULL, 'main', { a: 'b' }), 'test'))).toBeNull();
    expect(await forge.branches('sign/')).toEqual(new Map([['sign/r-v1', made]]));
  });

  test('an empty tree and an orphan', async () => {
    const { forge } = await asJob();
    const empty = await forge.writeCommit({
      base: tuf,
      parents: [tuf],
      changes: new Map([
        ['metadata/root.json', null],
        ['metadata/old.json', null],
      ]),
      message: 'm',
    });
    expect((await forge.tree(empty)).size).toBe(0);
    const orphan = await forge.writeCommit({ base: null, parents: [], changes: new Map([['a', bytes('a')]]), message: 'm' });
    expect([...(await forge.tree(orphan)).keys()]).toEqual(['a']);
    const upon = await forge.writeCommit({ base: empty, parents: [empty], changes: new Map([['a', bytes('a')]]), message: 'm' });
    expect([...(await forge.tree(upon)).keys()]).toEqual(['a']);
  });

  test('a truncated tree is walked', async () => {
    fake.repository(FULL).settings.maxTreeEntries = 4;
    const { forge } = await asJob();
    const files = Object.fromEntries(['a/b/c', 'a/b/d', 'a/e', 'f/g', 'h'].map((path) => [path, bytes(path)]));
    const made = await propose(await asJob(), 'sign/r-v1', files);
    expect([...(await forge.tree(made)).keys()].toSorted()).toEqual([
      'a/b/c',
      'a/b/d',
      'a/e',
      'f/g',
      'h',
      'metadata/old.json',
      'metadata/root.json',
    ]);
  });

  test('the history of a file', async () => {
    const { forge } = await asJob();
    for (const text of ['two\n', 'one\n', 'three\n']) fake.commit(FULL, 'tuf', { 'metadata/root.json': text, other: text });
    const head = (await forge.branches('tuf')).get('tuf') ?? tuf;
    const ids = await forge.history(head, 'metadata/root.json', 10);
    const contents = await forge.blobs(ids);
    expect(ids.map((id) => Buffer.from(contents.get(id) ?? []).toString())).toEqual(['three\n', 'one\n', 'two\n']);
    expect(await forge.history(head, 'metadata/root.json', 2)).toEqual(ids.slice(0, 2));
    expect(await forge.history(head, 'metadata/none.json', 2)).toEqual([]);
  });
});

describe('moving a branch', () => {
  test('of twenty at once, one wins', async () => {
    const jobs = await Promise.all(Array.from({ length: 20 }, () => asJob()));
    const commits = await Promise.all(
      jobs.map(({ forge }, at) =>
        forge.writeCommit({ base: tuf, parents: [tuf], changes: new Map([['n', bytes(String(at))]]), message: 'm' }),
      ),
    );
    const results = await Promise.all(
      jobs.map(async ({ forge }, at) => {
        try {
          await forge.moveBranch('tuf', tuf, commits[at] ?? tuf, 'fast-forward');
          return 'moved';
        } catch (error) {
          return error instanceof CountersignError ? error.code : 'unknown';
        }
      }),
    );
    expect(results.toSorted()).toEqual(['moved', ...Array.from({ length: 19 }, () => 'ref-conflict')]);
    expect((await (await asJob()).forge.branches('tuf')).get('tuf')).toBe(commits[results.indexOf('moved')]);
  });

  test('by what does not descend is a conflict, unless it replaces', async () => {
    const github = await asJob();
    const made = await propose(github, 'sign/r-v1');
    expect((await refusalOf(() => github.forge.moveBranch('sign/r-v1', made, tuf, 'fast-forward'))).code).toBe('ref-conflict');
    await github.forge.moveBranch('sign/r-v1', made, tuf, 'replace');
    expect((await refusalOf(() => github.forge.moveBranch('sign/r-v1', made, tuf, 'replace'))).code).toBe('ref-conflict');
    expect((await refusalOf(() => github.forge.moveBranch('sign/r-v1', null, made, 'replace'))).code).toBe('ref-conflict');
  });

  test('that a rule forbids, and the same without the rule', async () => {
    const github = await asJob();
    const made = await propose(github, 'sign/r-v1');
    fake.protect(FULL, 'tuf', { requirePulls: true, approvals: 1 });
    expect((await refusalOf(() => github.forge.moveBranch('tuf', tuf, made, 'fast-forward'))).code).toBe('ref-protected');
    fake.protect(FULL, 'tuf', null);
    await github.forge.moveBranch('tuf', tuf, made, 'fast-forward');
  });

  test('after a stale read is a conflict', async () => {
    const github = await asJob();
    fake.faults.add({ method: 'GET', path: `${REPO}/git/matching-refs` }, { kind: 'stale' });
    const made = await propose(github, 'sign/r-v1');
    fake.commit(FULL, 'tuf', { other: 'x' });
    const stale = (await github.forge.branches('tuf')).get('tuf');
    expect(stale).toBe(tuf);
    expect((await refusalOf(() => github.forge.moveBranch('tuf', tuf, made, 'fast-forward'))).code).toBe('ref-conflict');
  });

  test.each(['done-but-502', 'reset'] as const)('whose answer is lost (%s) has happened once', async (kind) => {
    const github = await asJob();
    await github.forge.viewer();
    fake.faults.add({ method: 'POST', path: '/graphql' }, kind === 'reset' ? { kind, done: true } : { kind });
    const made = await propose(github, 'sign/r-v1');
    expect((await github.forge.branches('sign/')).get('sign/r-v1')).toBe(made);
  });
});

describe('a propose', () => {
  test.each([1, 60])('of %i files takes the same requests', async (count) => {
    const github = await asJob();
    const head = (await github.forge.branches('tuf')).get('tuf') ?? tuf;
    await github.forge.tree(head);
    await propose(
      github,
      'sign/r-v1',
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`metadata/${String(at)}.json`, bytes(`{"n":${String(at)}}\n`)])),
    );
    await github.forge.openPull({ head: 'sign/r-v1', base: 'tuf', title: 't', body: 'b' });
    expect(sent).toHaveLength(9);
  });
});

describe('pull requests', () => {
  test('open once, are edited and closed', async () => {
    const github = await asJob();
    await propose(github, 'sign/r-v1');
    const input = { head: 'sign/r-v1', base: 'tuf', title: 't', body: 'b' };
    const pull = await github.forge.openPull(input);
    expect(await github.forge.openPull(input)).toEqual(pull);
    expect(pull).toMatchObject({ head: 'sign/r-v1', base: 'tuf', state: 'open', from: 'repository', author: await github.forge.viewer() });
    await github.forge.editPull(pull.number, { title: 'u', body: 'c' });
    await github.forge.closePull(pull.number);
    await github.forge.closePull(pull.number);
    expect(await allPulls(github.forge, 'sign/', 'tuf')).toEqual([{ ...pull, title: 'u', body: 'c', state: 'closed' }]);
    expect((await refusalOf(() => github.forge.editPull(99, { title: 'u', body: 'c' }))).code).toBe('event-unknown');
  });

  test.each(['done-but-502', 'reset', 'stale'] as const)('are opened once though an answer is lost (%s)', async (kind) => {
    const github = await asJob();
    await propose(github, 'sign/r-v1');
    const input = { head: 'sign/r-v1', base: 'tuf', title: 't', body: 'b' };
    if (kind === 'stale') fake.faults.add({ method: 'GET', path: `${REPO}/pulls`, count: 2 }, { kind });
    else fake.faults.add({ method: 'POST', path: `${REPO}/pulls` }, kind === 'reset' ? { kind, done: true } : { kind });
    if (kind === 'stale') await (await asJob()).forge.openPull(input);
    await github.forge.openPull(input);
    fake.faults.clear();
    expect(await allPulls(github.forge, 'sign/', 'tuf')).toHaveLength(1);
  });

  test('of a fork are told', async () => {
    const fork = fake.createFork(FULL, 'eve');
    const eve = await connect(fake.tokenFor('eve'));
    fake.commit(`eve/${fork.name}`, 'sign/r-v1', { 'metadata/r.json': 'evil\n' });
    const ours = await asJob();
    await propose(ours, 'sign/r-v2');
    await ours.forge.openPull({ head: 'sign/r-v2', base: 'tuf', title: 't', body: 'b' });
    await eve.forge.openPull({ head: 'eve:sign/r-v1', base: 'main', title: 't', body: 'b' });
    const listed = async (base: string): Promise<unknown> =>
      (await allPulls(ours.forge, 'sign/', base)).map(({ head, from }) => [head, from]);
    expect([await listed('tuf'), await listed('main')]).toEqual([[['sign/r-v2', 'repository']], [['sign/r-v1', 'fork']]]);
  });

  test('of nothing are refused, and without the setting', async () => {
    const github = await asJob();
    await github.forge.moveBranch('sign/same', null, tuf, 'fast-forward');
    const input = { head: 'sign/same', base: 'tuf', title: 't', body: 'b' };
    expect((await refusalOf(() => github.forge.openPull(input))).code).toBe('event-invalid');
    expect((await refusalOf(() => github.forge.openPull({ ...input, head: 'sign/none' }))).code).toBe('event-invalid');
    await propose(github, 'sign/r-v1');
    fake.repository(FULL).settings.actionsMayCreatePulls = false;
    const refused = await refusalOf(() => github.forge.openPull({ ...input, head: 'sign/r-v1' }));
    expect(refused.code).toBe('setting-missing');
  });

  test('are merged by the head that was seen', async () => {
    const github = await asJob();
    const made = await propose(github, 'sign/r-v1');
    const pull = await github.forge.openPull({ head: 'sign/r-v1', base: 'tuf', title: 't', body: 'b' });
    expect((await refusalOf(() => github.forge.mergePull(pull.number, tuf))).code).toBe('ref-conflict');
    fake.faults.add({ method: 'PUT', path: `${REPO}/pulls` }, { kind: 'done-but-502' });
    const merged = await github.forge.mergePull(pull.number, made);
    expect((await github.forge.branches('tuf')).get('tuf')).toBe(merged);
    expect((await allPulls(github.forge, 'sign/', 'tuf')).map(({ state }) => state)).toEqual(['merged']);
  });

  test('are shown as merged once the base has them', async () => {
    const github = await asJob();
    const made = await propose(github, 'sign/r-v1');
    await github.forge.openPull({ head: 'sign/r-v1', base: 'tuf', title: 't', body: 'b' });
    await github.forge.moveBranch('tuf', tuf, made, 'fast-forward');
    expect((await allPulls(github.forge, 'sign/', 'tuf')).map(({ state }) => state)).toEqual(['merged']);
  });
});

describe('a conversation', () => {
  test('of reviews, comments and who is asked', async () => {
    const bot = await asJob();
    const ann = await connect(fake.tokenFor('ann'));
    const made = await propose(bot, 'sign/r-v1');
    const { number } = await bot.forge.openPull({ head: 'sign/r-v1', base: 'tuf', title: 't', body: 'b' });
    expect(await bot.forge.requestReview(number, 'ann')).toBe('asked');
    expect(await bot.forge.requestReview(number, 'nobody-here')).toBe('refused');
    expect((await allPulls(bot.forge, 'sign/', 'tuf'))[0]?.requested).toEqual([await ann.forge.viewer()]);
    const own = await refusalOf(() => bot.forge.submitReview(number, { state: 'APPROVED', body: 'b', commitSha: made }));
    expect(own.code).toBe('event-invalid');
    const given = await ann.forge.submitReview(number, { state: 'APPROVED', body: 'fine', commitSha: made });
    fake.faults.add({ method: 'POST', path: `${REPO}/pulls/${String(number)}/reviews` }, { kind: 'done-but-502' });
    const again = await ann.forge.submitReview(number, { state: 'CHANGES_REQUESTED', body: 'not', commitSha: made });
    expect(await allReviews(bot.forge, number)).toEqual([given, again]);
    expect(given).toMatchObject({ author: await ann.forge.viewer(), state: 'APPROVED', body: 'fine', commitSha: made });
    fake.faults.add({ method: 'POST', path: `${REPO}/issues` }, { kind: 'done-but-502' });
    const comment = await ann.forge.comment(number, 'hello');
    expect(await bot.forge.comments(number)).toEqual([comment]);
  });

  test('keeps one sticky comment, and leaves those of others', async () => {
    const bot = await asJob();
    const ann = await connect(fake.tokenFor('ann'));
    await propose(bot, 'sign/r-v1');
    const { number } = await bot.forge.openPull({ head: 'sign/r-v1', base: 'tuf', title: 't', body: 'b' });
    await ann.forge.comment(number, `${MARKER} a trap`);
    await bot.forge.stickyComment(number, MARKER, `${MARKER} one`);
    await bot.forge.stickyComment(number, MARKER, `${MARKER} two`);
    const before = sent.length;
    await bot.forge.stickyComment(number, MARKER, `${MARKER} two`);
    expect(sent.slice(before).map((one) => one.split(' ')[0])).toEqual(['GET']);
    expect((await bot.forge.comments(number)).map(({ body }) => body)).toEqual([`${MARKER} a trap`, `${MARKER} two`]);
  });

  test('a status is set, and cut to what GitHub takes', async () => {
    const { forge } = await asJob();
    await forge.status(tuf, { context: 'countersign', state: 'pending', description: 'x'.repeat(200) });
    await forge.status(tuf, { context: 'countersign', state: 'success', description: 'done' });
    expect(fake.repository(FULL).statuses.map(({ description }) => description?.length)).toEqual([140, 4]);
  });

  test('accounts, by any case', async () => {
    const { forge } = await asJob();
    expect((await forge.accounts(['ANN'])).get('ANN') ?? null).toMatchObject({ login: 'ann' });
    expect((await forge.accounts(['nobody-here'])).get('nobody-here') ?? null).toBeNull();
    expect(await forge.viewer()).toEqual({ id: 41898282, login: 'github-actions[bot]' });
  });
});

describe('a permission that is missing', () => {
  test.each<[keyof typeof ALL, (github: GitHub, made: CommitSha) => Promise<unknown>]>([
    ['contents', ({ forge }, made) => forge.moveBranch('sign/r-v2', null, made, 'fast-forward')],
    ['pull-requests', ({ forge }) => forge.openPull({ head: 'sign/r-v1', base: 'tuf', title: 't', body: 'b' })],
    ['statuses', ({ forge }) => forge.status(tuf, { context: 'c', state: 'pending', description: 'd' })],
    ['actions', ({ artifacts }) => artifacts.newest(1)],
  ])('%s is named, and with it the same is accepted', async (name, work) => {
    const made = await propose(await asJob(), 'sign/r-v1');
    const { [name]: _, ...others } = ALL;
    const error = await refusalOf(async () => work(await asJob(others), made));
    expect(error.code).toBe('permission-missing');
    expect(error.message).toContain(`${name}: ${name === 'actions' ? 'read' : 'write'}`);
    await work(await asJob(), made);
  });
});
