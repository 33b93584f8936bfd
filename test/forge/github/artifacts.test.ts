// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openGitHub } from '../../../src/forge/github/index.ts';
import type { GitHubArtifacts } from '../../../src/forge/github/artifacts.ts';
import { startGitHub } from '../../github/server.ts';
import type { FakeGitHub } from '../../github/server.ts';
import { artifact, run } from './shapes.ts';
import { refusalOf, startStub } from './stub.ts';
import type { Stub } from './stub.ts';

const FULL = 'acme/project';
const PATH = '.github/workflows/release.yml';

let fake: FakeGitHub;
let stub: Stub | null = null;
let root = '';
let artifacts: GitHubArtifacts;

async function connect(apiUrl: string): Promise<GitHubArtifacts> {
  const log = { info: () => undefined, warn: () => undefined, progress: () => undefined };
  const token = fake.jobToken({ repository: FULL, permissions: { actions: 'read' } });
  return (await openGitHub({ owner: 'acme', repo: 'project', token, apiUrl, log })).artifacts;
}

/** An archive without compression, of files in this order. */
function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const [path, data] = [Buffer.from(name), Buffer.from(text)];
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt32LE(crc32(data), 10);
    shared.writeUInt32LE(data.length, 14);
    shared.writeUInt32LE(data.length, 18);
    shared.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), shared, path, data]);
    const at = Buffer.alloc(14);
    at.writeUInt32LE(offset, 10);
    entries.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), shared, at, path]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

// The artifact client reads its address once, when it is loaded: one server for the whole file.
beforeAll(async () => {
  fake = await startGitHub();
  fake.addRepository('acme', 'project');
  fake.commit(FULL, 'main', { 'README.md': 'hello\n' });
  fake.createFork(FULL, 'eve');
  process.env['GITHUB_API_URL'] = fake.apiUrl;
  artifacts = await connect(fake.apiUrl);
});
afterAll(() => fake.close());
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'countersign-artifacts-'));
});
afterEach(async () => {
  await stub?.stop();
  stub = null;
  await rm(root, { recursive: true, force: true });
});

function newRun(headRepository: string = FULL): number {
  return fake.addRun(FULL, { path: PATH, event: 'push', headBranch: 'main', headRepository }).id;
}

describe('runs', () => {
  test.each([
    [FULL, 'repository'],
    ['eve/project', 'fork'],
  ])('of %s', async (from, expected) => {
    const found = await artifacts.run(newRun(from));
    expect(found).toMatchObject({ workflow: PATH, event: 'push', from: expected, conclusion: 'success', actor: { login: 'acme' } });
    expect(found?.commit).toMatch(/^[0-9a-f]{40}$/);
  });

  test('that are not there', async () => {
    expect(await artifacts.run(1)).toBeNull();
    expect(await artifacts.ofRun(1)).toEqual([]);
  });

  test('whose fork is gone, and whose workflow is named with a branch', async () => {
    stub = await startStub(() => ({ status: 200, json: run({ head_repository: null, actor: null, conclusion: null }) }));
    const found = await stub.github.artifacts.run(5);
    expect(found).toMatchObject({ from: 'fork', workflow: PATH, conclusion: null, actor: { id: 10137, login: 'ghost' } });
  });
});

describe('lists', () => {
  test('of a run, by name, and the newest', async () => {
    const [one, two] = [newRun(), newRun('eve/project')];
    const ids = [fake.addArtifact(FULL, one, 'dist-a', zipOf({ a: 'a' })), fake.addArtifact(FULL, two, 'dist-a', zipOf({ a: 'b' }))].map(
      ({ id }) => id,
    );
    expect((await artifacts.ofRun(one)).map(({ id, name, runId, from, expired }) => [id, name, runId, from, expired])).toEqual([
      [ids[0], 'dist-a', one, 'repository', false],
    ]);
    expect((await artifacts.named('dist-a')).map(({ id, from }) => [id, from])).toEqual([
      [ids[1], 'fork'],
      [ids[0], 'repository'],
    ]);
    expect((await artifacts.newest(1)).map(({ id }) => id)).toEqual([ids[1]]);
    expect(await artifacts.named('dist')).toEqual([]);
  });

  test.each<[string, object]>([
    ['no run any more', { workflow_run: null }],
    ['nothing said of its repository', { workflow_run: { id: 5 } }],
    ['another head repository', { workflow_run: { id: 5, repository_id: 7, head_repository_id: 8 } }],
  ])('hold an artifact with %s as of a fork', async (_, change) => {
    stub = await startStub((seen) => ({
      status: 200,
      json: { total_count: 1, artifacts: [artifact(1, seen.query.get('name') === 'x' ? { name: 'x', ...change } : {})] },
    }));
    expect((await stub.github.artifacts.named('x')).map(({ from }) => from)).toEqual(['fork']);
    expect((await stub.github.artifacts.newest(1)).map(({ from }) => from)).toEqual(['repository']);
  });
});

