// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  memoryCache,
  offlineSource,
  openCache,
  openClient,
  openDownloadDirectory,
  openHttpSource,
  openMappedClient,
  parseRepositoryMap,
  type Client,
  type ClientOptions,
  type TargetReader,
} from '../../src/client/index.ts';
import { addSeconds } from '../../src/tuf/instant.ts';
import { hosting, QUICK, serve, type Handler, type TestServer } from './http-server.ts';
import { bytesOf, codeOf, file, LATER, NOW, recording, sha256, TestRepository } from './support.ts';

const at = new Date(NOW * 1000);
const root = (of: TestRepository): Uint8Array => file(of, 'metadata/1.root.json');

/** `app` at the top, `v1/tool` in a delegated role. */
function good(app = 'the app'): TestRepository {
  const repository = new TestRepository();
  repository.role('targets').targets.set('app', bytesOf(app));
  return repository.delegate('targets', { name: 'releases', keys: ['r'], paths: ['v1/*'] }, { 'v1/tool': 'a tool' }).publish();
}

const options = (of: TestRepository, change: Partial<ClientOptions> = {}): ClientOptions => ({
  root: root(of),
  source: of.source(),
  cache: memoryCache(),
  at,
  ...change,
});

let directory = '';
const servers: TestServer[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'countersign-library-'));
});

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  await rm(directory, { recursive: true });
});

async function httpClient(of: TestRepository, handlers: readonly Handler[], change: Partial<ClientOptions> = {}): Promise<Client> {
  const started = await Promise.all(handlers.map((handler) => serve(handler)));
  servers.push(...started);
  const source = openHttpSource({
    metadataUrls: started.map(({ url }) => `${url}/metadata/`),
    targetUrls: started.map(({ url }) => `${url}/targets/`),
    limits: QUICK,
  });
  return openClient(options(of, { source, cache: openCache(join(directory, 'cache')), ...change }));
}

