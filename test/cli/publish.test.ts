// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CommandLine, copyTree, git } from './command-line.ts';
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

test('publishing twice is fresh the second time and changes nothing', async () => {
  const repository = await template.copy();
  const refs = await repository.refs();
  expect(await repository.json('publish')).toMatchObject({ outcome: 'fresh', reasons: [], site: { outcome: 'unchanged', written: 0 } });
  expect(await repository.refs()).toBe(refs);
  expect((await repository.run('publish')).stdout).toMatch(/^fresh: snapshot 1, timestamp 1; /);
});

test('a site that lost files is mended without signing anything', async () => {
  const repository = await template.copy();
  await rm(repository.path('forge', 'site'), { recursive: true });
  expect(await repository.json('publish')).toMatchObject({ outcome: 'fresh', site: { outcome: 'updated' } });
  expect(await repository.json('verify', 'forge/site', '--targets', 'all')).toMatchObject({ problems: [], targetsAbsent: [] });
});

test('a removed file is told as long as it is served, and --prune takes it away', async () => {
  const repository = await template.copy();
  const { number } = await repository.json('propose', '--role', 'docs', '--remove', 'docs/first.txt');
  await repository.sign(number, 'carol');
  await repository.json('gather');
  const isServed = async (): Promise<boolean> =>
    (await readdir(repository.path('forge', 'site', 'targets'), { recursive: true })).some((name) => name.endsWith('first.txt'));
  const { code, stdout } = await repository.run('publish');
  expect([code, await isServed()]).toEqual([0, true]);
  expect(stdout).toContain('1 file of targets that are listed no more: still served, until `countersign publish --prune` takes them away');
  expect(await repository.json('publish', '--prune')).toMatchObject({ outcome: 'published', unlisted: 0, pruned: 1, findings: [] });
  expect(await isServed()).toBe(false);
  expect(await repository.json('verify', 'forge/site')).toMatchObject({ problems: [] });
  expect(await repository.json('publish')).toMatchObject({ outcome: 'fresh', unlisted: 0, pruned: 0 });
});

describe('the online key', () => {
  async function withUnpublished(): Promise<Repository> {
    const repository = await template.copy();
    const { number } = await repository.proposeDocs({ 'a.txt': 'a' });
    await repository.sign(number, 'carol');
    await repository.json('gather');
    return repository;
  }

  test.each([
    ['another key', async (repository: Repository) => readFile(repository.path('keys', 'alice.pem'), 'utf8')],
    ['no key', async () => 'hunter2-not-a-key'],
    ['an empty variable', async () => ''],
  ])('%s is refused, and nothing is published', async (_name, key) => {
    const repository = await withUnpublished();
    const refs = await repository.refs();
    const env = { ...repository.env, COUNTERSIGN_ONLINE_KEY: await key(repository) };
    const { code, stdout } = await cli.run(['publish', '--json'], { cwd: repository.directory, env });
    expect({ code, error: JSON.parse(stdout).error.code }).toEqual({ code: 1, error: 'signer-key' });
    expect(stdout).not.toContain('hunter2');
    expect(await repository.refs()).toBe(refs);
  });
});

describe('the online key where nothing is due', () => {
  test.each([
    [
      'another one',
      async (repository: Repository) => readFile(repository.path('keys', 'alice.pem'), 'utf8'),
      /expected the key [0-9a-f]{64} that the root lists, got/,
    ],
    ['none', async () => 'hunter2-not-a-key', /got a text that is no private key/],
    ['missing', async () => '', /expected the content of a key file in this variable, got nothing/],
  ])('is looked at all the same: %s is an error that says what to do', async (_name, key, detail) => {
    const repository = await template.copy();
    const refs = await repository.refs();
    const env = { ...repository.env, COUNTERSIGN_ONLINE_KEY: await key(repository) };
    const { code, stdout, stderr } = await cli.run(['publish'], { cwd: repository.directory, env });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(detail);
    expect(stderr).toMatch(
      /^error\[signer-key\] env:COUNTERSIGN_ONLINE_KEY: .*; set COUNTERSIGN_ONLINE_KEY to the private key [0-9a-f]{12}…, which the root names$/m,
    );
    expect(await repository.refs()).toBe(refs);
  });

  test('holds back no site that is to be mended, and the run is red', async () => {
    const repository = await template.copy();
    await rm(repository.path('forge', 'site'), { recursive: true });
    const env = { ...repository.env, COUNTERSIGN_ONLINE_KEY: '' };
    const { code, stdout } = await cli.run(['publish', '--json'], { cwd: repository.directory, env });
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      site: { outcome: 'updated' },
      findings: [{ code: 'signer-key', where: 'env:COUNTERSIGN_ONLINE_KEY' }],
    });
    expect(await repository.json('verify', 'forge/site')).toMatchObject({ problems: [] });
  });
});

