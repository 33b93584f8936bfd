// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CommandLine, copyTree, writeFiles } from './command-line.ts';
import { newPlace, prepare, type Repository, type Template } from './repository.ts';

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
    ['n\r', 'no', 1],
    ['\r', 'the default, which is no', 1],
    ['\u0003', 'an interrupt', 130],
    ['\u0004', 'the end of the input', 1],
  ])('on a terminal, %j is %s: nothing is signed', async (type, _name, exit) => {
    const repository = await withEvent();
    const options = { cwd: repository.directory, env: repository.env, answers: [{ after: 'Sign releases v2 as alice (key ', type }] };
    const { code, screen } = await cli.terminal(asking('alice'), options);
    expect(code).toBe(exit);
    expect(screen).toContain('error[declined]');
    expect(await votes(repository)).toEqual([]);
  });

  test('on a terminal, yes signs what was shown', async () => {
    const repository = await withEvent();
    const options = {
      cwd: repository.directory,
      env: repository.env,
      answers: [{ after: 'Sign releases v2 as alice (key ', type: 'y\r' }],
    };
    const { code, screen } = await cli.terminal(asking('alice'), options);
    expect(code).toBe(0);
    expect(screen.indexOf('v1/app.txt')).toBeLessThan(screen.indexOf('Sign releases v2 as alice (key '));
    expect(await votes(repository)).toEqual(['alice']);
  });
});

describe('what is long can be read whole', () => {
  /** More files than are shown at first. */
  async function withMany(): Promise<Repository> {
    const repository = await template.copy();
    const names = Array.from({ length: 205 }, (_, index) => [`f${String(index).padStart(3, '0')}`, String(index)]);
    await writeFiles(repository.path('in', 'many'), Object.fromEntries(names));
    await repository.json('propose', '--role', 'releases', '--target-prefix', 'v1/', 'in/many');
    return repository;
  }

  test('by --full, in a file, and else it is said that it is cut', async () => {
    const repository = await withMany();
    const brief = await repository.run(...asking('alice'));
    expect(brief.stderr).toMatch(/… and 5 more targets, sha256:[0-9a-f]{64}\n\nThis is not all of it\. --full shows the rest/);
    expect(brief.stderr).not.toContain('v1/f204');
    const full = await repository.run(...asking('alice'), '--full');
    expect(full.stderr).toContain('+ v1/f204');
    expect(full.stderr).not.toContain('not all of it');
    await repository.run(...asking('alice'), '--changes', 'changes.txt');
    expect(await readFile(repository.path('changes.txt'), 'utf8')).toContain('+ v1/f204');
    expect(await votes(repository)).toEqual([]);
  });

  test('in a pager on a terminal, and what was seen stands above the question', async () => {
    const repository = await withMany();
    const env = { ...repository.env, PAGER: 'cat > paged.txt' };
    const answers = [{ after: 'Sign releases v2 as alice (key ', type: 'n\r' }];
    await cli.terminal([...asking('alice'), '--full'], { cwd: repository.directory, env, answers });
    expect(await readFile(repository.path('paged.txt'), 'utf8')).toContain('+ v1/f204');
  });

  test('a pager that is not there is no reason to show less', async () => {
    const repository = await withMany();
    const env = { ...repository.env, PAGER: 'no-such-pager' };
    const answers = [{ after: 'Sign releases v2 as alice (key ', type: 'n\r' }];
    const { screen } = await cli.terminal([...asking('alice'), '--full'], { cwd: repository.directory, env, answers });
    expect(screen).toContain('+ v1/f204');
  });
});

