// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CommandLine, copyTree, writeFiles } from './command-line.ts';
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

/** A repository with an open event of the role that two of three sign. */
async function withEvent(content = 'content'): Promise<Repository> {
  const repository = await template.copy();
  await writeFiles(repository.path('in'), { 'app.txt': content });
  await repository.json('propose', '--role', 'releases', '--target-prefix', 'v1/', 'in/app.txt', '--commit', 'b'.repeat(40));
  return repository;
}

async function votes(repository: Repository): Promise<readonly string[]> {
  const { events } = await repository.json('status');
  return events[0].roles[0].requirements[0].votes.map(({ person }: { person: string }) => person);
}

const asking = (person: string): readonly string[] => [
  'sign',
  '3',
  '--as',
  person,
  '--key',
  `file:keys/${person}.pem`,
  '--memory',
  `memory/${person}`,
];

describe('asking', () => {
  test('off a terminal it refuses without --yes, shows what it would have asked, and signs nothing', async () => {
    const repository = await withEvent();
    await mkdir(repository.path('memory', 'fresh'));
    const { code, stdout, stderr } = await repository.run(...asking('alice').slice(0, -1), 'memory/fresh');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('releases v2 (now v1)');
    expect(stderr).toMatch(/\+ v1\/app\.txt {2}7 bytes {2}sha256:[0-9a-f]{64}, from commit b{40}/);
    expect(stderr).toContain('--yes');
    expect(await votes(repository)).toEqual([]);
    expect(await readdir(repository.path('memory', 'fresh'))).toEqual([]);
  });

  test.each([
    ['n\r', 'no'],
    ['\r', 'the default, which is no'],
    ['\u0003', 'an interrupt'],
    ['\u0004', 'the end of the input'],
  ])('on a terminal, %j is %s: nothing is signed', async (type) => {
    const repository = await withEvent();
    const options = { cwd: repository.directory, env: repository.env, answers: [{ after: 'Sign this?', type }] };
    const { code, screen } = await cli.terminal(asking('alice'), options);
    expect(code).toBe(1);
    expect(screen).toContain('error[declined]');
    expect(await votes(repository)).toEqual([]);
  });

  test('on a terminal, yes signs what was shown', async () => {
    const repository = await withEvent();
    const options = { cwd: repository.directory, env: repository.env, answers: [{ after: 'Sign this?', type: 'y\r' }] };
    const { code, screen } = await cli.terminal(asking('alice'), options);
    expect(code).toBe(0);
    expect(screen.indexOf('v1/app.txt')).toBeLessThan(screen.indexOf('Sign this?'));
    expect(await votes(repository)).toEqual(['alice']);
  });
});

describe('the first time on a machine', () => {
  test('it says so, shows the root to compare, and remembers it', async () => {
    const repository = await withEvent();
    const { root, repository: id } = await repository.json('status');
    const first = await repository.run(...asking('alice').slice(0, -1), 'memory/new', '--yes');
    expect(first.stderr).toContain('has not met this repository before');
    expect(first.stderr).toContain(`sha256:${root}`);
    expect(await readFile(repository.path('memory', 'new', id, 'root-v1'), 'utf8')).toBe(`${root}\n`);
    const second = await repository.run(...asking('alice').slice(0, -1), 'memory/new', '--yes');
    expect(second.stderr).not.toContain('has not met');
  });

  test('its memory is in the XDG state directory unless told', async () => {
    const repository = await withEvent();
    const env = { ...repository.env, XDG_STATE_HOME: repository.path('state') };
    expect((await cli.run([...asking('alice').slice(0, -2), '--yes'], { cwd: repository.directory, env })).code).toBe(0);
    expect(await readdir(repository.path('state', 'countersign'))).toHaveLength(1);
  });
});

