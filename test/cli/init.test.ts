// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CommandLine } from './command-line.ts';
import { newPlace, type Repository } from './repository.ts';

let cli: CommandLine;
let place: Repository;
let policy: string;
let count = 0;

beforeAll(async () => {
  cli = await CommandLine.build();
  place = await newPlace(cli);
  policy = await readFile(place.path('countersign.yaml'), 'utf8');
});

afterAll(async () => {
  await cli.remove();
});

const ALICES_KEY = /alice, key: "[^"]+"/;
const BOBS_KEY = /bob, key: "[^"]+"/;

describe('a policy with a mistake ends with 2 and leaves nothing on disk', () => {
  test.each([
    ['no YAML', () => 'people: [', 'policy-invalid'],
    ['a key given twice', () => `${policy}people: {}\n`, 'policy-invalid'],
    ['a misspelt field', () => policy.replace('threshold: 2', 'treshold: 2'), 'policy-invalid'],
    ['no root', () => policy.replace(/ {2}root:.*\n/, ''), 'policy-invalid'],
    ['roles that are a list', () => policy.replace(/roles:\n(?: {2}.*\n)+/, 'roles: []\n'), 'policy-invalid'],
    ['more signatures than signers', () => policy.replace('threshold: 2', 'threshold: 4'), 'policy-invalid'],
    ['a threshold of none', () => policy.replace('threshold: 2', 'threshold: 0'), 'policy-invalid'],
    ['a signer that is nobody', () => policy.replace('signers: [carol]', 'signers: [dave]'), 'policy-invalid'],
    ['a role name that some client changes', () => policy.replace('  docs:', '  "do cs":'), 'policy-invalid'],
    ['a pattern that clients read differently', () => policy.replace('docs/*', 'docs/**'), 'policy-invalid'],
    ['a role without paths', () => policy.replace('paths: ["docs/*"], ', ''), 'policy-invalid'],
    ['a parent that is no role', () => policy.replace('docs: {', 'docs: { parent: nobody,'), 'policy-invalid'],
    ['a period that ends before it is renewed', () => policy.replace('expires: 7d, renew: 6d', 'expires: 6d, renew: 7d'), 'policy-invalid'],
    ['a key of an unknown kind', () => policy.replace(/"ed25519:[0-9a-f]+"/, '"ed448:00"'), 'policy-invalid'],
    ['a key that is cut', () => policy.replace(/"ed25519:[0-9a-f]{10}/, '"ed25519:'), 'policy-invalid'],
    [
      'two people with one key',
      () => policy.replace(BOBS_KEY, ALICES_KEY.exec(policy)?.[0].replace('alice', 'bob') ?? ''),
      'policy-invalid',
    ],
    ['two people with one account', () => policy.replace('github: bob', 'github: alice'), 'policy-invalid'],
    ["a person's key online", () => policy.replaceAll('env:COUNTERSIGN_ONLINE_KEY', 'file:keys/alice.pem'), 'policy-invalid'],
    ['custody signers alone in root', () => policy.replace('github: alice,', 'github: alice, custody: "environment:a",'), 'policy-invalid'],
    ['an account that can be none', () => policy.replace('github: alice', 'github: "al/ice"'), 'usage'],
    ['an online key of an unknown scheme', () => policy.replaceAll('env:COUNTERSIGN_ONLINE_KEY', 'vault:key'), 'signer-uri'],
  ])('%s', async (_name, text, expected) => {
    expect(text()).not.toBe(policy);
    await writeFile(place.path('wrong.yaml'), text());
    const repo = `new-${String(++count)}`;
    expect(await place.refusal('init', '--policy', 'wrong.yaml', '--repo', repo)).toEqual({ exit: 2, code: expected });
    expect(await readdir(place.directory)).not.toContain(repo);
  });

  test.each([
    ['a key file that is not there', () => policy.replace(/"ed25519:[0-9a-f]+"/, '"pem:alice.pub.pem"'), 'io'],
    ['an online key that is not set', () => policy.replaceAll('env:COUNTERSIGN_ONLINE_KEY', 'env:NOT_SET'), 'signer-key'],
  ])('%s ends with 1', async (_name, text, expected) => {
    await writeFile(place.path('wrong.yaml'), text());
    const repo = `new-${String(++count)}`;
    expect(await place.refusal('init', '--policy', 'wrong.yaml', '--repo', repo)).toEqual({ exit: 1, code: expected });
    expect(await readdir(place.directory)).not.toContain(repo);
  });

  test('no policy at all', async () => {
    expect(await place.refusal('init', '--policy', 'nothing.yaml', '--repo', 'new')).toEqual({ exit: 1, code: 'io' });
    expect(await readdir(place.directory)).not.toContain('new');
  });
});

test('a policy that holds nothing is named', async () => {
  await writeFile(place.path('empty.yaml'), '');
  const { stderr } = await place.run('init', '--policy', 'empty.yaml', '--repo', 'new');
  expect(stderr).toMatch(/^error\[policy-invalid\] empty\.yaml: policy: .*got null$/m);
});

test('the placeholders of the example are told from keys of another type', async () => {
  await writeFile(place.path('placeholders.yaml'), (await cli.run(['init', '--example'])).stdout);
  const { code, stderr } = await place.run('init', '--policy', 'placeholders.yaml', '--repo', 'new');
  expect(code).toBe(2);
  expect(stderr).toContain('placeholders.yaml: people.alice.key: expected an OpenSSH public key line');
  expect(stderr).toContain("got an ssh-ed25519 line that can't be read");
});

describe('what is for GitHub is refused without --github, and nothing is written', () => {
  test.each([
    ['--dry-run', ['--dry-run']],
    ['--signer', ['--signer', 'alice']],
    ['--custody', ['--custody', 'alice']],
    ['--custody-key', ['--custody-key', 'alice=file:keys/alice.pem']],
    ['--action', ['--action', `owner/countersign@${'c'.repeat(40)}`]],
    ['--yes', ['-y']],
    ['--hosting', ['--hosting', 'pages']],
    ['--metadata-tag', ['--metadata-tag', 'tuf']],
    ['--site-url', ['--site-url', 'https://example.org/']],
    ['--no-deploy', ['--no-deploy']],
    ['--eject', ['--eject']],
    ['--no-eject', ['--no-eject']],
  ])('%s', async (where, options) => {
    const { code, stdout } = await place.run('init', '--repo', 'dry', ...options, '--json');
    expect({ code, error: JSON.parse(stdout).error }).toMatchObject({ code: 2, error: { code: 'usage', where } });
    expect(await readdir(place.directory)).not.toContain('dry');
  });

  test.each(['https://github.com/acme/app', 'HTTPS://example.org/app', 'ssh://git@github.com/acme/app'])('--repo %s', async (repo) => {
    expect(await place.refusal('init', '--repo', repo)).toEqual({ exit: 2, code: 'usage' });
    expect((await readdir(place.directory)).filter((name) => name.includes(':'))).toEqual([]);
  });
});

test('what an init that was killed has left is cleared away', async () => {
  await mkdir(place.path('killed', '.init-abc123', 'repo.git'), { recursive: true });
  await place.json('init', '--repo', 'killed');
  expect((await readdir(place.path('killed'))).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('of two that begin at once one does', async () => {
  const both = await Promise.all([place.run('init', '--repo', 'both', '--json'), place.run('init', '--repo', 'both', '--json')]);
  expect(both.map(({ code }) => code).sort()).toEqual([0, 1]);
  expect(both.flatMap(({ stdout }) => JSON.parse(stdout).error?.code ?? [])).toEqual(['already-exists']);
  expect((await place.json('status', '--repo', 'both')).events).toHaveLength(1);
});

test('a place that can be no directory is named', async () => {
  await symlink(place.path('nowhere', 'at', 'all'), place.path('dangling'));
  expect(await place.refusal('init', '--repo', 'dangling')).toEqual({ exit: 1, code: 'io' });
});

test('the command that it prints can be pasted, whatever the directory is called', async () => {
  const repo = "the maker's own (new) $HOME";
  const { stdout } = await place.run('init', '--repo', repo);
  const command = /(countersign sign .*) --key <file>/.exec(stdout)?.[1] ?? '';
  const options = { cwd: place.directory, env: place.env };
  const { code, stderr } = await cli.paste(`${command} --key keys/alice.pem --memory memory/pasted --yes`, options);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect((await place.run('status', '--repo', repo)).stdout).toMatch(/1 of 3 by .*: alice {2}waiting for bob, carol/);
});

test('a directory with other files is left alone', async () => {
  const before = await readdir(place.directory);
  // What `countersign init` does without --repo, beside its policy.
  expect(await place.refusal('init', '--repo', '.')).toEqual({ exit: 1, code: 'already-exists' });
  expect(await readdir(place.directory)).toEqual(before);
});

test('what --example prints is a policy but for its placeholders', async () => {
  const { stdout } = await cli.run(['init', '--example']);
  expect((await cli.json(['init', '--example'])).policy).toBe(stdout);
  const keys = [...policy.matchAll(/"(ed25519:[0-9a-f]+)"/g)].map(([, key]) => key ?? '');
  let person = 0;
  await writeFile(
    place.path('example.yaml'),
    stdout.replaceAll(/key: "[^"]*"/g, () => `key: "${keys[person++] ?? ''}"`),
  );
  const { signers } = await place.json('init', '--policy', 'example.yaml', '--repo', 'from-example');
  expect(signers).toEqual(['alice', 'bob', 'carol']);
});

test('init opens the first event and prints what to compare; a second time it is refused', async () => {
  const { repository, number, url, root, signers } = await place.json('init', '--repo', 'twice');
  expect(number).toBe(1);
  expect(url).toBe(`${place.path('twice')}#1`);
  expect(repository).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  expect(root).toMatch(/^[0-9a-f]{64}$/);
  expect(signers).toEqual(['alice', 'bob', 'carol']);
  const entries = await readdir(place.path('twice'));
  expect(entries).toContain('repo.git');
  expect(entries.filter((name) => name.startsWith('.'))).toEqual([]);

  const before = await cli.run(['status', '--repo', place.path('twice')]);
  expect(before.stdout).toContain('nothing is signed yet');
  expect(before.stdout).toContain('0 of 3 by');
  expect(await place.refusal('init', '--repo', 'twice')).toEqual({ exit: 1, code: 'already-exists' });
  expect((await cli.run(['status', '--repo', place.path('twice')])).stdout).toBe(before.stdout);
});

test('before the first event completes, there is nothing to propose to or to publish', async () => {
  await place.json('init', '--repo', 'young');
  expect(await place.refusal('publish', '--repo', 'young')).toEqual({ exit: 1, code: 'base-missing' });
  expect(await place.refusal('propose', '--repo', 'young', '--role', 'docs', '--target-prefix', 'docs/', 'countersign.yaml')).toEqual({
    exit: 1,
    code: 'base-missing',
  });
});

test('root v1 needs everyone whom it lists', async () => {
  await place.json('init', '--repo', 'all');
  const sign = (person: 'alice' | 'bob' | 'carol'): Promise<unknown> => place.json(...place.signArguments(1, person), '--repo', 'all');
  await sign('alice');
  await sign('bob');
  expect((await place.json('gather', '--repo', 'all')).completed).toEqual([]);
  await sign('carol');
  expect((await place.json('gather', '--repo', 'all')).completed).toEqual([1]);
});
