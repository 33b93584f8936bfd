// SPDX-License-Identifier: Apache-2.0
// Several hosts of one repository, one of which means harm: it stops no update, and hides nothing that another shows.
import { afterEach, describe, expect, test } from 'vitest';
import { memoryCache, openClient, openHttpSource } from '../../src/client/index.ts';
import { hosting, QUICK, serve, type TestServer } from './http-server.ts';
import { bytesOf, file, NOW, TestRepository } from './support.ts';

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

type Files = ReadonlyMap<string, Uint8Array>;

/** What a new client comes to with these hosts: the version of its root and a target, or a code. */
async function outcome(root: Uint8Array, hosts: readonly Files[]): Promise<string> {
  const started = await Promise.all(hosts.map((files) => serve(hosting(files))));
  servers.push(...started);
  const source = openHttpSource({
    metadataUrls: started.map(({ url }) => `${url}/metadata`),
    targetUrls: started.map(({ url }) => `${url}/targets`),
    limits: QUICK,
  });
  const client = openClient({ root, source, cache: memoryCache(), at: new Date(NOW * 1000) });
  try {
    const state = await client.update();
    return `${String(state.root)} ${new TextDecoder().decode(await client.read('a/app', 9))}`;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  } finally {
    await source.close();
  }
}

const site = (): TestRepository =>
  new TestRepository().delegate('targets', { name: 'a', keys: ['a'], paths: ['a/*'] }, { 'a/app': 'app' }).publish();

describe('a mirror with a next root that is none', () => {
  const repository = site();
  const first = file(repository, 'metadata/1.root.json');
  const stranger = new TestRepository();
  stranger.keys.root = ['stranger'];
  stranger.publishRoot(['stranger']);

  test.each<[string, Uint8Array | null]>([
    ['no next root', null],
    ['an empty object', bytesOf('{}')],
    ['no JSON', bytesOf('<html>')],
    ['nothing', new Uint8Array()],
    ['the first root again', first],
    ['a root of strangers', file(stranger, 'metadata/2.root.json')],
  ])('%s stops no update, wherever it stands', async (_name, next) => {
    const bad = next === null ? repository.files : new Map([...repository.files, ['metadata/2.root.json', next]]);
    const good = repository.files;
    for (const hosts of [
      [good, bad],
      [bad, good],
      [bad, bad, good],
      [good, bad, good],
    ])
      expect(await outcome(first, hosts)).toBe('1 app');
  });

  test('stops it where there is no other', async () => {
    const bad = new Map([...repository.files, ['metadata/2.root.json', bytesOf('{}')]]);
    expect(await outcome(first, [bad])).not.toBe('1 app');
    expect(await outcome(first, [bad, bad])).not.toBe('1 app');
  });
});

test('a mirror that hides a new root is found out by another, wherever it stands', async () => {
  const repository = site();
  const first = file(repository, 'metadata/1.root.json');
  const old = new Map(repository.files);
  repository.keys.timestamp = ['next-timestamp'];
  repository.publishRoot().publish();
  for (const hosts of [
    [old, repository.files],
    [repository.files, old],
    [old, old, repository.files],
  ])
    expect(await outcome(first, hosts)).toBe('2 app');
  expect(await outcome(first, [old, old])).toBe('1 app');
});
