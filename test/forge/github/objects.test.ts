// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseBlobId } from '../../../src/forge/local/ids.ts';
import type { BlobId, FileContent } from '../../../src/ports.ts';
import { blob, commit, IDENTITY } from './shapes.ts';
import { linesOf, refusalOf, startStub } from './stub.ts';
import type { Seen, Stub, StubReply } from './stub.ts';

let stub: Stub | null = null;
let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'countersign-objects-'));
});
afterEach(async () => {
  await stub?.stop();
  stub = null;
  await rm(directory, { recursive: true, force: true });
});

function idOf(bytes: Uint8Array): BlobId {
  return parseBlobId(
    createHash('sha1')
      .update(`blob ${String(bytes.length)}\0`)
      .update(bytes)
      .digest('hex'),
    'test',
  );
}

const ok = (json: unknown): StubReply => ({ status: 200, json });
const COMMIT = ok({ sha: commit(1), tree: { sha: blob(1) } });
const file = (path: string, n: number): object => ({ path, mode: '100644', type: 'blob', sha: blob(n), size: n });
const directoryAt = (path: string, n: number): object => ({ path, mode: '040000', type: 'tree', sha: blob(n) });

describe('a tree', () => {
  test('in one answer, of which only plain files are files', async () => {
    const odd = [
      { path: 'link', mode: '120000', type: 'blob', sha: blob(5), size: 5 },
      { path: 'module', mode: '160000', type: 'commit', sha: commit(6) },
      { path: 'caf\ufffd', mode: '100644', type: 'blob', sha: blob(7), size: 7 },
      { path: 'run', mode: '100755', type: 'blob', sha: blob(8), size: 8 },
    ];
    const tree = ok({ sha: blob(1), truncated: false, tree: [file('a', 2), directoryAt('d', 3), file('d/b', 4), ...odd] });
    stub = await startStub((seen) => (seen.path.startsWith('/git/trees') ? tree : COMMIT));
    const entries = await stub.github.forge.tree(commit(1));
    expect([...entries].map(([path, { kind, size }]) => [path, kind, size])).toEqual([
      ['a', 'file', 2],
      ['d/b', 'file', 4],
      ['link', 'other', 5],
      ['module', 'other', 0],
      ['caf\ufffd', 'other', 7],
      ['run', 'file', 8],
    ]);
    await stub.github.forge.tree(commit(1));
    expect(linesOf(stub)).toEqual([`GET /git/commits/${commit(1)}`, `GET /git/trees/${blob(1)}`]);
  });

  const truncated = (seen: Seen): StubReply => {
    const isRecursive = seen.query.has('recursive');
    if (seen.path === `/git/trees/${blob(1)}`)
      return ok({ truncated: isRecursive, tree: isRecursive ? [file('a', 2)] : [file('a', 2), directoryAt('d', 3), directoryAt('e', 4)] });
    if (seen.path === `/git/trees/${blob(3)}`)
      return ok({ truncated: isRecursive, tree: isRecursive ? [] : [file('b', 5), directoryAt('f', 6)] });
    if (seen.path === `/git/trees/${blob(4)}`) return ok({ truncated: false, tree: [directoryAt('g', 7), file('g/c', 8)] });
    return seen.path === `/git/trees/${blob(6)}` ? ok({ truncated: false, tree: [file('z', 9)] }) : COMMIT;
  };

  test('directory by directory where GitHub gives only a part', async () => {
    stub = await startStub(truncated);
    expect([...(await stub.github.forge.tree(commit(1))).keys()].toSorted()).toEqual(['a', 'd/b', 'd/f/z', 'e/g/c']);
  });

  test('of one directory that GitHub never gives whole', async () => {
    stub = await startStub((seen) => (seen.path.startsWith('/git/trees') ? ok({ truncated: true, tree: [] }) : COMMIT));
    const { forge } = stub.github;
    expect((await refusalOf(() => forge.tree(commit(1)))).code).toBe('too-large');
  });

  test.each([499, 500])('of %i directories that come one by one', async (count) => {
    const wide = Array.from({ length: count }, (_, at) => directoryAt(`d${String(at)}`, 1000 + at));
    const root = `/git/trees/${blob(1)}`;
    stub = await startStub((seen) => {
      if (seen.path === root) return ok({ truncated: seen.query.has('recursive'), tree: wide });
      return seen.path.startsWith('/git/trees') ? ok({ truncated: false, tree: [file('a', 2)] }) : COMMIT;
    });
    const { forge } = stub.github;
    if (count === 499) expect((await forge.tree(commit(1))).size).toBe(499);
    else expect((await refusalOf(() => forge.tree(commit(1)))).code).toBe('too-large');
  });
});

