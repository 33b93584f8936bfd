// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openGitHub } from '../../../src/forge/github/index.ts';
import type { GitHubReleases } from '../../../src/forge/github/releases.ts';
import { parseCommitSha } from '../../../src/forge/local/ids.ts';
import type { CommitSha, FileContent, Release, ReleaseAsset } from '../../../src/ports.ts';
import { startGitHub } from '../../github/server.ts';
import type { FakeGitHub } from '../../github/server.ts';
import { asset, release } from './shapes.ts';
import { linesOf, refusalOf, startStub, TOKEN } from './stub.ts';
import type { Stub } from './stub.ts';

const FULL = 'acme/project';
const UPLOADS = /\/releases\/\d+\/assets$/;

type Content = Extract<FileContent, { kind: 'bytes' | 'file' }>;

let fake: FakeGitHub;
let stub: Stub | null = null;
let main: CommitSha;
let directory = '';
let releases: GitHubReleases;
let sent: string[] = [];

async function connect(permissions: Readonly<Record<string, 'read' | 'write'>>): Promise<GitHubReleases> {
  const log = { info: () => undefined, warn: () => undefined, progress: () => undefined };
  const onRequest = (method: string): void => void sent.push(method);
  const token = fake.jobToken({ repository: FULL, permissions });
  return (await openGitHub({ owner: 'acme', repo: 'project', token, apiUrl: fake.apiUrl, log, onRequest })).releases;
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'countersign-releases-'));
  fake = await startGitHub();
  fake.addRepository('acme', 'project');
  main = parseCommitSha(fake.commit(FULL, 'main', { 'README.md': 'hello\n' }), 'test');
  releases = await connect({ contents: 'write' });
  sent = [];
});
afterEach(async () => {
  await stub?.stop();
  stub = null;
  await rm(directory, { recursive: true, force: true });
  await fake.close();
});

const hash = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');
const content = (text: string): Content => ({ kind: 'bytes', bytes: Buffer.from(text) });
const draft = (tag = 'v1'): Promise<Release> =>
  releases.createDraft({ tag, commit: main, name: `Release ${tag}`, body: 'b', prerelease: false });
const put = (id: number, name: string, text = 'abc', from: GitHubReleases = releases): Promise<ReleaseAsset> =>
  from.upload(id, name, content(text), hash(text));
const names = async (id: number): Promise<readonly string[]> => (await releases.assets(id)).map(({ name, state }) => `${name} ${state}`);

describe('a draft', () => {
  test('is made, listed, published at its commit, and left alone when it is published again', async () => {
    const made = await draft();
    expect(made).toMatchObject({ tag: 'v1', target: main, name: 'Release v1', draft: true, immutable: false });
    expect(await releases.get(made.id)).toEqual(made);
    expect(await releases.tagCommit('v1')).toBeNull();
    fake.commit(FULL, 'main', { 'README.md': 'later\n' });
    const published = await releases.publish(made.id, { tag: 'v1', commit: main });
    expect(published.draft).toBe(false);
    expect(await releases.tagCommit('v1')).toBe(main);
    expect(await releases.publish(made.id, { tag: 'v1', commit: main })).toEqual(published);
    expect((await refusalOf(() => releases.removeDraft(made.id))).code).toBe('release-mismatch');
  });

  test('is removed, also twice', async () => {
    const { id } = await draft();
    await releases.removeDraft(id);
    await releases.removeDraft(id);
    expect(await releases.get(id)).toBeNull();
    expect((await refusalOf(() => releases.publish(id, { tag: 'v1', commit: main }))).code).toBe('release-missing');
  });

  test('is made once though the answer is lost', async () => {
    fake.faults.add({ method: 'POST' }, { kind: 'done-but-502' });
    const made = await draft();
    expect(await releases.list()).toEqual([made]);
  });

  test('on a commit whose workflow files differ needs an App token', async () => {
    const other = parseCommitSha(fake.commit(FULL, 'other', { '.github/workflows/a.yml': 'on: push\n' }), 'test');
    const { id } = await draft();
    const error = await refusalOf(() => releases.publish(id, { tag: 'v1', commit: other }));
    expect(error.code).toBe('permission-missing');
    expect(error.message).toMatch(/App token/);
    expect((await releases.publish(id, { tag: 'v1', commit: main })).draft).toBe(false);
  });

  test('is hidden from who may only read', async () => {
    const { id } = await draft();
    const reader = await connect({ contents: 'read' });
    expect(await reader.get(id)).toBeNull();
    expect((await refusalOf(() => put(id, 'a.txt', 'abc', reader))).code).toMatch(/^(permission-missing|release-missing)$/);
  });
});

