// SPDX-License-Identifier: Apache-2.0
import { readdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CommandLine, writeFiles, git } from './command-line.ts';
import { prepare, type Repository, type Template } from './repository.ts';

let cli: CommandLine;
let template: Template;

beforeAll(async () => {
  cli = await CommandLine.build();
  template = await prepare(cli);
});

afterAll(async () => {
  await cli.remove();
});

async function targets(repository: Repository, role: string): Promise<Record<string, { custom: Record<string, unknown>; length: number }>> {
  const { signed } = await repository.json('status');
  const { version } = signed.find((one: { role: string }) => one.role === role);
  return (await repository.readSite(`metadata/${String(version)}.${role}.json`)).signed.targets;
}

test('a new file opens an event, a second one is added to it, and the same again is nothing new', async () => {
  const repository = await template.copy();
  const opened = await repository.proposeDocs({ 'a.txt': 'a' });
  expect(opened).toMatchObject({ outcome: 'opened', role: 'docs', version: 3, number: 3, branch: 'sign/docs-v3' });
  expect(opened.changes).toEqual([expect.objectContaining({ kind: 'added', path: 'docs/a.txt' })]);
  const added = await repository.proposeDocs({ 'b.txt': 'b' });
  expect(added).toMatchObject({ outcome: 'added', version: 3, number: 3 });
  expect(added.payload).not.toBe(opened.payload);
  const again = await repository.proposeDocs({ 'b.txt': 'b' });
  expect(again).toMatchObject({ outcome: 'nothing-new', number: 3, version: null, changes: [] });
  const published = await repository.proposeDocs({ 'first.txt': 'first\n' });
  expect(published.outcome).toBe('nothing-new');
  await repository.release(3, 'carol');
  expect(Object.keys(await targets(repository, 'docs'))).toEqual(['docs/a.txt', 'docs/b.txt', 'docs/first.txt']);
});

describe('once somebody has signed, --when-open decides', () => {
  async function halfSigned(): Promise<Repository> {
    const repository = await template.copy();
    await writeFiles(repository.path('in'), { 'one.txt': 'one', 'two.txt': 'two' });
    await repository.json('propose', '--role', 'releases', '--target-prefix', 'v1/', 'in/one.txt');
    await repository.sign(3, 'alice');
    return repository;
  }
  const second = ['propose', '--role', 'releases', '--target-prefix', 'v1/', 'in/two.txt', '--when-open'];

  test('fail: refuses', async () => {
    const repository = await halfSigned();
    expect(await repository.refusal(...second, 'fail')).toEqual({ exit: 1, code: 'event-open' });
  });

  test('queue: is told to be behind, is built again when the first completes, and completes too', async () => {
    const repository = await halfSigned();
    const queued = await repository.json(...second, 'queue');
    expect(queued).toMatchObject({ outcome: 'queued', version: 3, number: 4 });
    const waiting = await repository.json('status');
    expect(waiting.events).toMatchObject([
      { state: 'waiting', behind: null, signed: true },
      { state: 'waiting', behind: 3, signed: false },
    ]);
    await repository.sign(3, 'bob');
    const gathered = await repository.json('gather');
    expect(gathered).toMatchObject({ completed: [3], rebuilt: [4] });
    expect(gathered.events).toMatchObject([{ state: 'waiting', behind: null, pull: { number: 4 } }]);
    await repository.sign(4, 'carol');
    await repository.release(4, 'alice');
    expect(Object.keys(await targets(repository, 'releases'))).toEqual(['v1/one.txt', 'v1/two.txt']);
  });

  test('queue: may be signed before the first completes, and then goes on under the next version, where that does not count', async () => {
    const repository = await halfSigned();
    await repository.json(...second, 'queue');
    const early = await repository.run(...repository.signArguments(4, 'bob'));
    expect([early.code, early.stderr]).toEqual([0, expect.stringContaining('#3 changes the same role. If it completes first')]);
    expect((await repository.json('status')).events[1]).toMatchObject({ state: 'waiting', behind: 3, signed: true });
    await repository.sign(3, 'bob');
    const gathered = await repository.json('gather');
    expect(gathered).toMatchObject({ completed: [3], rebuilt: [4] });
    expect(gathered.events).toMatchObject([{ state: 'waiting', pull: { number: 5 }, signed: false, roles: [{ version: 4 }] }]);
    await repository.sign(5, 'bob');
    await repository.release(5, 'alice');
    expect(Object.keys(await targets(repository, 'releases'))).toEqual(['v1/one.txt', 'v1/two.txt']);
  });

  test('add: takes over what was proposed under the next version; its signatures do not count there, and it stays open', async () => {
    const repository = await halfSigned();
    const added = await repository.json(...second, 'add');
    expect(added).toMatchObject({ outcome: 'queued', version: 3, number: 4 });
    expect(added.changes).toHaveLength(1);
    const { events } = await repository.json('status');
    expect(events).toMatchObject([
      { pull: { number: 3 }, signed: true, behind: null },
      { pull: { number: 4 }, signed: false, behind: 3 },
    ]);
    await repository.sign(4, 'bob');
    expect((await repository.json('gather')).completed).toEqual([]);
    await repository.release(4, 'alice');
    expect(Object.keys(await targets(repository, 'releases'))).toEqual(['v1/one.txt', 'v1/two.txt']);
    // All that the first one brings is there: it has nothing left to complete.
    expect((await repository.json('status')).events).toEqual([]);
  });

  test('--next-version: what nobody is known to have signed is proposed again, for a version that sign --print has used up', async () => {
    const repository = await template.copy();
    await writeFiles(repository.path('in'), { 'one.txt': 'one', 'two.txt': 'two' });
    const one = ['propose', '--role', 'releases', '--target-prefix', 'v1/', 'in/one.txt'];
    expect(await repository.json(...one)).toMatchObject({ version: 2, number: 3 });
    await repository.run(...repository.signArguments(3, 'alice'), '--print');
    expect(await repository.json(...one, '--next-version')).toMatchObject({ version: 3, number: 4 });
    expect((await repository.json('status')).events).toMatchObject([{ pull: { number: 4 }, signed: false }]);
    await repository.sign(4, 'alice');
    await repository.release(4, 'bob');
    expect(Object.keys(await targets(repository, 'releases'))).toEqual(['v1/one.txt']);
  });
});

