// SPDX-License-Identifier: Apache-2.0
// What a program without types gives to the library is refused with one of our errors.
import { describe, expect, test } from 'vitest';
import { openCache } from '../../src/client/directory-store.ts';
import { openDownloadDirectory } from '../../src/client/download-directory.ts';
import { memoryCache, openClient } from '../../src/client/index.ts';
import { mapSource } from '../../src/client/source.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { build, newRepository } from '../fakes/repository-builder.ts';

const FILES = build(newRepository());
const AT = new Date('2030-01-01T00:00:00Z');
const GOOD = { root: FILES.get('metadata/1.root.json'), source: mapSource(FILES), cache: memoryCache(), at: AT };

/** Calls as a program in JavaScript does. */
async function call(step: (library: { open: (options: unknown) => ReturnType<typeof openClient> }) => unknown): Promise<string> {
  const open: (options: never) => ReturnType<typeof openClient> = openClient;
  try {
    await step({ open: (options) => Reflect.apply(open, null, [options]) as ReturnType<typeof openClient> });
    return 'none';
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return `${error.code} ${error.message}`;
  }
}

const apply = (callee: (...given: never[]) => unknown, ...given: unknown[]): unknown => Reflect.apply(callee, null, given);

describe('the library refuses in its own words', () => {
  test.each<[string, unknown, string]>([
    ['a Date', AT, 'none'],
    ['a date in text', '2030-01-01T00:00:00Z', 'usage at: expected a Date, got a value of the type string'],
    ['seconds', 1893456000, 'usage at: expected a Date, got a value of the type number'],
    ['null', null, 'usage at: expected a Date, got null'],
    ['an object with getTime', { getTime: () => 0 }, 'usage at: expected a Date, got a value of the type object'],
    ['a Date that is none', new Date('never'), 'expires-invalid time: expected a finite time'],
  ])('at as %s', async (_, at, expected) => {
    expect(await call(({ open }) => open({ ...GOOD, at }).update())).toBe(expected);
  });

  test.each<[string, object, string]>([
    ['a root in text', { root: 'root.json' }, 'usage root: expected a Uint8Array, got a value of the type string'],
    ['no root', { root: undefined }, 'usage root: expected a Uint8Array, got nothing'],
    ['a root as an array', { root: [1, 2] }, 'usage root: expected a Uint8Array, got an array'],
    ['no source', { source: undefined }, 'usage source: expected an object with metadata, target, got nothing'],
    [
      'a source in text',
      { source: 'https://example.org' },
      'usage source: expected an object with metadata, target, got a value of the type string',
    ],
    ['no cache', { cache: null }, 'usage cache: expected an object with exclusively, got null'],
  ])('%s', async (_, change, expected) => {
    expect(await call(({ open }) => open({ ...GOOD, ...change }).update())).toBe(expected);
  });

  test.each<[string, (client: ReturnType<typeof openClient>) => unknown, string]>([
    ['find', (client) => apply(client.find, 1), 'usage target: expected a text, got a value of the type number'],
    ['download', (client) => apply(client.download, null, {}), 'usage target: expected a text, got null'],
    ['verify', (client) => apply(client.verify, undefined, {}), 'usage target: expected a text, got nothing'],
    ['read without a bound', (client) => apply(client.read, 'v1/app.bin'), 'usage maxBytes: expected a number from 0 on, got nothing'],
    [
      'read up to NaN',
      (client) => client.read('v1/app.bin', Number.NaN),
      'usage maxBytes: expected a number from 0 on, got a value of the type number',
    ],
    ['read', (client) => client.read('v1/app.bin', 100), 'none'],
  ])('%s', async (_, step, expected) => {
    expect(await call(({ open }) => step(open(GOOD)))).toBe(expected);
  });

  test('a directory that is no text', async () => {
    expect(await call(() => apply(openCache))).toBe('usage cache: expected a text, got nothing');
    expect(await call(() => apply(openDownloadDirectory, new URL('file:///tmp')))).toBe(
      'usage download directory: expected a text, got a value of the type object',
    );
  });
});
