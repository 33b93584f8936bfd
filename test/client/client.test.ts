// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
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
import { addSeconds, encodeInstant } from '../../src/tuf/instant.ts';
import type { JsonObject } from '../../src/tuf/json.ts';
import { jsonObject } from '../../src/tuf/signed-part.ts';
import { hosting, QUICK, serve, type Handler, type TestServer } from './http-server.ts';
import { bytesOf, codeOf, file, LATER, NOW, recording, sha256, signFile, TestRepository } from './support.ts';

const at = new Date(NOW * 1000);
const root = (of: TestRepository): Uint8Array => file(of, 'metadata/1.root.json');

/** `app` at the top, `v1/tool` in a delegated role. */
function good(app = 'the app'): TestRepository {
  const repository = new TestRepository();
  repository.role('targets').targets.set('app', bytesOf(app));
  return repository.delegate('targets', { name: 'releases', keys: ['r'], paths: ['v1/*'] }, { 'v1/tool': 'a tool' }).publish();
}

/** A repository that lists `app` so, and whose host has the bytes "app" for it under all its names. */
function listing(length: number, hashes: Record<string, string>, custom?: JsonObject): TestRepository {
  const repository = new TestRepository();
  const app = jsonObject({ length, hashes: jsonObject(hashes), custom });
  const header = { _type: 'targets', spec_version: '1.0.0', version: 1, expires: encodeInstant(LATER) };
  repository.files.set('metadata/1.targets.json', signFile(jsonObject({ ...header, targets: jsonObject({ app }) }), ['targets']));
  for (const hash of Object.values(hashes)) repository.files.set(`targets/${hash}.app`, bytesOf('app'));
  repository.versions.snapshot++;
  return repository.publishSnapshot(new Map([['targets.json', jsonObject({ version: 1 })]]));
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
  vi.useRealTimers();
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

  test.each([
    ['that still holds', 7200, 0, 'none'],
    ['that has run out since the update', 60, 0, 'expired'],
    ['that has run out since the update and was signed again', 60, 7200, 'none'],
  ])('that waited for an hour comes to a delegated role %s', async (_name, seconds, renewed, expected) => {
    vi.useFakeTimers({ toFake: ['Date'], now: at });
    const repository = good();
    repository.role('releases').expires = addSeconds(NOW, seconds);
    repository.role('releases').version++;
    repository.publish();
    const { root: given, source, cache } = options(repository);
    const client = openClient({ root: given, source, cache });
    await client.update();
    if (renewed > 0) Object.assign(repository.role('releases'), { version: 3, expires: addSeconds(NOW, renewed) });
    repository.publish();
    vi.setSystemTime(at.getTime() + 3_600_000);
    expect(await codeOf(client.find('v1/tool'))).toBe(expected);
  });

  test('begins at the root that it is given when its cache has an older one', async () => {
    const newer = good();
    newer.keys.timestamp = ['timestamp-2'];
    newer.publishRoot().publish();
    const cache = memoryCache();
    const latest = { root: file(newer, 'metadata/2.root.json'), cache };
    expect(await openClient(options(good(), { cache })).update()).toMatchObject({ root: 1, start: 'created' });
    expect(await codeOf(openClient(options(good(), latest)).update())).toBe('threshold');
    expect(await openClient(options(newer, latest)).update()).toMatchObject({ root: 2, start: 'kept' });
    expect(await openClient(options(newer, { cache })).update()).toMatchObject({ root: 2, start: 'kept' });
  });

  test('gives copies: what is signed does not change in the hands of a caller', async () => {
    const client = openClient(options(listing(3, { sha256: sha256(bytesOf('app')) }, jsonObject({ tags: ['one'] }))));
    const [first, custom] = [await client.find('app'), new Map([['tags', ['one']]])];
    expect(first?.custom).toEqual(custom);
    const [hashes, tags] = [first?.hashes, first?.custom?.get('tags')];
    if (!(hashes instanceof Map) || !Array.isArray(tags)) throw new Error('nothing to change');
    hashes.set('sha256', sha256(bytesOf('apt')));
    tags.push('two');
    expect((await client.find('app'))?.custom).toEqual(custom);
    expect(new TextDecoder().decode(await client.read('app', 3))).toBe('app');
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
    await rm(join(directory, 'out', 'app'));
    expect(await codeOf(offline.verify('app', to))).toBe('not-found');
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

test('a target that no memory holds is refused as too large, whatever there would be room for', async () => {
  const read = (length: number, maxBytes: number) =>
    codeOf(openClient(options(listing(length, { sha256: sha256(bytesOf('app')) }))).read('app', maxBytes));
  expect(await read(3, 2 ** 41)).toBe('none');
  expect(await read(2 ** 40, 2 ** 41)).toBe('too-large');
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

  test('gives no bytes that one of them does not sign, each listing another digest', async () => {
    const sha512 = (text: string): string => createHash('sha512').update(text).digest('hex');
    const agreeing = (...listed: readonly Record<string, string>[]) =>
      openMappedClient({
        map: map(3),
        repositories: new Map(listed.map((hashes, index) => [names[index] ?? '', options(listing(3, hashes))])),
      });
    const [one, two] = [{ sha256: sha256(bytesOf('app')) }, { sha512: sha512('apt') }];
    const to = openDownloadDirectory(join(directory, 'out'));
    const deceived = agreeing(one, { ...one, ...two }, two);
    expect((await deceived.find('app'))?.hashes).toEqual(new Map(Object.entries({ ...one, ...two })));
    expect(await codeOf(deceived.read('app', 3))).toBe('hash-mismatch');
    expect(await codeOf(deceived.download('app', to))).toBe('hash-mismatch');
    expect(await codeOf(deceived.streamUnverified('app', async () => undefined))).toBe('hash-mismatch');
    await mkdir(to.directory, { recursive: true });
    await writeFile(join(to.directory, 'app'), 'app');
    expect(await codeOf(deceived.verify('app', to))).toBe('hash-mismatch');
    expect(await codeOf(agreeing(one, one, two).read('app', 3))).toBe('threshold');
    const right = { sha512: sha512('app') };
    expect(new TextDecoder().decode(await agreeing(one, { ...one, ...right }, right).read('app', 3))).toBe('app');
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