describe('blobs', () => {
  const missing = { status: 404, json: { message: 'Not Found' } };
  /** Serves contents one by one, and as texts those that `textFor` has one for. */
  const server =
    (contents: readonly Buffer[], textFor: (bytes: Buffer) => string | null) =>
    (seen: Seen): StubReply => {
      const of = (id: unknown): Buffer | undefined => contents.find((bytes) => id === idOf(bytes));
      if (seen.path === '/graphql') {
        const variables = Object.entries(Object(seen.json?.['variables']) as Record<string, unknown>).filter(([name]) =>
          /^o[0-9]+$/.test(name),
        );
        const texts = variables.map(([name, id]) => [name, of(id)] as const);
        const objects = texts.map(([name, bytes]) => [name, bytes === undefined ? null : { text: textFor(bytes) }]);
        return ok({ data: { repository: Object.fromEntries(objects) } });
      }
      const found = of(seen.path.slice('/git/blobs/'.length));
      if (found === undefined) return missing;
      return ok({ content: found.toString('base64').replace(/.{10}/g, '$&\n'), encoding: 'base64', size: found.length });
    };
  const many = (suffix: string, count = 20): readonly Buffer[] =>
    Array.from({ length: count }, (_, at) => Buffer.from(`content ${String(at)}${suffix}`, 'latin1'));
  const asIs = (bytes: Buffer): string => bytes.toString('utf8');
  const serve = server(many(''), asIs);

  test.each<[string, readonly Buffer[], (bytes: Buffer) => string | null, number]>([
    ['texts, ten in a request', many(''), asIs, 2],
    ['one alone, as it is', many('', 1), asIs, 1],
    ['none', [], asIs, 0],
    ['what is no text, one by one', many('\0\xff'), () => null, 2 + 20],
    ['what is no UTF-8, one by one', many('\xff'), asIs, 2 + 20],
    [
      'with a mark of byte order, which a host may leave out, one by one',
      many('\xef\xbb\xbf'),
      (bytes) => asIs(bytes).replace('\ufeff', ''),
      2 + 20,
    ],
    ['long ones, of which the host gives the beginning, one by one', many('x'.repeat(100)), (bytes) => asIs(bytes).slice(0, 50), 2 + 20],
    ['the one that the host changes by itself', many(''), (bytes) => asIs(bytes).replace(/ 7$/, ' 8'), 2 + 1],
  ])('%s', async (_, contents, textFor, requests) => {
    stub = await startStub(server(contents, textFor));
    const ids = contents.map(idOf);
    const read = await stub.github.forge.blobs([...ids, ...ids]);
    expect(ids.map((id) => Buffer.from(read.get(id) ?? []))).toEqual(contents);
    await stub.github.forge.blobs(ids);
    expect(stub.seen).toHaveLength(requests);
  });

  test('one by one where the host breaks over the texts', async () => {
    const contents = many('');
    const alone = server(contents, asIs);
    stub = await startStub((seen) => (seen.path === '/graphql' ? { status: 502, json: {} } : alone(seen)));
    const read = await stub.github.forge.blobs(contents.map(idOf));
    expect([...read.values()].map((bytes) => Buffer.from(bytes))).toEqual(contents);
  });

  test('one by one is what is missing among texts, and refused', async () => {
    stub = await startStub(serve);
    const { forge } = stub.github;
    expect(await refusalOf(() => forge.blobs([blob(1), ...many('').map(idOf)]))).toMatchObject({ code: 'io' });
  });

  test.each<[string, BlobId, (seen: Seen) => StubReply, string]>([
    ['what is missing', blob(1), serve, 'io'],
    ['other bytes than asked for', blob(1), () => ok({ content: 'AAAA', encoding: 'base64' }), 'io'],
    ['another encoding', idOf(Buffer.from('a')), () => ok({ content: 'a', encoding: 'utf-8' }), 'io'],
    ['no content', idOf(Buffer.from('a')), () => ok({ encoding: 'base64' }), 'io'],
  ])('refuse %s', async (_, id, respond, code) => {
    stub = await startStub(respond);
    const { forge } = stub.github;
    expect((await refusalOf(() => forge.blobs([id]))).code).toBe(code);
  });
});

describe('history', () => {
  const node = (n: number | null, mode = 0o100644): object => ({ file: n === null ? null : { oid: blob(n), type: 'blob', mode } });
  const page = (nodes: readonly object[], endCursor: string | null): StubReply =>
    ok({ data: { repository: { object: { history: { pageInfo: { hasNextPage: endCursor !== null, endCursor }, nodes } } } } });

  test('is of distinct plain files, to its end or the limit', async () => {
    stub = await startStub((seen) => {
      const variables = JSON.stringify(seen.json?.['variables']);
      return variables.includes('next')
        ? page([node(2), node(4)], null)
        : page([node(3), node(null), node(3), node(9, 0o120000), node(2)], 'next');
    });
    const { forge } = stub.github;
    expect(await forge.history(commit(1), 'metadata/root.json', 100)).toEqual([blob(3), blob(2), blob(4)]);
    expect(await forge.history(commit(1), 'metadata/root.json', 1)).toEqual([blob(3)]);
    expect(stub.seen).toHaveLength(3);
  });

  test('of no commit', async () => {
    stub = await startStub(() => ok({ data: { repository: { object: null } } }));
    const { forge } = stub.github;
    expect((await refusalOf(() => forge.history(commit(1), 'a', 1))).code).toBe('io');
  });
});