describe('an own build is compared', () => {
  test('the same files: it says so, and signs', async () => {
    const repository = await withEvent();
    await writeFiles(repository.path('build'), { 'app.txt': 'content' });
    const { code, stderr } = await repository.run(...asking('alice'), '--compare', 'build', '--yes');
    expect({ code, line: /^Compared: .*$/m.exec(stderr)?.[0] }).toEqual({
      code: 0,
      line: 'Compared: all 1 new and replaced targets are what build (its files as v1/…) holds',
    });
    expect(await votes(repository)).toEqual(['alice']);
  });

  test.each([
    ['other bytes', { 'app.txt': 'CONTENT' }, '1 with other bytes there:\n    v1/app.txt'],
    [
      'a file that is not there',
      { 'other.txt': 'content' },
      '1 missing there:\n    v1/app.txt\n  1 there only, and not signed:\n    other.txt',
    ],
    ['an empty directory', { 'd/.keep': '' }, '1 missing there:'],
  ])('%s: with --yes nothing is signed', async (_name, files, shown) => {
    const repository = await withEvent();
    await writeFiles(repository.path('build'), files);
    const { code, stderr } = await repository.run(...asking('alice'), '--compare', 'build', '--yes');
    expect(code).toBe(1);
    expect(stderr).toContain(shown);
    expect(stderr).toContain('error[hash-mismatch] build: what is to be signed is not what it holds; nothing was signed');
    expect(await votes(repository)).toEqual([]);
  });

  test('one file more is told, and no reason to refuse', async () => {
    const repository = await withEvent();
    await writeFiles(repository.path('build'), { 'app.txt': 'content', 'more.txt': 'm' });
    const { code, stderr } = await repository.run(...asking('alice'), '--compare', 'build', '--yes');
    expect(code).toBe(0);
    expect(stderr).toContain('1 there only, and not signed:\n    more.txt');
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

test('who has signed already is told so before they are asked', async () => {
  const repository = await withEvent();
  await repository.sign(3, 'alice');
  const { stderr } = await repository.run(...asking('alice'));
  expect(stderr).toMatch(/^alice has signed this already, and it counts/);
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

describe('who signs is found by the key', () => {
  test('without --as', async () => {
    const repository = await withEvent();
    expect(await repository.json('sign', '3', '--key', 'keys/alice.pem', '--memory', 'memory/alice', '--yes')).toMatchObject({
      person: 'alice',
      carrier: 'review',
    });
    expect(await votes(repository)).toEqual(['alice']);
  });

  test('a wrong --as names whose key it is, and says to leave it out', async () => {
    const repository = await withEvent();
    for (const as of ['bob', 'alicia']) {
      const { code, stderr } = await repository.run('sign', '3', '--as', as, '--key', 'keys/alice.pem', '--yes');
      expect(code).toBe(1);
      expect(stderr).toContain(`error[not-a-signer] --as ${as}: the key is the one of "alice", and`);
      expect(stderr).toContain('leave out --as');
    }
    expect(await votes(repository)).toEqual([]);
    const own = ['sign', '3', '--as', 'Alice', '--key', 'keys/alice.pem', '--memory', 'memory/alice', '--yes'];
    expect(await repository.json(...own)).toMatchObject({ person: 'alice' });
  });

  test('of somebody without an account: it counts, and a wrong --as is refused', async () => {
    const repository = await newPlace(cli);
    const policy = await readFile(repository.path('countersign.yaml'), 'utf8');
    await writeFile(repository.path('countersign.yaml'), policy.replace('github: carol', 'github: none'));
    await repository.json('init');
    const key = ['--key', 'keys/carol.pem', '--yes'];
    expect(await repository.refusal('sign', '1', '--as', 'bob', ...key)).toEqual({ exit: 1, code: 'not-a-signer' });
    expect(await repository.json('sign', '1', '--as', 'carol', ...key)).toMatchObject({ person: 'carol' });
    expect(await votes(repository)).toEqual(['carol']);
    for (const person of ['alice', 'bob']) await repository.json('sign', '1', '--key', `keys/${person}.pem`, '--yes');
    expect(await repository.json('gather')).toMatchObject({ completed: [1] });
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
