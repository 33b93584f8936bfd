// SPDX-License-Identifier: Apache-2.0
// What people type: digests of root v1 of either kind and in either case, and addresses as they are copied.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseGitHubUrl, parseShortEvent } from '../../src/cli/github-place.ts';
import { readTypedDigest } from '../../src/tuf/typed-digest.ts';
import { parsePublicKey } from '../../src/signers/public-key.ts';
import { CommandLine } from './command-line.ts';
import { prepare, type Repository } from './repository.ts';

let cli: CommandLine;
let repository: Repository;
let payload: string;
let file: string;

beforeAll(async () => {
  cli = await CommandLine.build();
  repository = await (await prepare(cli)).copy();
  payload = (await repository.json('status')).root;
  file = createHash('sha256')
    .update(await readFile(repository.path('forge', 'site', 'metadata', '1.root.json')))
    .digest('hex');
});

afterAll(async () => {
  await cli.remove();
});

describe('both digests of root v1 are taken, and told apart', () => {
  test('they differ', () => {
    expect(payload).not.toBe(file);
  });
  test.each([
    ['the payload', () => payload],
    ['the file', () => file],
    ['the payload with its prefix', () => `sha256:${payload}`],
    ['the file in capital letters', () => file.toUpperCase()],
    ['the payload as PowerShell prints it', () => `SHA256:${payload.toUpperCase()}`],
  ])('%s', async (_name, digest) => {
    for (const command of [['status'], ['gather'], ['verify', 'forge/site']]) {
      const { code, stderr } = await repository.run(...command, '--root', digest());
      expect({ command, code, stderr: stderr.replace(/^the digest that was given is of the file.*\n/, '') }).toEqual({
        command,
        code: 0,
        stderr: '',
      });
    }
  });
  test('which of them fitted is said', async () => {
    expect((await repository.run('status', '--root', file)).stderr).toBe(
      `the digest that was given is of the file 1.root.json; its payload is sha256:${payload}\n`,
    );
  });
  test('another is refused by each', async () => {
    const other = 'a'.repeat(64);
    expect((await repository.run('status', '--root', other)).code).toBe(3);
    expect((await repository.run('verify', 'forge/site', '--root', other)).stdout).toContain('anchor-mismatch');
    expect((await repository.run('gather', '--root', 'abc')).stderr).toContain('expected sha256: and 64 hex digits, got "abc"');
  });
});

test('verify of our own policy has no warnings; notes on other clients are one line, or all with --notes', async () => {
  const brief = await repository.run('verify', 'forge/site', '--root', payload);
  expect(brief.stdout).not.toContain('warning');
  expect(brief.stdout).toMatch(/\d+ notes on other clients \(--notes\)/);
  const all = await repository.run('verify', 'forge/site', '--root', payload, '--notes');
  expect(all.stdout).toContain('tuf-js');
  expect((await repository.json('verify', 'forge/site', '--root', payload)).warnings.length).toBeGreaterThan(2);
});

describe('digests and keys are read without case, and stay strict otherwise', () => {
  const hex = 'ab'.repeat(32);
  test.each([
    [hex, hex],
    [hex.toUpperCase(), hex],
    [`sha256:${hex.toUpperCase()}`, hex],
    [` ${hex}\n`, hex],
    [`${hex}0`, null],
    [hex.slice(1), null],
    [`sha512:${hex}`, null],
    [`g${hex.slice(1)}`, null],
  ])('%j', (text, digest) => {
    expect(readTypedDigest(text)).toBe(digest);
  });
  test('a key of a policy is the same key in capitals', () => {
    const key = '3ee6764260707fcd878d0f837de993c2a1d8ac0fd6aa0faa138f876722803703';
    expect(parsePublicKey(`ed25519:${key.toUpperCase()}`, 'key')).toEqual(parsePublicKey(`ed25519:${key}`, 'key'));
  });
});

describe('a pull request is named by any of its addresses', () => {
  const pull = 'https://github.com/acme/app/pull/2';
  test.each([
    pull,
    `${pull}/`,
    `${pull}/files`,
    `${pull}/changes`,
    `${pull}/commits`,
    `${pull}/checks?check_run_id=7`,
    `${pull}#issuecomment-1`,
    `${pull}/commits/${'a'.repeat(40)}`,
    `${pull}/changes/${'a'.repeat(40)}..${'b'.repeat(40)}`,
    `${pull}/files/${'a'.repeat(40)}`,
    `${pull}/files/${'a'.repeat(40)}#diff-0`,
  ])('%s', (address) => {
    expect(parseGitHubUrl(address, new Map())).toEqual({ owner: 'acme', repo: 'app', number: 2 });
  });
  test.each([`${pull}/files/a/b`, 'https://github.com/acme/app/issues/2', 'https://github.com/acme/app/pull/02', `${pull}x`])(
    'not %s',
    (address) => {
      expect(() => parseGitHubUrl(address, new Map())).toThrow(/expected https:\/\/github\.com\/OWNER\/REPO/);
    },
  );
  test.each([
    ['acme/app#2', { owner: 'acme', repo: 'app', number: 2 }],
    ['acme/my.app_1#12', { owner: 'acme', repo: 'my.app_1', number: 12 }],
    ['releases#2', null],
    ['#2', null],
    ['a/b/c#2', null],
    ['../app#2', null],
    ['acme/app#0', null],
  ])('%s', (text, location) => {
    expect(parseShortEvent(text)).toEqual(location);
  });
  test('without a directory of that name it is one on GitHub, which wants a token', async () => {
    const { stderr } = await repository.run('sign', 'acme/app#2', '--key', 'file:keys/alice.pem');
    expect(stderr).toContain('expected a token in GITHUB_TOKEN or GH_TOKEN');
  });
});