describe('refuses', () => {
  test('a second content for one version', async () => {
    const [one, other] = [await withEvent('one'), await withEvent('other')];
    await one.sign(3, 'alice');
    await copyTree(one.path('memory', 'alice'), other.path('memory', 'alice'));
    expect(await other.refusal(...other.signArguments(3, 'alice'))).toEqual({ exit: 1, code: 'already-signed' });
    expect(await votes(other)).toEqual([]);
  });

  test('a repository whose root is not the one that this machine remembers', async () => {
    const repository = await withEvent();
    const { repository: id } = await repository.json('status');
    await writeFile(repository.path('memory', 'alice', id, 'root-v1'), `${'0'.repeat(64)}\n`);
    const { exit, code } = await repository.refusal(...repository.signArguments(3, 'alice'));
    expect(exit).toBe(1);
    expect(code).toBe('anchor-mismatch');
    expect(await votes(repository)).toEqual([]);
  });

  test('a key of nobody', async () => {
    const repository = await withEvent();
    await cli.writeKey(repository.path('keys', 'mallory.pem'));
    const args = ['sign', '3', '--as', 'mallory', '--key', 'file:keys/mallory.pem', '--memory', 'memory/mallory', '--yes'];
    expect(await repository.refusal(...args)).toEqual({ exit: 1, code: 'not-a-signer' });
  });

  test("an event of somebody else's role", async () => {
    const repository = await template.copy();
    await repository.proposeDocs({ 'a.txt': 'a' });
    expect(await repository.refusal(...repository.signArguments(3, 'alice'))).toEqual({ exit: 1, code: 'not-a-signer' });
  });

  test("a key under somebody else's account: the signature would not count", async () => {
    const repository = await withEvent();
    const args = ['sign', '3', '--as', 'bob', '--key', 'file:keys/alice.pem', '--memory', 'memory/bob', '--yes'];
    expect(await repository.refusal(...args)).toEqual({ exit: 1, code: 'not-a-signer' });
    expect(await votes(repository)).toEqual([]);
  });

  test('an event that is done', async () => {
    const repository = await template.copy();
    expect(await repository.refusal(...repository.signArguments(2, 'carol'))).toEqual({ exit: 1, code: 'event-unknown' });
  });

  test.each([
    ['a public key', 'public.pem', '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----\n'],
    ['no key at all', 'empty.pem', ''],
  ])('%s', async (_name, file, text) => {
    const repository = await withEvent();
    await writeFile(repository.path('keys', file), text);
    const args = ['sign', '3', '--as', 'alice', '--key', `file:keys/${file}`, '--yes'];
    expect(await repository.refusal(...args)).toEqual({ exit: 1, code: 'signer-key' });
  });
});

test('two people sign, a third signature and a repeated one do no harm, and the result says who is awaited', async () => {
  const repository = await withEvent();
  const first = await repository.sign(3, 'alice');
  expect(first).toMatchObject({ person: 'alice', carrier: 'review', files: [{ role: 'releases', version: 2 }] });
  expect(first.status.roles[0].requirements[0]).toMatchObject({ needed: 2, missing: ['bob', 'carol'], reached: false });
  await repository.sign(3, 'alice');
  expect((await repository.json('gather')).completed).toEqual([]);
  await repository.sign(3, 'bob');
  await repository.sign(3, 'carol');
  expect((await repository.json('gather')).completed).toEqual([3]);
  await repository.json('publish');
  expect((await repository.readSite('metadata/2.releases.json')).signatures).toHaveLength(3);
});

test('--print gives the block to paste and submits nothing; the signature is remembered', async () => {
  const repository = await withEvent();
  const { code, stdout } = await repository.run(...repository.signArguments(3, 'alice'), '--print');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^```countersign\n\{"keyid":.*"role":"releases",.*"version":2\}\n```\n$/);
  expect(await votes(repository)).toEqual([]);
});

test('an event is named by number, by #number, or as status prints it', async () => {
  const repository = await withEvent();
  const { events } = await repository.json('status');
  for (const name of ['3', '#3', 'forge#3', events[0].pull.url]) {
    const args = ['sign', name, ...asking('alice').slice(2), '--yes'];
    expect((await repository.json(...args)).number).toBe(3);
  }
});