describe('what is pushed onto the metadata branch by hand is left out, and reported with exit code 3', () => {
  async function expectFinding(
    repository: Repository,
    expected: { readonly code: string; readonly where: string | RegExp },
  ): Promise<void> {
    const where = expect.stringMatching(expected.where);
    for (const command of ['status', 'gather', 'publish']) {
      const { code, stdout } = await repository.run(command, '--json');
      expect({ command, code }).toEqual({ command, code: 3 });
      expect(JSON.parse(stdout).findings).toContainEqual(
        expect.objectContaining({ code: expected.code, where, source: 'metadata-branch' }),
      );
    }
    const { code, stdout } = await repository.run('gather');
    expect(code).toBe(3);
    expect(stdout).toMatch(/left out/);
    expect(stdout).toMatch(expected.where);
    expect(await repository.json('verify', 'forge/site', '--targets', 'all')).toMatchObject({ problems: [], targetsAbsent: [] });
  }

  test('a new version that nobody signed', async () => {
    const repository = await template.copy();
    await repository.pushOnto('tuf', async (directory) => {
      const path = join(directory, 'metadata', 'docs.json');
      await writeFile(path, (await readFile(path, 'utf8')).replace('"version": 2', '"version": 3'));
    });
    await expectFinding(repository, { code: 'threshold', where: /^docs@3|docs@3:/ });
    expect((await repository.readSite('metadata/1.snapshot.json')).signed.meta['docs.json'].version).toBe(2);
  });

  test('text that is no metadata', async () => {
    const repository = await template.copy();
    await repository.pushOnto('tuf', (directory) => writeFile(join(directory, 'metadata', 'docs.json'), '{"signed":'));
    await expectFinding(repository, { code: 'json-syntax', where: /./ });
  });

  test('a file of a role that nobody delegates to', async () => {
    const repository = await template.copy();
    await repository.pushOnto('tuf', async (directory) => {
      const text = await readFile(join(directory, 'metadata', 'docs.json'), 'utf8');
      await writeFile(join(directory, 'metadata', 'nightly.json'), text);
    });
    await expectFinding(repository, { code: 'role-unknown', where: /metadata\/nightly\.json/ });
  });

  test('a file among the metadata that is none', async () => {
    const repository = await template.copy();
    await repository.pushOnto('tuf', (directory) => writeFile(join(directory, 'metadata', 'notes.txt'), 'hello'));
    await expectFinding(repository, { code: 'event-file-unclaimed', where: /metadata\/notes\.txt/ });
  });

  test('a deletion', async () => {
    const repository = await template.copy();
    await repository.pushOnto('tuf', (directory) => rm(join(directory, 'metadata', 'docs.json')));
    await expectFinding(repository, { code: 'role-missing', where: /metadata\/docs\.json/ });
  });

  test('a deleted root', async () => {
    const repository = await template.copy();
    await repository.pushOnto('tuf', (directory) => rm(join(directory, 'metadata', 'root.json')));
    await expectFinding(repository, { code: 'role-missing', where: /metadata\/root\.json/ });
  });

  test('a site that is due is refreshed all the same, and the next event mends the branch', async () => {
    const repository = await template.copy();
    await repository.pushOnto('tuf', (directory) => writeFile(join(directory, 'metadata', 'docs.json'), 'junk'));
    // A published branch that is gone makes publish write everything again.
    await git(repository.bare, 'update-ref', '-d', 'refs/heads/tuf-published');
    const { code, stdout } = await repository.run('publish', '--json');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'published' });
    const proposed = await repository.proposeDocs({ 'a.txt': 'a' });
    await repository.release(proposed.number, 'carol');
    expect((await repository.json('status')).findings).toEqual([]);
  });
});

describe('branches that are put back', () => {
  test('do not put versions back: the site is the floor, and the next event is built on it', async () => {
    const repository = await template.copy();
    const before = { tuf: await repository.head('tuf'), 'tuf-published': await repository.head('tuf-published') };
    const { number } = await repository.proposeDocs({ 'a.txt': 'a' });
    await repository.release(number, 'carol');
    for (const [branch, commit] of Object.entries(before)) await git(repository.bare, 'update-ref', `refs/heads/${branch}`, commit);

    const status = await repository.run('status', '--json');
    expect(status.code).toBe(3);
    const { signed, findings } = JSON.parse(status.stdout);
    expect(signed.find(({ role }: { role: string }) => role === 'docs').version).toBe(3);
    expect(findings).toContainEqual(expect.objectContaining({ code: 'rollback', where: 'docs@2' }));
    const published = JSON.parse((await repository.run('publish', '--json')).stdout);
    expect(published.timestamp).toBeGreaterThanOrEqual(2);
    expect(published.snapshot).toBeGreaterThanOrEqual(2);
    const next = await repository.proposeDocs({ 'b.txt': 'b' });
    expect(next.version).toBe(4);
    await repository.release(next.number, 'carol');
    const report = await repository.json('verify', 'forge/site', '--targets', 'all', '--root', 'forge/site/metadata/1.root.json');
    expect(report).toMatchObject({ problems: [], targetsAbsent: [] });
  });

  test('the published branch alone: what it lost is put back from the site, not the other way round', async () => {
    const repository = await template.copy();
    const before = await repository.head('tuf-published');
    const { number } = await repository.proposeDocs({ 'a.txt': 'a' });
    await repository.release(number, 'carol');
    const timestamp = (await repository.readSite('metadata/timestamp.json')).signed.version;
    await git(repository.bare, 'update-ref', 'refs/heads/tuf-published', before);
    await repository.run('publish');
    expect((await repository.readSite('metadata/timestamp.json')).signed.version).toBeGreaterThanOrEqual(timestamp);
    const branch = JSON.parse(await git(repository.bare, 'show', 'tuf-published:metadata/timestamp.json'));
    expect(branch.signed.version).toBeGreaterThanOrEqual(timestamp);
  });
});

