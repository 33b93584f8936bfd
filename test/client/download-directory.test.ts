// SPDX-License-Identifier: Apache-2.0
import { link, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDownloadDirectory, type DownloadDirectory } from '../../src/client/download-directory.ts';
import type { PartFile } from '../../src/client/part-file.ts';
import { jsonObject } from '../../src/tuf/signed-part.ts';
import { parseTargetFile } from '../../src/tuf/targets.ts';
import { codeOf, sha256 } from './support.ts';

const APP = Buffer.alloc(64, 'g');
const listed = parseTargetFile(jsonObject({ length: APP.length, hashes: jsonObject({ sha256: sha256(APP) }) }), 'test');

let directory: string;
let part: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'countersign-downloads-'));
  part = join(directory, 'out', '.countersign', `${sha256(APP)}.part`);
});
afterEach(() => rm(directory, { recursive: true }));

const open = (): DownloadDirectory => openDownloadDirectory(join(directory, 'out'));
const file = (): Promise<string> => readFile(join(directory, 'out', 'app'), 'utf8');

async function append(held: PartFile, bytes: Uint8Array): Promise<void> {
  await held.append(bytes);
  held.digest.update(bytes);
}

const finish = async (held: PartFile): Promise<string> => {
  await append(held, APP.subarray(held.digest.length));
  return held.digest.finish('app');
};

describe('a download that stands still until another has taken over', () => {
  const overtake = async (): Promise<void> => {
    const then = new Date(Date.now() - 9_000);
    await utimes(`${part}.lock`, then, then);
    expect(await open().receive('app', listed, finish)).toMatchObject({ outcome: 'downloaded' });
  };

  test.each<[string, number, (held: PartFile) => Promise<string>]>([
    ['goes on', 32, async (held) => (await append(held, Buffer.alloc(32, 'e')), sha256(APP))],
    ['begins again', 32, async (held) => (await held.restart(), finish(held))],
    ['is done', 64, async (held) => held.digest.finish('app')],
    ['fails', 32, (held) => held.restart().then(() => Promise.reject(new RangeError('own')))],
  ])('and then %s changes nothing more', async (end, length, go) => {
    const receive = (isOvertaken: boolean): Promise<string> =>
      codeOf(
        open().receive('app', listed, async (held) => {
          await append(held, APP.subarray(held.digest.length, length));
          if (isOvertaken) await overtake();
          return go(held);
        }),
      );
    expect(await receive(true)).toBe('locked');
    expect(await file()).toBe(APP.toString());
    await rm(join(directory, 'out', 'app'));
    if (end === 'fails') await expect(receive(false)).rejects.toThrow('own');
    else expect(await receive(false)).toBe('none');
    expect(await readdir(join(directory, 'out'))).toEqual(end === 'fails' ? ['.countersign'] : ['.countersign', 'app']);
  });

  test('and then fails with nothing leaves the part of the other', async () => {
    const failure = open().receive('app', listed, async () => {
      await rm(`${part}.lock`, { recursive: true });
      await mkdir(`${part}.lock`);
      await writeFile(part, 'ggg');
      throw new RangeError('own');
    });
    expect(await codeOf(failure)).toBe('locked');
    expect(await readFile(part, 'utf8')).toBe('ggg');
    await rm(`${part}.lock`, { recursive: true });
    await expect(
      open().receive('app', listed, (held) => held.restart().then(() => Promise.reject(new RangeError('own')))),
    ).rejects.toThrow();
    expect(await readdir(dirname(part))).toEqual([]);
  });
});

test.each<[string, () => Promise<void>, number]>([
  ['a file', () => writeFile(part, 'ggg'), 3],
  ['a file that has another name elsewhere', () => link(join(directory, 'elsewhere'), part), 0],
])('a part that is %s: what is elsewhere stays as it is', async (_, make, kept) => {
  await mkdir(dirname(part), { recursive: true });
  await writeFile(join(directory, 'elsewhere'), 'ggg');
  await make();
  let held = NaN;
  await open().receive('app', listed, (there) => ((held = there.digest.length), finish(there)));
  expect({ held, file: await file() }).toEqual({ held: kept, file: APP.toString() });
  expect(await readFile(join(directory, 'elsewhere'), 'utf8')).toBe('ggg');
  await writeFile(join(directory, 'elsewhere'), 'other');
  expect(await file()).toBe(APP.toString());
});
