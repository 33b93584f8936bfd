// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filesStore, memoryStore, storeName, type ClientStore } from '../../src/client/store.ts';
import { openDirectory } from '../../src/hosting/directory.ts';
import { parseTargetsRoleName } from '../../src/tuf/names.ts';
import { bytesOf } from './support.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'countersign-store-'));
});
afterAll(() => rm(directory, { recursive: true }));

test.each([
  ['targets', 'targets.json'],
  ['releases', 'releases.json'],
  ['a/b', 'a%2Fb.json'],
  ['../x', '..%2Fx.json'],
  ['é', '%C3%A9.json'],
  ['Releases', 'Releases.json'],
  ['Root', '%52oot.json'],
  ['TIMESTAMP', '%54IMESTAMP.json'],
  ['rooT', '%72ooT.json'],
])('the role %j is stored as %s', (role, name) => {
  expect(storeName(parseTargetsRoleName(role, 'test'))).toBe(name);
});

describe.each([
  ['memory', (): ClientStore => memoryStore()],
  ['a directory', (): ClientStore => filesStore(openDirectory(directory))],
])('a store in %s', (_, open) => {
  test('gives back the bytes that it was given, until they are removed', async () => {
    const store = open();
    expect(await store.read('root.json')).toBeNull();
    await store.write('root.json', bytesOf('{ "one" :1}'));
    await store.write('a%2Fb.json', bytesOf('two'));
    expect(await store.read('root.json')).toEqual(bytesOf('{ "one" :1}'));
    expect(await store.read('a%2Fb.json')).toEqual(bytesOf('two'));
    await store.remove('root.json');
    await store.remove('root.json');
    expect(await store.read('root.json')).toBeNull();
  });
});

test('a store in a directory makes plain files there', async () => {
  await filesStore(openDirectory(join(directory, 'plain'))).write('%2E%2E.json', bytesOf('x'));
  expect(await readdir(join(directory, 'plain'))).toEqual(['%2E%2E.json']);
});

test('a store in memory copies the map that it begins with', async () => {
  const files = new Map([['root.json', bytesOf('1')]]);
  await memoryStore(files).write('root.json', bytesOf('2'));
  expect(files.get('root.json')).toEqual(bytesOf('1'));
});
