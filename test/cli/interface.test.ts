// SPDX-License-Identifier: Apache-2.0
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VERSION } from '../../src/version.ts';
import { CommandLine } from './command-line.ts';
import { prepare, type Repository, type Template } from './repository.ts';

const COMMANDS = ['init', 'propose', 'sign', 'abandon', 'gather', 'publish', 'status', 'verify', 'demo', 'keygen'];
const ESCAPE = '\u001b[';

let cli: CommandLine;
let template: Template;
let repository: Repository;

beforeAll(async () => {
  cli = await CommandLine.build();
  template = await prepare(cli);
  repository = await template.copy();
});

afterAll(async () => {
  await cli.remove();
});

describe('help', () => {
  test('lists every command, the exit codes and an example', async () => {
    const { code, stdout, stderr } = await cli.run(['--help']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    for (const command of COMMANDS) expect(stdout).toContain(`  ${command} `);
    expect(stdout).toMatch(/Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 .*\n {2}3 /);
    expect(stdout).toContain('$ countersign demo');
  });

  test.each(COMMANDS)('%s --help describes each option and ends with examples', async (command) => {
    const { code, stdout } = await cli.run([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: countersign ${command} `));
    expect(stdout).toContain('--json');
    expect(stdout).toMatch(new RegExp(`\nExamples:\n(  \\$ .*countersign ${command}.*\n)+\n?$`));
    for (const line of stdout.split('\n').filter((one) => /^ {2}-/.test(one)))
      expect(line).toMatch(/^ {2}-\S.* {2}\S|^ {2}-[^ ]+( <[^>]+>)?$/);
  });

  test('the example for GitHub lacks nothing but a token', async () => {
    const { stdout } = await cli.run(['init', '--help']);
    const [, example = ''] = /countersign (init --github .*)/.exec(stdout) ?? [];
    const given = example.replace('<40 hex digits>', 'c'.repeat(40)).split(' ');
    const { error } = JSON.parse((await cli.run([...given, '--json'])).stdout);
    expect(error).toMatchObject({ code: 'usage', where: 'GITHUB_TOKEN' });
  });

  test('--version prints the version', async () => {
    expect(await cli.run(['--version'])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
  });
});

describe('a wrong command line ends with 2 and prints nothing on standard output', () => {
  test.each([
    ['no command', []],
    ['an unknown command', ['frobnicate']],
    ['an unknown option', ['status', '--frobnicate']],
    ['a missing argument', ['sign', '--as', 'alice', '--key', 'file:a.pem']],
    ['a missing option', ['propose', 'file']],
    ['a value that is none of the choices', ['verify', '--targets', 'some']],
    ['an argument too many', ['gather', 'now']],
    ['a number that is no event', ['sign', 'three', '--as', 'alice', '--key', 'file:a.pem']],
    ['a root that is no digest', ['status', '--root', 'beef']],
    ['a time that is none', ['verify', '.', '--at', 'tomorrow']],
    ['custom that is no JSON', ['propose', '--role', 'docs', '--custom', '{', 'file']],
    ['custom that is no object', ['propose', '--role', 'docs', '--custom', '[]', 'file']],
    ['custom that is ours', ['propose', '--role', 'docs', '--custom', '{"x-countersign":{}}', 'file']],
    ['a commit that is none', ['propose', '--role', 'docs', '--commit', 'main', 'file']],
    ['a role name that can be none', ['propose', '--role', '', 'file']],
    ['neither a file nor a removal', ['propose', '--role', 'docs']],
    ['an account that can be none', ['propose', '--role', 'docs', '--target-prefix', 'docs/', '--as', 'a/b', 'countersign.yaml']],
    ['a key URI that is none', ['sign', '3', '--as', 'alice', '--key', 'vault:alice']],
    ['an address to propose in', ['propose', '--role', 'docs', '--repo', 'https://github.com/acme/app', 'countersign.yaml']],
    ['an address to publish from', ['publish', '--repo', 'https://github.com/acme/app']],
  ])('%s', async (_name, args) => {
    const { code, stdout, stderr } = await repository.run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toContain('internal error');
    expect(stderr.length).toBeGreaterThan(20);
    const asJson = await repository.run(...args, '--json');
    expect(asJson.code).toBe(2);
    expect(Object.keys(JSON.parse(asJson.stdout))).toEqual(['error']);
  });
});

test.each([
  ['--keyy', ['sign', '3', '--keyy', 'alice.pem']],
  ['--rol', ['propose', '--rol', 'docs', 'file']],
])('an unknown option is named before one that is missing: %s', async (option, args) => {
  const { code, stderr } = await repository.run(...args);
  expect(code).toBe(2);
  expect(stderr).toContain(`error: unknown option '${option}'`);
  const missing = await repository.run(...args.slice(0, 1), args.at(-1) ?? '');
  expect([missing.code, missing.stderr]).toEqual([
    2,
    expect.stringMatching(/error: required option '--(?:key <uri>|role <name>)' not specified/),
  ]);
});

test('status under a pinned root that is another says so, and not that nothing is signed', async () => {
  const { stdout } = await repository.run('status', '--root', '0'.repeat(64));
  expect(stdout).toContain('nothing is signed under the root that is pinned\n');
  expect(stdout).toContain('anchor-mismatch');
});

describe('what is refused ends with 1 and says how to go on', () => {
  test.each([
    ['a directory without a repository', ['status', '--repo', 'keys'], 'io'],
    ['an event that is not there', ['sign', '99', '--as', 'alice', '--key', 'file:keys/alice.pem'], 'event-unknown'],
    ['a key that is not there', ['sign', '2', '--as', 'alice', '--key', 'file:keys/zoe.pem'], 'io'],
    ['a role that is not there', ['propose', '--role', 'nightly', 'countersign.yaml'], 'role-unknown'],
    ['a path that clients look for elsewhere', ['propose', '--role', 'docs', 'countersign.yaml'], 'target-unreachable'],
    ['a file that is not there', ['propose', '--role', 'docs', 'nothing.txt'], 'io'],
    ['a site that is not there', ['verify', 'nothing'], 'io'],
    ['a site that is a file', ['verify', 'countersign.yaml'], 'file-type'],
    ['a pinned root that is another', ['publish', '--root', '0'.repeat(64)], 'anchor-mismatch'],
  ])('%s', async (_name, args, expected) => {
    const { code, stdout, stderr } = await repository.run(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^error\\[${expected}\\] `));
    const asJson = await repository.run(...args, '--json');
    expect(asJson.stderr).toBe('');
    const { error } = JSON.parse(asJson.stdout);
    expect(Object.keys(error)).toEqual(['code', 'where', 'detail', 'hint']);
    expect(error.code).toBe(expected);
  });
});

describe('--json', () => {
  test.each([
    ['status', ['status'], ['repository', 'root', 'signed', 'site', 'published', 'events', 'findings']],
    ['gather', ['gather'], ['events', 'custody', 'released', 'findings', 'completed', 'rebuilt', 'stopped']],
    [
      'publish',
      ['publish'],
      ['reasons', 'snapshot', 'timestamp', 'expires', 'findings', 'outcome', 'commit', 'site', 'unlisted', 'pruned'],
    ],
    [
      'verify',
      ['verify', 'forge/site'],
      ['root', 'timestamp', 'snapshot', 'roles', 'targetsChecked', 'targetsAbsent', 'expiring', 'problems', 'warnings'],
    ],
    ['keygen', ['keygen', 'new.pem'], ['file', 'public', 'keyid']],
    ['init --example', ['init', '--example'], ['policy']],
  ])('%s prints one document with its fields', async (_name, args, fields) => {
    const { code, stdout } = await repository.run(...args, '--json');
    expect(code).toBe(0);
    expect(stdout.endsWith('}\n')).toBe(true);
    expect(Object.keys(JSON.parse(stdout)).sort()).toEqual([...fields].sort());
  });

  test('dates are RFC 3339 text', async () => {
    const { signed, site } = await repository.json('status');
    for (const { expires } of [...signed, site]) expect(expires).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });
});

describe('on a terminal', () => {
  const options = (): { cwd: string; env: Readonly<Record<string, string>> } => ({ cwd: repository.directory, env: repository.env });

  test('there are colours, which NO_COLOR turns off', async () => {
    expect((await cli.terminal(['status'], options())).screen).toContain(ESCAPE);
    const plain = await cli.terminal(['status'], { ...options(), env: { ...repository.env, NO_COLOR: '1' } });
    expect(plain.code).toBe(0);
    expect(plain.screen).not.toContain(ESCAPE);
  });

  test('there are none in a file or a pipe, also when forced', async () => {
    await cli.terminal(['status'], { ...options(), redirect: '> status.txt' });
    expect(await readFile(repository.path('status.txt'), 'utf8')).not.toContain(ESCAPE);
    const { stdout } = await cli.run(['status'], { ...options(), env: { ...repository.env, FORCE_COLOR: '1' } });
    expect(stdout).toContain('repository ');
    expect(stdout).not.toContain(ESCAPE);
  });

  test('there are none in JSON', async () => {
    const { screen } = await cli.terminal(['status', '--json'], options());
    expect(Object.keys(JSON.parse(screen))).toContain('signed');
  });

  test('hashing shows its progress there, and nowhere else', async () => {
    const big = repository.path('in', 'big.bin');
    await writeFile(big, '');
    await truncate(big, 300_000_000);
    const args = ['propose', '--role', 'docs', '--target-prefix', 'docs/', '--hosting', 'none', '--dry-run', big];
    const { screen } = await cli.terminal(args, options());
    expect(screen).toMatch(/\rhashing \d+ % \([\d.]+ (?:bytes|[KMG]iB) of 286\.1 MiB/);
    // It is wiped before the result is shown.
    expect(screen.split('\u001b[K').at(-1)).not.toContain('hashing');
    expect((await cli.run(args, options())).stderr).toBe('');
    expect((await cli.terminal([...args, '--json'], options())).screen).not.toContain('hashing');
  });

  test('a publish shows how far git is with a large file, at both of its paths', async () => {
    const own = await template.copy();
    const big = own.path('in', 'big.bin');
    await writeFile(big, '');
    await truncate(big, 100_000_000);
    const { number } = await own.json('propose', '--role', 'docs', '--target-prefix', 'docs/', big);
    await own.sign(number, 'carol');
    await own.json('gather');
    const { screen } = await cli.terminal(['publish'], { cwd: own.directory, env: own.env });
    expect(screen).toMatch(/\rpacking \d+ % \([\d.]+ (?:bytes|[KMG]iB) of 190\.7 MiB/);
    // Wiped before the result is shown.
    expect(screen.split('\u001b[K').at(-1)).not.toContain('packing');
  });
});

test('a reader that stops early is no error', async () => {
  expect(await cli.runUnread(['status'], { cwd: repository.directory, env: repository.env })).toEqual({ code: 0, stderr: '' });
});

test('keygen never overwrites, and its key is for its owner only', async () => {
  const path = join(await cli.emptyDirectory(), 'me.pem');
  await cli.json(['keygen', path]);
  const before = await readFile(path, 'utf8');
  const { stdout, code } = await cli.run(['keygen', path, '--json']);
  expect({ code, error: JSON.parse(stdout).error.code }).toEqual({ code: 1, error: 'already-exists' });
  expect(await readFile(path, 'utf8')).toBe(before);
});

test('keygen prints the public half on standard output, and nothing else there', async () => {
  const { stdout, stderr } = await cli.run(['keygen', join(await cli.emptyDirectory(), 'me.pem')]);
  expect(stdout).toMatch(/^ed25519:[0-9a-f]{64}\n$/);
  expect(stderr).toMatch(/^keyid [0-9a-f]{64}; the private key is in \S+me\.pem and has no passphrase\n$/);
});

test('keygen says why there is no place for a key', async () => {
  const { code, stderr } = await cli.run(['keygen', 'nowhere/me.pem']);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'error[io] nowhere/me.pem: expected a place to write the key, but there is no such file or directory\n',
  });
});

test('status tells what is not published from what the site that it reads does not serve', async () => {
  const { stdout } = await repository.run('status', '--site', 'elsewhere');
  expect(stdout).toMatch(/^published: timestamp \d+, expires \S+ \(.*\); the site that was read does not serve it$/m);
  expect(await repository.json('status', '--site', 'elsewhere')).toMatchObject({
    site: null,
    published: { timestamp: expect.any(Number) },
  });
  const { site, published } = await repository.json('status');
  expect(site).toEqual(published);
});