describe('an upload', () => {
  test('of bytes and of a file', async () => {
    const { id } = await draft();
    const path = join(directory, 'f');
    const big = Buffer.alloc(3_000_000, 'x');
    await writeFile(path, big);
    const made = await releases.upload(id, 'big.bin', { kind: 'file', path, length: big.length }, hash(big));
    expect(made).toMatchObject({ name: 'big.bin', size: big.length, sha256: hash(big), state: 'uploaded' });
    const small = await put(id, 'a.txt');
    expect(await releases.assets(id)).toEqual([made, small]);
    expect(Buffer.from((await releases.download(small.id, 3)) ?? []).toString()).toBe('abc');
    expect((await refusalOf(() => releases.download(small.id, 2))).code).toBe('too-large');
    await releases.removeAsset(small.id);
    await releases.removeAsset(small.id);
    expect(await releases.download(small.id, 3)).toBeNull();
    await put(id, 'a.txt');
  });

  test('lists a release once, however many follow', async () => {
    const { id } = await draft();
    sent = [];
    for (let at = 0; at < 5; at++) await put(id, `f${String(at)}.txt`);
    expect(sent).toEqual(['GET', 'GET', 'POST', 'POST', 'POST', 'POST', 'POST']);
  });

  test.each([502, 500])('that broke off with %i leaves nothing and is tried again', async (status) => {
    const { id } = await draft();
    fake.faults.add({ method: 'POST', path: UPLOADS, count: 2 }, { kind: 'status', status });
    await put(id, 'a.txt');
    expect(await names(id)).toEqual(['a.txt uploaded']);
  });

  test('that never gets through', async () => {
    const { id } = await draft();
    fake.faults.add({ method: 'POST', path: UPLOADS, count: 9 }, { kind: 'status', status: 502 });
    expect((await refusalOf(() => put(id, 'a.txt'))).code).toBe('io');
    expect(await names(id)).toEqual([]);
    fake.faults.clear();
    await put(id, 'a.txt');
  });

  test.each(['done-but-502', 'reset'] as const)('whose answer is lost (%s) is taken as it is', async (kind) => {
    const { id } = await draft();
    fake.faults.add({ method: 'POST', path: UPLOADS }, kind === 'reset' ? { kind, done: true } : { kind });
    await put(id, 'a.txt');
    expect(await names(id)).toEqual(['a.txt uploaded']);
  });

  test('of a file, after a secondary limit', async () => {
    const { id } = await draft();
    const path = join(directory, 'f');
    await writeFile(path, 'abc');
    fake.faults.add({ method: 'POST', path: UPLOADS }, { kind: 'secondary-limit', retryAfterSeconds: 1 });
    const made = await releases.upload(id, 'a.txt', { kind: 'file', path, length: 3 }, hash('abc'));
    expect(made.sha256).toBe(hash('abc'));
  });

  test('of a name that is taken: by the same bytes it is it, by others it is refused', async () => {
    const { id } = await draft();
    const made = await put(id, 'a.txt');
    expect(await put(id, 'a.txt')).toEqual(made);
    expect((await refusalOf(() => put(id, 'a.txt', 'abd'))).code).toBe('already-exists');
    expect(await releases.assets(id)).toEqual([made]);
  });

  test.each(['a b.txt', '.a', 'a.', 'ä.txt', 'a/b', '', 'a', '+a', 'a+b.txt'])(
    'of the name %j, which GitHub would change',
    async (name) => {
      const { id } = await draft();
      expect((await refusalOf(() => put(id, name))).code).toBe('asset-name');
    },
  );

  test.each(['ab', 'a.b', 'A-1_2.tar.gz', `${hash('')}.app-1.0.zip`])('of the name %j, which it keeps', async (name) => {
    const { id } = await draft();
    expect((await put(id, name)).name).toBe(name);
  });

  test.each<[string, Content, string]>([
    ['2 GiB', { kind: 'file', path: 'none', length: 2 * 1024 ** 3 }, 'too-large'],
    ['a file that is gone', { kind: 'file', path: 'none', length: 2 * 1024 ** 3 - 1 }, 'io'],
    ['nothing', content(''), 'file-type'],
  ])('of %s', async (_, what, code) => {
    const { id } = await draft();
    expect((await refusalOf(() => releases.upload(id, 'a.bin', what, hash('')))).code).toBe(code);
  });

  test('of a file that changed', async () => {
    const { id } = await draft();
    const path = join(directory, 'f');
    await writeFile(path, 'abc');
    expect((await refusalOf(() => releases.upload(id, 'a.txt', { kind: 'file', path, length: 4 }, hash('abc')))).code).toBe('file-changed');
    expect((await refusalOf(() => releases.upload(id, 'a.txt', { kind: 'file', path, length: 3 }, hash('abd')))).code).toBe(
      'release-mismatch',
    );
  });

  test('to an immutable release', async () => {
    fake.repository(FULL).settings.immutableReleases = true;
    const { id } = await draft();
    const made = await put(id, 'a.txt');
    expect((await releases.publish(id, { tag: 'v1', commit: main })).immutable).toBe(true);
    expect((await refusalOf(() => put(id, 'b.txt'))).code).toBe('release-immutable');
    expect((await refusalOf(() => releases.removeAsset(made.id))).code).toBe('release-immutable');
  });

  test('to no release', async () => {
    expect((await refusalOf(() => put(99, 'a.txt'))).code).toBe('release-missing');
  });
});