describe('abandon', () => {
  const key = (person: string): readonly string[] => ['--as', person, '--key', `file:keys/${person}.pem`];

  test('closes what nobody has signed, for whoever may write', async () => {
    const repository = await template.copy();
    await repository.proposeDocs({ 'a.txt': 'a' });
    expect(await repository.json('abandon', '3')).toMatchObject({ outcome: 'abandoned', number: 3, left: [], live: [] });
    expect((await repository.json('status')).events).toEqual([]);
  });

  test('of what people have signed takes the keys of all of them', async () => {
    const repository = await template.copy();
    const { payload } = await repository.proposeDocs({ 'a.txt': 'a' });
    await repository.sign(3, 'carol');
    const before = await repository.refs();
    expect(await repository.refusal('abandon', '3')).toEqual({ exit: 1, code: 'not-a-signer' });
    expect(await repository.refs()).toBe(before);
    const live = [{ by: 'carol', role: 'docs', version: 3, payload }];
    expect(await repository.json('abandon', '3', ...key('carol'))).toMatchObject({ outcome: 'abandoned', left: [], live });
  });

  test('takes back one signature of two and leaves the event open; the second closes it', async () => {
    const repository = await template.copy();
    await writeFiles(repository.path('in'), { 'one.txt': 'one' });
    await repository.json('propose', '--role', 'releases', '--target-prefix', 'v1/', 'in/one.txt');
    for (const person of ['alice', 'bob'] as const) await repository.sign(3, person);
    expect(await repository.json('abandon', '3', ...key('alice'))).toMatchObject({ outcome: 'withdrawn', number: 3, left: ['bob'] });
    expect((await repository.json('gather')).completed).toEqual([]);
    expect((await repository.json('status')).events).toMatchObject([{ state: 'waiting', pull: { number: 3 } }]);
    const { outcome, live } = await repository.json('abandon', '3', ...key('bob'));
    expect([outcome, live.map(({ by }: { by: string }) => by).sort()]).toEqual(['abandoned', ['alice', 'bob']]);
    expect((await repository.json('gather')).events).toEqual([]);
  });

  test('takes the person from the key, which may be the name of a file', async () => {
    const repository = await template.copy();
    await repository.proposeDocs({ 'a.txt': 'a' });
    await repository.sign(3, 'carol');
    expect(await repository.json('abandon', '3', '--key', 'keys/carol.pem')).toMatchObject({ outcome: 'abandoned', left: [] });
  });

  test('with a key under the account of somebody else takes nothing back', async () => {
    const repository = await template.copy();
    await repository.proposeDocs({ 'a.txt': 'a' });
    await repository.sign(3, 'carol');
    const args = ['abandon', '3', '--as', 'bob', '--key', 'file:keys/carol.pem'];
    expect(await repository.refusal(...args)).toEqual({ exit: 1, code: 'not-a-signer' });
    expect((await repository.json('status')).events).toMatchObject([{ state: 'complete' }]);
  });
});