describe('merge bases', () => {
  test.each<[string, StubReply, string | null]>([
    ['one', ok({ merge_base_commit: { sha: commit(3) } }), commit(3)],
    ['none', { status: 404, json: { message: 'No common ancestor between a and b.' } }, null],
  ])('%s, asked once', async (_, reply, expected) => {
    stub = await startStub(() => reply);
    const { forge } = stub.github;
    expect([await forge.mergeBase(commit(1), commit(2)), await forge.mergeBase(commit(1), commit(2))]).toEqual([expected, expected]);
    expect(await forge.mergeBase(commit(1), commit(1))).toBe(commit(1));
    expect(stub.seen).toHaveLength(1);
  });

  test.each([true, false])('none by a bare 404 when both commits are there: %s', async (isThere) => {
    stub = await startStub((seen) =>
      isThere && seen.path.startsWith('/git/commits') ? COMMIT : { status: 404, json: { message: 'Not Found' } },
    );
    const { forge } = stub.github;
    if (isThere) expect(await forge.mergeBase(commit(1), commit(2))).toBeNull();
    else expect((await refusalOf(() => forge.mergeBase(commit(1), commit(2)))).code).toBe('io');
  });
});

describe('a new commit', () => {
  const base = ok({ truncated: false, tree: [file('old', 1), file('d/older', 2)] });
  const respond = (seen: Seen): StubReply => {
    if (seen.method === 'GET') return seen.path.startsWith('/git/trees') ? base : COMMIT;
    return { status: 201, json: { sha: seen.path === '/git/commits' ? commit(9) : blob(seen.path === '/git/trees' ? 8 : 7) } };
  };
  const bytes = (text: string | Uint8Array): FileContent => ({ kind: 'bytes', bytes: Buffer.from(text) });
  const sent = (path: string): unknown => stub?.seen.find((seen) => seen.method === 'POST' && seen.path === path)?.json;
  const write = async (changes: readonly (readonly [string, FileContent | null])[], from: number | null = 1): Promise<string> => {
    stub ??= await startStub(respond);
    const input = {
      base: from === null ? null : commit(from),
      parents: from === null ? [] : [commit(from)],
      changes: new Map(changes),
      message: 'm',
    };
    return stub.github.forge.writeCommit(input);
  };

  test('of texts takes two requests beside what is known of its base, however many they are', async () => {
    expect(
      await write([['old', null], ['gone', null], ...Array.from({ length: 50 }, (_, at) => [`t/${String(at)}`, bytes('{}\n')] as const)]),
    ).toBe(commit(9));
    expect(stub?.seen.map(({ method }) => method)).toEqual(['GET', 'GET', 'POST', 'POST']);
    expect(sent('/git/trees')).toMatchObject({
      base_tree: blob(1),
      tree: expect.arrayContaining([
        { path: 'old', mode: '100644', type: 'blob', sha: null },
        { path: 't/0', mode: '100644', type: 'blob', content: '{}\n' },
      ]) as unknown,
    });
    expect(JSON.stringify(sent('/git/trees'))).not.toContain('gone');
    expect(sent('/git/commits')).toEqual({ message: 'm', tree: blob(8), parents: [commit(1)] });
  });

  test.each<[string, FileContent]>([
    ['of what is no text', bytes(Buffer.from([0xff, 0xfe]))],
    ['of text with a NUL', bytes('a\0b')],
    ['of a text that is too much to send along', bytes('a'.repeat(5 * 1024 * 1024 + 1))],
  ])('%s goes by a blob', async (_, content) => {
    await write([['a', content]]);
    const length = content.kind === 'bytes' ? content.bytes.length : 0;
    expect(sent('/git/blobs')).toMatchObject({
      encoding: 'base64',
      content: expect.toSatisfy((text: string) => Buffer.from(text, 'base64').length === length) as unknown,
    });
    expect(sent('/git/trees')).toMatchObject({ tree: [{ path: 'a', mode: '100644', type: 'blob', sha: blob(7) }] });
  });

  test('of a file on this machine, and of a blob that is there', async () => {
    await writeFile(join(directory, 'x'), 'abc');
    await write(
      [
        ['a', { kind: 'file', path: join(directory, 'x'), length: 3 }],
        ['b', { kind: 'blob', id: blob(4) }],
      ],
      null,
    );
    expect(sent('/git/blobs')).toEqual({ content: 'YWJj', encoding: 'base64' });
    expect(sent('/git/trees')).toEqual({
      tree: [
        { path: 'a', mode: '100644', type: 'blob', sha: blob(7) },
        { path: 'b', mode: '100644', type: 'blob', sha: blob(4) },
      ],
    });
    expect(sent('/git/commits')).toEqual({ message: 'm', tree: blob(8), parents: [] });
  });

  test.each<[string, readonly (readonly [string, FileContent | null])[], number | null, string]>([
    [
      'that removes everything has the empty tree',
      [
        ['old', null],
        ['d/older', null],
      ],
      1,
      '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
    ],
    ['of nothing has the empty tree', [], null, '4b825dc642cb6eb9a060e54bf8d69288fbee4904'],
    ['that changes nothing has the tree of its base', [['gone', null]], 1, blob(1)],
  ])('%s', async (_, changes, from, tree) => {
    await write(changes, from);
    expect(sent('/git/trees')).toBeUndefined();
    expect(sent('/git/commits')).toMatchObject({ tree });
  });

  test.each([40 * 1024 * 1024, 40 * 1024 * 1024 + 1])('of a file of %i bytes', async (length) => {
    const path = join(directory, 'big');
    await writeFile(path, '');
    await truncate(path, length);
    const work = (): Promise<string> => write([['a', { kind: 'file', path, length }]], null);
    if (length === 40 * 1024 * 1024) expect(await work()).toBe(commit(9));
    else expect((await refusalOf(work)).code).toBe('too-large');
  });

  test('refuses a file of another length, and none of the length that was said', async () => {
    const path = join(directory, 'x');
    await writeFile(path, 'abc');
    expect((await refusalOf(() => write([['a', { kind: 'file', path, length: 4 }]]))).code).toBe('file-changed');
    expect(await write([['a', { kind: 'file', path, length: 3 }]])).toBe(commit(9));
    expect((await refusalOf(() => write([['a', { kind: 'file', path: `${path}y`, length: 3 }]]))).code).toBe('io');
  });

  test.each(['', '/a', 'a//b', 'a/../b', '.git/config', 'a/.GIT/b', 'a\0', '\ud800'])('refuses the path %j', async (path) => {
    expect((await refusalOf(() => write([[path, bytes('a')]]))).code).toBe('file-name');
  });

  test('refuses a file where a directory must be', async () => {
    expect(
      (
        await refusalOf(() =>
          write([
            ['a', bytes('a')],
            ['a/b', bytes('b')],
          ]),
        )
      ).code,
    ).toBe('file-name');
    expect(
      await write([
        ['a', null],
        ['a/b', bytes('b')],
      ]),
    ).toBe(commit(9));
  });
});