describe('what the host says of an upload', () => {
  const upload = async (answer: object, assets: readonly object[] = []): Promise<ReleaseAsset> => {
    stub = await startStub((seen, { url }) => {
      if (seen.method === 'POST') return { status: 201, json: asset(1, { name: 'a.txt', ...answer }) };
      if (seen.path === '/releases/1') return { status: 200, json: release(1, { upload_url: `${url}/up/1/assets{?name,label}` }) };
      return { status: 200, json: assets.slice((Number(seen.query.get('page') ?? '1') - 1) * 100).slice(0, 100) };
    });
    const path = join(directory, 'f');
    await writeFile(path, 'abc');
    return stub.github.releases.upload(1, 'a.txt', { kind: 'file', path, length: 3 }, hash('abc'));
  };

  test.each<[string, object]>([
    ['the digest that was given', { digest: `sha256:${hash('abc')}` }],
    ['no digest', {}],
  ])('%s is accepted; it went as a stream of a known length', async (_, answer) => {
    expect((await upload(answer)).name).toBe('a.txt');
    const post = stub?.seen.find(({ method }) => method === 'POST');
    expect(post?.body.toString()).toBe('abc');
    expect(post?.query.get('name')).toBe('a.txt');
    expect(post?.headers).toMatchObject({ 'content-length': '3', 'content-type': 'application/octet-stream' });
    expect(post?.headers['transfer-encoding']).toBeUndefined();
    expect(stub === null ? [] : linesOf(stub)).toEqual(['GET /releases/1', 'GET /releases/1/assets', 'POST /up/1/assets']);
  });

  test.each<[string, object]>([
    ['another name', { name: 'b.txt' }],
    ['another size', { size: 4 }],
    ['another digest', { digest: `sha256:${hash('abd')}` }],
    ['a part', { state: 'starter' }],
  ])('%s is refused', async (_, answer) => {
    expect((await refusalOf(() => upload(answer))).code).toBe('release-mismatch');
  });

  test('a token goes to no address in the clear', async () => {
    stub = await startStub((seen) =>
      seen.path === '/releases/1'
        ? { status: 200, json: release(1, { upload_url: 'ftp://127.0.0.1/x{?name}' }) }
        : { status: 200, json: [] },
    );
    const { releases: theirs } = stub.github;
    expect((await refusalOf(() => put(1, 'a.txt', 'abc', theirs))).code).toBe('io');
  });
});

test('a download is sent on to another host without the token', async () => {
  const storage = await startStub(() => ({ status: 200, bytes: Buffer.from('abc') }));
  try {
    stub = await startStub(() => ({ status: 302, headers: { location: `${storage.url}/signed` } }));
    expect(Buffer.from((await stub.github.releases.download(1, 3)) ?? []).toString()).toBe('abc');
    expect(stub.seen[0]?.headers.authorization).toBe(`token ${TOKEN}`);
    expect(storage.seen.map(({ path, headers }) => [path, headers.authorization])).toEqual([['/signed', undefined]]);
  } finally {
    await storage.stop();
  }
});

test('a thousand assets are enough', async () => {
  const { id } = await draft();
  for (let at = 0; at < 999; at++) fill(id, at);
  await put(id, 'last.txt');
  expect((await refusalOf(() => put(id, 'more.txt'))).code).toBe('too-large');
  expect((await put(id, 'last.txt')).name).toBe('last.txt');
});

function fill(id: number, at: number): void {
  const found = fake.repository(FULL).releases.get(id);
  found?.assets.push({
    id: fake.world.nextId(),
    name: `f${String(at)}.txt`,
    label: '',
    state: 'uploaded',
    contentType: 'text/plain',
    bytes: Buffer.from('a'),
    digest: null,
    uploader: found.author,
    createdAt: fake.world.now(),
  });
}

test('a tag of a tag of a commit, and one of a tree', async () => {
  const objects: Record<string, object> = {
    '/git/ref/tags/v1': { object: { type: 'tag', sha: '1'.repeat(40) } },
    [`/git/tags/${'1'.repeat(40)}`]: { object: { type: 'tag', sha: '2'.repeat(40) } },
    [`/git/tags/${'2'.repeat(40)}`]: { object: { type: 'commit', sha: main } },
    '/git/ref/tags/v2': { object: { type: 'tree', sha: '3'.repeat(40) } },
  };
  stub = await startStub((seen) => ({
    status: objects[seen.path] === undefined ? 404 : 200,
    json: objects[seen.path] ?? { message: 'Not Found' },
  }));
  const theirs = stub.github.releases;
  expect(await theirs.tagCommit('v1')).toBe(main);
  expect((await refusalOf(() => theirs.tagCommit('v2'))).code).toBe('tag-mismatch');
  expect(await theirs.tagCommit('v3')).toBeNull();
});