test('a version that somebody signed in an event that was abandoned is not used again', async () => {
  const repository = await template.copy();
  await writeFiles(repository.path('in'), { 'one.txt': 'one' });
  const propose = ['propose', '--role', 'releases', '--target-prefix', 'v1/', 'in/one.txt'];
  await repository.json(...propose);
  await repository.sign(3, 'alice');
  const { outcome, live } = await repository.json('abandon', '3', '--as', 'alice', '--key', 'file:keys/alice.pem');
  expect(outcome).toBe('abandoned');
  expect(live).toMatchObject([{ by: 'alice', role: 'releases', version: 2 }]);
  expect((await repository.json('status')).events).toEqual([]);
  expect(await repository.refusal('abandon', '3')).toEqual({ exit: 1, code: 'event-unknown' });
  expect(await repository.json(...propose)).toMatchObject({ outcome: 'opened', version: 3, number: 4 });
  await repository.sign(4, 'bob');
  await repository.release(4, 'alice');
  expect(Object.keys(await targets(repository, 'releases'))).toEqual(['v1/one.txt']);
});

test('new content for a path needs --replace, and clients then get it', async () => {
  const repository = await template.copy();
  const args = await repository.docsArguments({ 'first.txt': 'second\n' });
  expect(await repository.refusal(...args)).toEqual({ exit: 1, code: 'target-exists' });
  expect(await repository.json(...args, '--replace')).toMatchObject({ changes: [{ kind: 'replaced', path: 'docs/first.txt' }] });
  await repository.release(3, 'carol');
  expect((await targets(repository, 'docs'))['docs/first.txt']?.length).toBe(7);
  expect(await repository.json('verify', 'forge/site', '--targets', 'all')).toMatchObject({ problems: [], targetsAbsent: [] });
});

test('--remove takes a target out, may be repeated, and knows what is not there', async () => {
  const repository = await template.copy();
  await repository.proposeDocs({ 'a.txt': 'a', 'b.txt': 'b' });
  await repository.release(3, 'carol');
  const remove = ['propose', '--role', 'docs', '--remove', 'docs/a.txt', '--remove'];
  expect(await repository.refusal(...remove, 'docs/nothing.txt')).toEqual({ exit: 1, code: 'target-missing' });
  const { changes } = await repository.json(...remove, 'docs/first.txt');
  expect(changes.map(({ kind, path }: { kind: string; path: string }) => [kind, path])).toEqual([
    ['removed', 'docs/a.txt'],
    ['removed', 'docs/first.txt'],
  ]);
  await repository.release(4, 'carol');
  expect(Object.keys(await targets(repository, 'docs'))).toEqual(['docs/b.txt']);
});

test('--dry-run says the same and writes nothing', async () => {
  const repository = await template.copy();
  const args = await repository.docsArguments({ 'a.txt': 'a' });
  const [refs, staged] = [await repository.refs(), await readdir(repository.path('forge', 'staging'))];
  const dry = await repository.json(...args, '--dry-run');
  expect(await repository.refs()).toBe(refs);
  expect(await readdir(repository.path('forge', 'staging'))).toEqual(staged);
  expect((await repository.json('status')).events).toEqual([]);
  expect(dry).toMatchObject({ outcome: 'opened', number: null, url: null });
  const real = await repository.json(...args);
  expect(real.changes).toEqual(dry.changes);
  expect(real.version).toBe(dry.version);
});

test.each([
  ['pages', 'site'],
  ['site', 'site'],
  ['none', 'none'],
])('--hosting %s, in the words of the action, is signed as %s', async (word, expected) => {
  const repository = await template.copy();
  await repository.proposeDocs({ 'a.txt': 'a' }, '--hosting', word);
  const proposed = JSON.parse(await git(repository.bare, 'show', 'sign/docs-v3:metadata/docs.json'));
  expect(proposed.signed.targets['docs/a.txt'].custom['x-countersign'].hosting).toBe(expected);
});