describe('a move whose answer is lost', () => {
  const moves = (heads: readonly (number | null)[]): { readonly respond: (seen: Seen) => StubReply; readonly sent: () => number } => {
    let reads = 0;
    let mutations = 0;
    const respond = (seen: Seen): StubReply => {
      if (seen.path.startsWith('/git/ref/')) {
        const head = heads[Math.min(reads++, heads.length - 1)] ?? null;
        return head === null ? { status: 404, json: { message: 'Not Found' } } : ok({ object: { type: 'commit', sha: commit(head) } });
      }
      if (!String(seen.json?.['query']).startsWith('mutation')) return ok(IDENTITY);
      mutations++;
      return mutations % 2 === 1 ? 'break' : { status: 502, json: { message: 'Bad Gateway' } };
    };
    return { respond, sent: () => mutations };
  };

  test.each<[string, readonly (number | null)[], string | null, number]>([
    ['has happened', [2], null, 1],
    ['has happened at the second look', [1, 2], null, 2],
    ['never happens', [1], 'io', 3],
    ['lost against another', [3], 'ref-conflict', 1],
    ['lost its branch', [null], 'ref-conflict', 1],
  ])('%s', async (_, heads, code, sent) => {
    const script = moves(heads);
    stub = await startStub(script.respond);
    const { forge } = stub.github;
    const work = (): Promise<void> => forge.moveBranch('tuf', commit(1), commit(2), 'fast-forward');
    if (code === null) await work();
    else expect((await refusalOf(work)).code).toBe(code);
    expect(script.sent()).toBe(sent);
  });

  test('of what is no branch name', async () => {
    stub = await startStub(() => ok(IDENTITY));
    const { forge } = stub.github;
    expect((await refusalOf(() => forge.moveBranch('a..b', null, commit(2), 'replace'))).code).toBe('file-name');
  });
});
