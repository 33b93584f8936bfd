// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filesSource, mapSource, rememberingSource, type RepositorySource } from '../../src/client/source.ts';
import { openDirectory } from '../../src/hosting/directory.ts';
import type { Files } from '../../src/ports.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { bytesOf, codeOf, recording } from './support.ts';

let files: Files;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'countersign-source-'));
  files = openDirectory(directory);
  await files.write('metadata/1.root.json', bytesOf('root'));
  await files.write('targets/a/b', bytesOf('target'));
});
afterAll(() => rm(directory, { recursive: true }));

const inMemory = new Map([
  ['metadata/1.root.json', bytesOf('root')],
  ['targets/a/b', bytesOf('target')],
]);

async function read(source: RepositorySource, path: string): Promise<string | null> {
  const stream = await source.target(path, 100);
  if (stream === null) return null;
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe.each([
  ['a directory', () => filesSource(files)],
  ['memory', () => mapSource(inMemory)],
  ['memory over a directory', () => mapSource(new Map(), filesSource(files))],
  ['memory, remembered', () => rememberingSource(mapSource(inMemory))],
])('a repository in %s', (_, open: () => RepositorySource) => {
  test('gives what is there and null for what is not', async () => {
    const source = open();
    expect(await source.metadata('metadata/1.root.json', 4)).toEqual(bytesOf('root'));
    expect(await source.metadata('metadata/2.root.json', 4)).toBeNull();
    expect(await read(source, 'targets/a/b')).toBe('target');
    expect(await read(source, 'targets/a/c')).toBeNull();
    expect(await source.list()).toEqual(
      new Map([
        ['metadata/1.root.json', 4],
        ['targets/a/b', 6],
      ]),
    );
  });

  test('refuses metadata that is one byte too long', async () => {
    expect(await codeOf(open().metadata('metadata/1.root.json', 3))).toBe('too-large');
  });
});

test('what is above hides what is below', async () => {
  const above = new Map([
    ['metadata/1.root.json', bytesOf('new')],
    ['targets/c', bytesOf('c')],
  ]);
  const source = mapSource(above, filesSource(files));
  expect(await source.metadata('metadata/1.root.json', 4)).toEqual(bytesOf('new'));
  expect(await read(source, 'targets/c')).toBe('c');
  expect(await read(source, 'targets/a/b')).toBe('target');
  expect(await source.list()).toEqual(
    new Map([
      ['metadata/1.root.json', 3],
      ['targets/a/b', 6],
      ['targets/c', 1],
    ]),
  );
});

test('what is above a host that can not list can not be listed either', async () => {
  const host = { ...mapSource(inMemory), list: async () => null };
  expect(await mapSource(new Map(), host).list()).toBeNull();
});

test('targets of a directory are streamed where it can', async () => {
  const opened: string[] = [];
  const source = filesSource(files, async (path) => {
    opened.push(path);
    return null;
  });
  expect(await read(source, 'targets/a/b')).toBeNull();
  expect(opened).toEqual(['targets/a/b']);
});

test('each file is asked for once, absent ones too', async () => {
  const { source, asked } = recording(mapSource(inMemory));
  const remembering = rememberingSource(source);
  for (const path of ['metadata/1.root.json', 'metadata/2.root.json', 'metadata/1.root.json', 'metadata/2.root.json']) {
    await remembering.metadata(path, 4);
  }
  expect(asked).toEqual(['1.root.json', '2.root.json']);
  expect(await codeOf(remembering.metadata('metadata/1.root.json', 3))).toBe('too-large');
});

test('a host that fails is not one that has nothing', async () => {
  const failing = {
    ...mapSource(inMemory),
    metadata: () => Promise.reject(new CountersignError('io', 'host', 'expected an answer, got none')),
  };
  expect(await codeOf(rememberingSource(mapSource(new Map(), failing)).metadata('metadata/2.root.json', 4))).toBe('io');
});