test('--hosting of a release, and of no such word, is refused', async () => {
  const repository = await template.copy();
  const args = ['propose', '--role', 'docs', '--hosting'];
  const release = await repository.run(...args, 'release', 'file');
  const detail = 'a local repository has no releases; expected pages or none, got release';
  expect([release.code, release.stderr]).toEqual([2, `error[usage] --hosting: ${detail}\n`]);
  const other = await repository.run(...args, 'web', 'file');
  expect([other.code, other.stderr]).toEqual([
    2,
    expect.stringContaining("argument 'web' is invalid. Allowed choices are pages, release, none."),
  ]);
  for (const command of ['propose', 'init']) {
    const { stdout } = await repository.run(command, '--help');
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/--hosting <where> [a-zA-Z: ]*: pages.*none \(/);
  }
});

test('--hosting none lists a file whose bytes are never brought in; --custom and --commit are kept beside it', async () => {
  const repository = await template.copy();
  const commit = 'c0ffee'.padEnd(40, '0');
  const more = ['--hosting', 'none', '--custom', '{"arch":"arm64","sizes":[1,2]}', '--commit', commit];
  await repository.proposeDocs({ 'elsewhere.txt': 'elsewhere' }, ...more);
  await repository.release(3, 'carol');
  expect((await targets(repository, 'docs'))['docs/elsewhere.txt']?.custom).toEqual({
    arch: 'arm64',
    sizes: [1, 2],
    'x-countersign': { commit, hosting: 'none' },
  });
  expect(await readdir(repository.path('forge', 'site', 'targets', 'docs'))).toHaveLength(1);
  const report = await repository.json('verify', 'forge/site');
  expect(report).toMatchObject({ problems: [], targetsChecked: 2 });
  expect(report.targetsAbsent).toContainEqual(expect.stringMatching(/^targets\/docs\/[0-9a-f]{64}\.elsewhere\.txt$/));
  expect((await repository.run('verify', 'forge/site', '--targets', 'all')).code).toBe(1);
});

describe('a file that nobody can carry is refused before anything is written', () => {
  test.each([
    ['a colon', { 'a:b.txt': '' }],
    ['a reserved name', { 'aux.txt': '' }],
    ['a trailing dot', { 'a.': '' }],
    ['a line break', { 'a\nb': '' }],
    ['names that differ by case only', { 'a.txt': '', 'A.txt': '' }],
    ['text that turns around', { 'a\u202etxt.exe': '' }],
  ])('%s', async (_name, files) => {
    const repository = await template.copy();
    const refs = await repository.refs();
    const args = await repository.docsArguments(files);
    expect(await repository.refusal(...args)).toEqual({ exit: 2, code: 'file-name' });
    expect(await repository.refs()).toBe(refs);
  });

  test('a target prefix that clients read differently', async () => {
    const repository = await template.copy();
    await writeFile(repository.path('in', 'f.txt'), '');
    for (const prefix of ['docs//', '/docs/', 'docs/../docs/', 'docs/%41/']) {
      const { exit, code } = await repository.refusal('propose', '--role', 'docs', '--target-prefix', prefix, 'in/f.txt');
      expect({ prefix, exit, code }).toEqual({
        prefix,
        exit: expect.any(Number),
        code: expect.stringMatching(/^(unwritable|target-path-invalid)$/),
      });
    }
  });

  test('two files of one name', async () => {
    const repository = await template.copy();
    await writeFiles(repository.path('in'), { 'x/f.txt': '1', 'y/f.txt': '2' });
    expect((await repository.refusal('propose', '--role', 'docs', '--target-prefix', 'docs/', 'in/x', 'in/y')).code).toBe('file-name');
  });
});

test('what waits already is named, and what is signed already is not', async () => {
  const repository = await template.copy();
  const args = await repository.docsArguments({ 'a.txt': 'a' });
  await repository.run(...args);
  const { stdout } = await repository.run(...args);
  expect(stdout).toMatch(/^nothing new: #3 proposes all of it already\nsign it with: countersign sign \S+#3 --key <file>\n$/);
  await repository.release(3, 'carol');
  expect((await repository.run(...args)).stdout).toBe('nothing new: all of it is so already\n');
});

test('text says what was proposed, and the command that it gives signs it', async () => {
  const repository = await template.copy();
  const { stdout } = await repository.run(...(await repository.docsArguments({ 'a.txt': 'a' })));
  expect(stdout).toMatch(/^opened #3: docs v3, payload sha256:[0-9a-f]{64}\n {2}\+ docs\/a.txt\n/);
  const command = /countersign sign (\S+) --key <file>\n$/.exec(stdout);
  const args = ['sign', command?.[1] ?? '', '--as', 'carol', '--key', 'file:keys/carol.pem', '--memory', 'memory/carol', '--yes'];
  expect((await cli.run(args, { cwd: repository.directory })).code).toBe(0);
});