describe('a client of one repository', () => {
  test('updates, finds, downloads and reads over HTTP', async () => {
    const repository = good();
    const client = await httpClient(repository, [hosting(repository.files)]);
    expect(await client.update()).toEqual({ root: 1, timestamp: 1, snapshot: 1, expires: new Date(LATER * 1000), start: 'created' });
    const hashes = new Map([['sha256', sha256(bytesOf('a tool'))]]);
    expect(await client.find('v1/tool')).toEqual({ path: 'v1/tool', role: 'releases', length: 6, hashes, custom: null });
    expect(await client.find('v1/absent')).toBeNull();
    const progress: number[][] = [];
    const to = openDownloadDirectory(join(directory, 'out'));
    const fetched = await client.download('v1/tool', to, { onProgress: (done, total) => void progress.push([done, total]) });
    expect(fetched).toMatchObject({ path: 'v1/tool', length: 6, outcome: 'downloaded', sha256: hashes.get('sha256') });
    expect(await readFile(fetched.file, 'utf8')).toBe('a tool');
    expect(progress.at(-1)).toEqual([6, 6]);
    expect(await client.download('v1/tool', to)).toMatchObject({ outcome: 'present' });
    expect(new TextDecoder().decode(await client.read('app', 7))).toBe('the app');
  });

  test('updates by itself, once, and again when what it trusts has run out', async () => {
    const repository = good();
    const { source, asked } = recording(repository.source());
    const client = openClient(options(repository, { source }));
    await Promise.all([client.find('app'), client.find('v1/tool'), client.find('nothing')]);
    expect(asked.filter((name) => name === 'timestamp.json')).toHaveLength(1);
    const short = good();
    short.expires.timestamp = addSeconds(NOW, 10);
    short.publish();
    const seen = recording(short.source());
    const now = new Date(at);
    const waiting = openClient(options(short, { source: seen.source, at: now }));
    await waiting.find('app');
    expect(await codeOf(openClient(options(short, { at: new Date((NOW + 11) * 1000) })).find('app'))).toBe('freeze');
    expect(await codeOf(waiting.find('app'))).toBe('none');
    expect(seen.asked.filter((name) => name === 'timestamp.json')).toHaveLength(1);
  });

  test('goes on from what its cache holds, and refuses older files', async () => {
    const [repository, newer] = [good(), good().publish()];
    const cache = openCache(join(directory, 'cache'));
    expect(await openClient(options(newer, { cache })).update()).toMatchObject({ timestamp: 2, start: 'created' });
    expect(await openClient(options(newer, { cache })).update()).toMatchObject({ timestamp: 2, start: 'kept' });
    expect(await codeOf(openClient(options(repository, { cache })).update())).toBe('rollback');
    expect(await codeOf(openClient(options(repository)).update())).toBe('none');
  });

  test('verifies offline what is there, with a cache and no network', async () => {
    const repository = good();
    const cache = openCache(join(directory, 'cache'));
    const to = openDownloadDirectory(join(directory, 'out'));
    await openClient(options(repository, { cache })).download('app', to);
    const offline = openClient(options(repository, { cache, source: offlineSource(cache.store) }));
    expect(await offline.verify('app', to)).toMatchObject({ outcome: 'present' });
    await writeFile(join(directory, 'out', 'app'), 'the apt');
    expect(await codeOf(offline.verify('app', to))).toBe('hash-mismatch');
    expect(await codeOf(offline.verify('v1/tool', to))).toBe('not-found');
  });

  test('takes a copy of the root that it is given', async () => {
    const repository = good();
    const given = Uint8Array.from(root(repository));
    const client = openClient(options(repository, { root: given }));
    given.fill(0);
    expect((await client.update()).start).toBe('created');
    expect(await codeOf(openClient(options(repository, { root: given })).update())).toBe('json-syntax');
  });

  test.each([
    ['a path that nobody signs', (client: Client) => client.read('nothing', 9), 'target-unknown'],
    ['a target that is too large', (client: Client) => client.read('app', 6), 'too-large'],
    ['a target that just fits', (client: Client) => client.read('app', 7), 'none'],
    ['a path that leads elsewhere', (client: Client) => client.download('../app', openDownloadDirectory('out')), 'file-name'],
    ['an empty path', (client: Client) => client.find(''), 'target-path-invalid'],
    ['a path', (client: Client) => client.find('app'), 'none'],
  ])('%s', async (_name, ask, expected) => {
    expect(await codeOf(ask(openClient(options(good()))))).toBe(expected);
  });

  test('refuses a time that is none', async () => {
    const open = async (time: Date): Promise<unknown> => openClient(options(good(), { at: time }));
    expect(await codeOf(open(new Date('tomorrow')))).toBe('expires-invalid');
    expect(await codeOf(open(at))).toBe('none');
  });

  test.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('a limit of %s is refused: it would be none', (limit) => {
    expect(() => openClient(options(good(), { limits: { maxTimestampBytes: limit } }))).toThrow(expect.objectContaining({ code: 'usage' }));
    const urls = { metadataUrls: ['https://example.org/metadata'], targetUrls: ['https://example.org/targets'] };
    expect(() => openHttpSource({ ...urls, limits: { stallMs: limit } })).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  test('its own limits hold', async () => {
    expect(await codeOf(openClient(options(good(), { limits: { maxTimestampBytes: 10 } })).update())).toBe('too-large');
    expect(await codeOf(openClient(options(good(), { limits: { maxTimestampBytes: 10_000 } })).update())).toBe('none');
  });
});

describe('bytes that are read', () => {
  const altered = (of: TestRepository): Map<string, Uint8Array> => {
    const place = `targets/${sha256(bytesOf('the app'))}.app`;
    return new Map(of.files).set(place, bytesOf('the apt'));
  };

  test('into memory come from the mirror that has the right ones', async () => {
    const repository = good();
    const client = await httpClient(repository, [hosting(altered(repository)), hosting(repository.files)]);
    expect(new TextDecoder().decode(await client.read('app', 7))).toBe('the app');
    const alone = await httpClient(repository, [hosting(altered(repository))], { cache: memoryCache() });
    expect(await codeOf(alone.read('app', 7))).toBe('hash-mismatch');
  });

  test('in pieces are refused at the end, and never come twice', async () => {
    const repository = good();
    const pieces: string[] = [];
    const sink = async (piece: Uint8Array): Promise<void> => void pieces.push(new TextDecoder().decode(piece));
    const right = await httpClient(repository, [hosting(repository.files)]);
    expect(await right.streamUnverified('app', sink)).toMatchObject({ path: 'app', length: 7 });
    expect(pieces.splice(0).join('')).toBe('the app');
    const wrong = await httpClient(repository, [hosting(altered(repository)), hosting(repository.files)], { cache: memoryCache() });
    expect(await codeOf(wrong.streamUnverified('app', sink))).toBe('hash-mismatch');
    expect(pieces.splice(0).join('')).toBe('the apt');
    const full = async (): Promise<void> => {
      throw new RangeError('full');
    };
    await expect(right.streamUnverified('app', full)).rejects.toThrow(RangeError);
  });

  test('in pieces come from another mirror when the first has none', async () => {
    const repository = good();
    const lacking = { ...repository.source(), target: async () => null };
    const source = { ...repository.source(), mirrors: [lacking, repository.source()] };
    const pieces: number[] = [];
    await openClient(options(repository, { source })).streamUnverified('app', async ({ length }) => void pieces.push(length));
    expect(pieces).toEqual([7]);
    const nowhere = openClient(options(repository, { source: lacking }));
    expect(await codeOf(nowhere.streamUnverified('app', async () => undefined))).toBe('not-found');
  });
});

describe('a client of several repositories', () => {
  const names = ['x', 'y', 'z'];
  const map = (threshold: number, repositories = names) =>
    parseRepositoryMap(
      bytesOf(
        JSON.stringify({
          repositories: Object.fromEntries(names.map((name) => [name, [`https://${name}.test`]])),
          mapping: [{ paths: ['*'], repositories, threshold, terminating: true }],
        }),
      ),
    );
  const open = (threshold: number, contents: readonly string[], change: Readonly<Record<string, Partial<ClientOptions>>> = {}) =>
    openMappedClient({
      map: map(threshold),
      repositories: new Map(contents.map((app, index) => [names[index] ?? '', options(good(app), change[names[index] ?? ''])])),
    });

  test('finds what enough of them sign, and reads it from one of these', async () => {
    const client = open(2, ['other', 'the app', 'the app']);
    expect(await client.find('app')).toMatchObject({ path: 'app', length: 7, repositories: ['y', 'z'] });
    expect(await client.find('nothing')).toBeNull();
    expect(new TextDecoder().decode(await client.read('app', 7))).toBe('the app');
    const fetched = await client.download('app', openDownloadDirectory(join(directory, 'out')));
    expect(await readFile(fetched.file, 'utf8')).toBe('the app');
  });

  test('takes the bytes from the next one when the first has lost them', async () => {
    const lost = { source: { ...good().source(), target: async () => null } };
    expect(new TextDecoder().decode(await open(2, ['the app', 'the app', 'x'], { x: lost }).read('app', 7))).toBe('the app');
    expect(await codeOf(open(1, ['the app', 'x', 'x'], { x: lost }).read('app', 7))).toBe('not-found');
  });

  const dead = { source: { ...good().source(), metadata: async () => Promise.reject(new TypeError('bug')) } };
  const frozen = { at: new Date(LATER * 1000) };
  test.each<[string, () => TargetReader, string]>([
    ['two of three agree', () => open(2, ['a', 'b', 'a']), 'none'],
    ['too few agree', () => open(3, ['a', 'b', 'a']), 'threshold'],
    ['one that is needed can not be believed', () => open(3, ['a', 'a', 'a'], { z: frozen }), 'expired'],
    ['one that is not needed is not asked', () => open(2, ['a', 'a', 'a'], { z: frozen }), 'none'],
  ])('%s', async (_name, client, expected) => {
    expect(await codeOf(client().find('app'))).toBe(expected);
  });

  test('a mistake of a source is not an answer', async () => {
    await expect(open(1, ['a', 'a', 'a'], { x: dead }).find('app')).rejects.toThrow(TypeError);
  });

  test('needs options for each name', async () => {
    expect(await codeOf((async () => open(1, ['a', 'a']))())).toBe('usage');
    expect(await codeOf((async () => open(1, ['a', 'a', 'a']))())).toBe('none');
  });
});