describe('verify', () => {
  let repository: Repository;
  beforeAll(async () => {
    repository = await template.copy();
  });

  async function problems(site: string, ...args: readonly string[]): Promise<{ readonly exit: number; readonly codes: readonly string[] }> {
    const { code, stdout } = await repository.run('verify', site, ...args, '--json');
    return { exit: code, codes: JSON.parse(stdout).problems.map((one: { code: string }) => one.code) };
  }

  test('a good site, with and without the root that is known', async () => {
    const root = repository.path('forge', 'site', 'metadata', '1.root.json');
    const bare = await repository.run('verify', 'forge/site');
    expect(bare.code).toBe(0);
    expect(bare.stdout).toMatch(/^verified\n/);
    expect(bare.stderr).toContain('--root');
    expect(await repository.run('verify', 'forge/site', '--root', root)).toMatchObject({ code: 0, stderr: '' });
    const sha256 = createHash('sha256')
      .update(await readFile(root))
      .digest('hex');
    expect((await repository.run('verify', 'forge/site', '--root', `sha256:${sha256}`)).code).toBe(0);
  });

  test('that none of the files is here is a warning, where they are not signed to be', async () => {
    const elsewhere = await template.copy();
    const { number } = await elsewhere.proposeDocs({ 'elsewhere.txt': 'elsewhere' }, '--hosting', 'none', '--remove', 'docs/first.txt');
    await elsewhere.release(number, 'carol');
    const { code, stdout } = await elsewhere.run('verify', 'forge/site');
    expect(code).toBe(0);
    expect(stdout).toContain(
      '\nwarning targets: 1 target file listed, and none of those that were looked for is here; clients need them from elsewhere\n',
    );
    expect((await elsewhere.run('verify', 'forge/site', '--targets', 'none')).stdout).not.toContain('is here');
    expect((await repository.run('verify', 'forge/site')).stdout).not.toContain('is here');
  });

  test('another root than the one that is known', async () => {
    expect((await problems('forge/site', '--root', '0'.repeat(64))).exit).toBe(1);
    const young = await repository.json('init', '--repo', 'another');
    expect(young.number).toBe(1);
    await writeFile(
      repository.path('other.root.json'),
      await git(repository.path('another', 'repo.git'), 'show', 'sign/root-v1:metadata/root.json'),
    );
    const { exit, codes } = await problems('forge/site', '--root', 'other.root.json');
    expect(exit).toBe(1);
    expect(codes).not.toEqual([]);
  });

  test('a site that has expired by the time that is asked for', async () => {
    const { exit, codes } = await problems('forge/site', '--at', '2099-01-01T00:00:00Z');
    expect(exit).toBe(1);
    expect(codes).toContain('expired');
    const { stdout } = await repository.run('verify', 'forge/site', '--at', '2099-01-01T00:00:00Z');
    expect(stdout).toMatch(/^\d+ problems?\n/);
    expect(stdout).toContain('days ago');
  });

  test.each([
    ['a target of other bytes', async (site: string) => flip(await firstTarget(site)), 'hash-mismatch'],
    ['metadata of other bytes', async (site: string) => flip(join(site, 'metadata', '2.docs.json')), /./],
    ['a missing snapshot', async (site: string) => rm(join(site, 'metadata', '1.snapshot.json')), 'not-found'],
    ['a missing timestamp', async (site: string) => rm(join(site, 'metadata', 'timestamp.json')), 'not-found'],
    ['a missing first root', async (site: string) => rm(join(site, 'metadata', '1.root.json')), 'not-found'],
  ])('%s', async (name, tamper, expected) => {
    const site = repository.path(`site of ${name}`);
    await copyTree(repository.path('forge', 'site'), site);
    expect((await problems(site)).exit).toBe(0);
    await tamper(site);
    const { exit, codes } = await problems(site);
    expect(exit).toBe(1);
    expect(codes).toContainEqual(expect.stringMatching(expected));
  });

  test('--targets none does not read them', async () => {
    const site = repository.path('without reading');
    await copyTree(repository.path('forge', 'site'), site);
    await flip(await firstTarget(site));
    expect(await problems(site, '--targets', 'none')).toEqual({ exit: 0, codes: [] });
  });
});

async function firstTarget(site: string): Promise<string> {
  const [name] = await readdir(join(site, 'targets', 'docs'));
  return join(site, 'targets', 'docs', name ?? '');
}

async function flip(path: string): Promise<void> {
  const bytes = await readFile(path);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  await writeFile(path, bytes);
}