describe('a download', () => {
  test('unpacks into the directory and nothing else', async () => {
    const stored = fake.addArtifact(FULL, newRun(), 'dist-b', zipOf({ 'a.txt': 'a', 'd/b.txt': 'b' }));
    const [found] = await artifacts.named('dist-b');
    expect(found?.sha256).toBe(stored.digest?.slice('sha256:'.length));
    if (found === undefined) throw new Error('no artifact');
    await artifacts.download(found, root);
    expect((await readdir(root, { recursive: true })).toSorted()).toEqual(['a.txt', 'd', join('d', 'b.txt')]);
    expect(await readFile(join(root, 'd/b.txt'), 'utf8')).toBe('b');
  });

  test('of an archive that reaches out of it stays inside', async () => {
    fake.addArtifact(FULL, newRun(), 'evil', zipOf({ '../../out.txt': 'evil', '/abs.txt': 'evil', 'ok.txt': 'fine' }));
    const [found] = await artifacts.named('evil');
    if (found === undefined) throw new Error('no artifact');
    const inner = await mkdtemp(join(root, 'inner-'));
    await artifacts.download(found, inner);
    expect((await readdir(inner)).toSorted()).toEqual(['abs.txt', 'ok.txt', 'out.txt']);
    expect(await readdir(root)).toHaveLength(1);
  });

  test('of other bytes than the digest says leaves nothing', async () => {
    const stored = fake.addArtifact(FULL, newRun(), 'swapped', zipOf({ 'a.txt': 'a' }));
    stored.zip = zipOf({ 'a.txt': 'evil' });
    const [found] = await artifacts.named('swapped');
    if (found === undefined) throw new Error('no artifact');
    expect((await refusalOf(() => artifacts.download(found, root))).code).toBe('artifact-mismatch');
    expect(await readdir(root)).toEqual([]);
    stored.zip = zipOf({ 'a.txt': 'a' });
    await artifacts.download(found, root);
  });

  test('of what has expired, before and after it is looked up', async () => {
    const stored = fake.addArtifact(FULL, newRun(), 'old', zipOf({ 'a.txt': 'a' }));
    const [before] = await artifacts.named('old');
    stored.expired = true;
    const [after] = await artifacts.named('old');
    for (const found of [before, after]) {
      if (found === undefined) throw new Error('no artifact');
      expect((await refusalOf(() => artifacts.download(found, root))).code).toBe('artifact-expired');
    }
  });

  test('of what is gone', async () => {
    const stored = fake.addArtifact(FULL, newRun(), 'gone', zipOf({ 'a.txt': 'a' }));
    const [found] = await artifacts.named('gone');
    fake.repository(FULL).artifacts.delete(stored.id);
    if (found === undefined) throw new Error('no artifact');
    expect((await refusalOf(() => artifacts.download(found, root))).code).toBe('artifact-missing');
  });

  test('from another address than the client would use', async () => {
    fake.addArtifact(FULL, newRun(), 'here', zipOf({ 'a.txt': 'a' }));
    const [found] = await artifacts.named('here');
    if (found === undefined) throw new Error('no artifact');
    const elsewhere = await connect('https://api.github.com');
    expect((await refusalOf(() => elsewhere.download(found, root))).code).toBe('usage');
  });

  test('into no directory', async () => {
    fake.addArtifact(FULL, newRun(), 'nowhere', zipOf({ 'a.txt': 'a' }));
    const [found] = await artifacts.named('nowhere');
    if (found === undefined) throw new Error('no artifact');
    expect((await refusalOf(() => artifacts.download(found, join(root, 'none')))).code).toBe('io');
    await artifacts.download(found, root);
  });
});
