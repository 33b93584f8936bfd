// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { branchWith, clientOf, refusalOf, statusOf } from './client.ts';
import { startGitHub } from './server.ts';
import type { FakeGitHub } from './server.ts';

const run = promisify(execFile);
const repo = { owner: 'alice', repo: 'project' };
let github: FakeGitHub;
let alice: Octokit;

beforeAll(async () => {
  github = await startGitHub();
  alice = clientOf(github, github.addUser('alice').token);
  github.addRepository('alice', 'project');
  github.commit('alice/project', 'main', { 'README.md': 'hello\n', 'dir/deep/file.txt': 'x' });
});

afterAll(() => github.close());

async function head(branch: string): Promise<string> {
  return (await alice.git.getRef({ ...repo, ref: `heads/${branch}` })).data.object.sha;
}

describe('refs', () => {
  test('of many who create one ref at once, one is answered 201 and the rest 422', async () => {
    const shas = await Promise.all([1, 2, 3, 4, 5].map((n) => branchWith(alice, repo, `try/${n}`, { a: String(n) })));
    const answers = await Promise.all(shas.map((sha) => statusOf(alice.git.createRef({ ...repo, ref: 'refs/heads/race', sha }))));
    expect(answers.toSorted()).toEqual([201, 422, 422, 422, 422]);
  });

  test('an update that is no fast-forward is refused unless forced', async () => {
    const first = await branchWith(alice, repo, 'ff/one', { a: '1' });
    const second = await branchWith(alice, repo, 'ff/two', { a: '2' });
    const move = (force: boolean) => alice.git.updateRef({ ...repo, ref: 'heads/ff/one', sha: second, force });
    expect(await refusalOf(move(false))).toMatchObject({ status: 422, message: expect.stringContaining('Update is not a fast forward') });
    expect(await head('ff/one')).toBe(first);
    expect(await statusOf(move(true))).toBe(200);
  });

  test.each([
    ['a name below a branch', 'refs/heads/main/sub', 422],
    ['a name that git refuses', 'refs/heads/a..b', 422],
    ['too short a name', 'main', 422],
    ['a good name', 'refs/heads/good/name', 201],
  ])('creating a ref with %s', async (_, ref, status) => {
    expect(await statusOf(alice.git.createRef({ ...repo, ref, sha: await head('main') }))).toBe(status);
  });

  test('matching-refs is a prefix', async () => {
    const refs = await alice.git.listMatchingRefs({ ...repo, ref: 'heads/try/' });
    expect(refs.data.map((one) => one.ref)).toEqual([1, 2, 3, 4, 5].map((n) => `refs/heads/try/${n}`));
    expect((await alice.git.listMatchingRefs({ ...repo, ref: 'heads/none' })).data).toEqual([]);
  });

  test('a deleted ref is gone, and another may take its directory', async () => {
    await branchWith(alice, repo, 'gone/deep', { a: '1' });
    await alice.git.deleteRef({ ...repo, ref: 'heads/gone/deep' });
    expect(await statusOf(alice.git.getRef({ ...repo, ref: 'heads/gone/deep' }))).toBe(404);
    expect(await statusOf(alice.git.createRef({ ...repo, ref: 'refs/heads/gone', sha: await head('main') }))).toBe(201);
  });

  test("git's own lock on a ref stops an update", async () => {
    const sha = await branchWith(alice, repo, 'locked', { a: '1' });
    const lock = join(github.gitDirectory('alice/project'), 'refs/heads/locked.lock');
    await writeFile(lock, '');
    expect(await statusOf(alice.git.updateRef({ ...repo, ref: 'heads/locked', sha, force: true }))).toBe(409);
    await rm(lock);
    expect(await statusOf(alice.git.updateRef({ ...repo, ref: 'heads/locked', sha, force: true }))).toBe(200);
  });
});

describe('objects', () => {
  test('git itself finds nothing wrong with what the API wrote', async () => {
    await branchWith(alice, repo, 'fsck', { 'dir/deep/file.txt': null, 'dir.x': '1', dir2: '2' });
    const { stderr } = await run('git', ['--git-dir', github.gitDirectory('alice/project'), 'fsck', '--strict', '--no-dangling']);
    expect(stderr).toBe('');
  });

  test('a tree is cut where the limit is', async () => {
    const sha = await head('main');
    const whole = await alice.git.getTree({ ...repo, tree_sha: sha, recursive: '1' });
    expect(whole.data.tree.map((one) => one.path)).toEqual(['README.md', 'dir', 'dir/deep', 'dir/deep/file.txt']);
    expect(whole.data.truncated).toBe(false);
    github.repository('alice/project').settings.maxTreeEntries = 2;
    const cut = await alice.git.getTree({ ...repo, tree_sha: sha, recursive: '1' });
    expect([cut.data.tree.length, cut.data.truncated]).toEqual([2, true]);
    github.repository('alice/project').settings.maxTreeEntries = 100_000;
  });

  test('blobs, annotated tags, comparisons, contents and commits answer as described', async () => {
    const sha = await branchWith(alice, repo, 'read', { 'src/a.txt': 'a\n' });
    const blob = await alice.git.createBlob({ ...repo, content: Buffer.from('bytes').toString('base64'), encoding: 'base64' });
    const back = await alice.git.getBlob({ ...repo, file_sha: blob.data.sha });
    expect(Buffer.from(back.data.content, 'base64').toString()).toBe('bytes');
    const tag = await alice.git.createTag({ ...repo, tag: 'v1', message: 'one', object: sha, type: 'commit' });
    await alice.git.createRef({ ...repo, ref: 'refs/tags/v1', sha: tag.data.sha });
    expect((await alice.git.getTag({ ...repo, tag_sha: tag.data.sha })).data.object.sha).toBe(sha);
    expect((await alice.git.getRef({ ...repo, ref: 'tags/v1' })).data.object.type).toBe('tag');
    expect((await alice.repos.getCommit({ ...repo, ref: 'v1' })).data.sha).toBe(sha);
    const compared = await alice.repos.compareCommitsWithBasehead({ ...repo, basehead: `main...${sha}` });
    expect([compared.data.ahead_by, compared.data.files?.map((file) => file.filename)]).toEqual([1, ['src/a.txt']]);
    const file = await alice.repos.getContent({ ...repo, path: 'src/a.txt', ref: 'read' });
    expect(file.data).toMatchObject({ type: 'file', encoding: 'base64' });
    const folder = await alice.repos.getContent({ ...repo, path: 'src', ref: 'read' });
    expect(folder.data).toMatchObject([{ path: 'src/a.txt' }]);
    const commits = await alice.repos.listCommits({ ...repo, sha: 'read', path: 'src/a.txt' });
    expect(commits.data.map((one) => one.sha)).toEqual([sha]);
    await alice.repos.listBranches(repo);
    await alice.repos.getBranch({ ...repo, branch: 'read' });
    await alice.repos.listTags(repo);
    const orphan = github.commit('alice/project', 'lonely', { a: 'b' }, { orphan: true });
    expect(await statusOf(alice.repos.compareCommitsWithBasehead({ ...repo, basehead: `main...${orphan}` }))).toBe(404);
  });
});

describe('GraphQL', () => {
  const MOVE = 'mutation($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }';

  test('updateRefs is a compare-and-swap of all or none', async () => {
    const [a, b] = [await branchWith(alice, repo, 'cas/a', { a: 'a' }), await branchWith(alice, repo, 'cas/b', { a: 'b' })];
    const { repository } = await alice.graphql<{ repository: { id: string } }>('{ repository(owner: "alice", name: "project") { id } }');
    const move = (refUpdates: readonly object[]) => alice.graphql(MOVE, { input: { repositoryId: repository.id, refUpdates } });
    const good = { name: 'refs/heads/cas/a', beforeOid: a, afterOid: b, force: true };
    const absent = { name: 'refs/heads/cas/b', beforeOid: '0'.repeat(40), afterOid: a };
    await expect(move([good, absent])).rejects.toThrow('already exists');
    expect(await head('cas/a')).toBe(a);
    await move([good, { ...absent, name: 'refs/heads/cas/c' }]);
    expect([await head('cas/a'), await head('cas/c')]).toEqual([b, a]);
    await expect(move([good])).rejects.toThrow('does not match');
  });

  test('the history of a file, in pages', async () => {
    const shas = ['1', '2', '3'].map((text) => github.commit('alice/project', 'hist', { file: text, other: 'same' }));
    github.commit('alice/project', 'hist', { unrelated: 'x' });
    const answer = await alice.graphql<{
      repository: { object: { history: { nodes: { oid: string }[]; pageInfo: { hasNextPage: boolean } } } };
    }>(
      `query($oid: GitObjectID!) { viewer { login databaseId } repository(owner: "alice", name: "project") { object(oid: $oid) { ... on Commit {
        history(path: "file", first: 2) { nodes { oid file(path: "file") { oid } } pageInfo { hasNextPage endCursor } } } } } }`,
      { oid: await head('hist') },
    );
    const { nodes, pageInfo } = answer.repository.object.history;
    expect(nodes.map((node) => node.oid)).toEqual([shas[2], shas[1]]);
    expect(pageInfo.hasNextPage).toBe(true);
  });

  test("a field that is not in GitHub's schema fails the test", async () => {
    await expect(alice.graphql('{ viewer { loginn } }')).rejects.toThrow('loginn');
    expect(() => github.checkContract()).toThrow('loginn');
  });
});

describe('git over HTTP', () => {
  test('a clone and a push, whose commits the API sees; no push without a token', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'clone-'));
    const git = (...args: string[]) => run('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args]);
    await git('clone', '-q', github.gitUrl('alice/project', github.tokenFor('alice')), '.');
    await writeFile(join(folder, 'pushed.txt'), 'pushed');
    await git('checkout', '-q', '-b', 'pushed');
    await git('add', '.');
    await git('commit', '-q', '-m', 'pushed');
    await git('push', '-q', 'origin', 'pushed');
    const { stdout } = await git('rev-parse', 'HEAD');
    expect(await head('pushed')).toBe(stdout.trim());
    expect((await alice.git.getTree({ ...repo, tree_sha: 'pushed' })).data.tree.map((one) => one.path)).toContain('pushed.txt');
    await expect(git('-c', 'core.askPass=false', 'push', '-q', github.gitUrl('alice/project'), 'pushed:other')).rejects.toThrow();
    await rm(folder, { recursive: true });
  });
});
