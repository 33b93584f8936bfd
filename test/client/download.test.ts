// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdtemp, mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { downloadTarget, readTarget, type ListedTarget } from '../../src/client/download.ts';
import { targetLocations } from '../../src/client/location.ts';
import { findTarget, type Session } from '../../src/client/roles.ts';
import { filesSource, type RepositorySource } from '../../src/client/source.ts';
import { refresh } from '../../src/client/updater.ts';
import { openDirectory } from '../../src/hosting/directory.ts';
import type { Files } from '../../src/ports.ts';
import { parseTargetPath } from '../../src/tuf/names.ts';
import { jsonObject } from '../../src/tuf/signed-part.ts';
import { parseTargetFile } from '../../src/tuf/targets.ts';
import { bytesOf, codeOf, flipped, newClient, NOW, recording, sha256, TestRepository } from './support.ts';

let directory: string;
let files: Files;
let temporaryDirectory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'countersign-download-'));
  files = openDirectory(join(directory, 'out'));
  temporaryDirectory = join(directory, 'tmp');
  await mkdir(temporaryDirectory);
});
afterEach(async () => {
  expect(await readdir(temporaryDirectory)).toEqual([]);
  await rm(directory, { recursive: true });
});

async function open(
  path: string,
  change: (repository: TestRepository) => unknown = () => null,
): Promise<{ session: Session; target: ListedTarget; asked: string[] }> {
  const repository = new TestRepository();
  repository.role('targets').targets.set(path, bytesOf('content'));
  change(repository);
  if (repository.versions.snapshot === 0) repository.publish();
  const { source, asked } = recording(repository.source());
  const target = parseTargetPath(path, 'test');
  const { session, result } = await findTarget(await refresh(source, await newClient(repository), { time: NOW }), target);
  if (result.kind !== 'found') throw new Error(result.kind);
  asked.length = 0;
  return { session, target: { path: target, file: result.file }, asked };
}

const hash = sha256(bytesOf('content'));
const read = async (name: string): Promise<Uint8Array | null> => files.read(name, 1000);
const listing = async (): Promise<string[]> => [...(await files.list()).keys()];

describe('a download', () => {
  test.each([
    ['app.tar', `targets/${hash}.app.tar`],
    ['v1/app.tar', `targets/v1/${hash}.app.tar`],
    ['v1/linux/x64/app', `targets/v1/linux/x64/${hash}.app`],
  ])('of %s asks for %s', async (path, place) => {
    const { session, target, asked } = await open(path);
    await downloadTarget(session, target, { files, name: path, temporaryDirectory });
    expect(asked).toEqual([place]);
    expect(await read(path)).toEqual(bytesOf('content'));
  });

  test('without consistent snapshots asks for the plain path', async () => {
    const { session, target, asked } = await open('v1/app', (all) => {
      all.consistent = false;
      all.publishRoot();
    });
    await downloadTarget(session, target, { files, name: 'app', temporaryDirectory });
    expect(asked).toEqual(['targets/v1/app']);
    expect(await read('app')).toEqual(bytesOf('content'));
  });

  test('uses the temporary directory of the system unless told', async () => {
    const { session, target } = await open('app');
    await downloadTarget(session, target, { files, name: 'app' });
    expect(await read('app')).toEqual(bytesOf('content'));
  });

  test.each([
    ['other bytes of that length', flipped(bytesOf('content')), 'hash-mismatch'],
    ['one byte more', bytesOf('content!'), 'length-mismatch'],
    ['one byte less', bytesOf('conten'), 'length-mismatch'],
    ['nothing in it', bytesOf(''), 'length-mismatch'],
    ['no file', null, 'not-found'],
  ])('of %s is refused and leaves what was there', async (_, bytes, code) => {
    const place = `targets/v1/${hash}.app`;
    const { session, target } = await open('v1/app', (all) => {
      all.publish();
      if (bytes === null) all.files.delete(place);
      else all.files.set(place, bytes);
    });
    await files.write('app', bytesOf('earlier'));
    expect(await codeOf(downloadTarget(session, target, { files, name: 'app', temporaryDirectory }))).toBe(code);
    expect(await read('app')).toEqual(bytesOf('earlier'));
    expect(await listing()).toEqual(['app']);
  });

  test.each(['../app', '/app', 'a//b', 'a/../../b'])('to %s is refused', async (name) => {
    const { session, target } = await open('app');
    expect(await codeOf(downloadTarget(session, target, { files, name, temporaryDirectory }))).toBe('file-name');
    expect(await listing()).toEqual([]);
  });

  test('where nothing can be kept meanwhile fails', async () => {
    const { session, target } = await open('app');
    const nowhere = join(directory, 'missing');
    expect(await codeOf(downloadTarget(session, target, { files, name: 'app', temporaryDirectory: nowhere }))).toBe('io');
  });
});

/** A source whose target is these pieces; counts those that were read. */
function pieces(make: () => Iterable<Uint8Array>): { source: RepositorySource; count: () => number } {
  let count = 0;
  async function* stream(): AsyncGenerator<Uint8Array> {
    for (const piece of make()) {
      count++;
      yield piece;
    }
  }
  return { count: () => count, source: { metadata: async () => null, target: async () => stream(), list: async () => null } };
}

const listed = (length: number, hashes: Record<string, string>) =>
  parseTargetFile(jsonObject({ length, hashes: jsonObject(hashes) }), 'test');

describe('a target is read', () => {
  const sha512 = createHash('sha512').update('content').digest('hex');

  test('in pieces, and no further than its length', async () => {
    const endless = pieces(function* () {
      for (;;) yield new Uint8Array(1000);
    });
    const got: number[] = [];
    const reading = readTarget(endless.source, 'targets/x', listed(2500, { sha256: hash }), async (piece) => void got.push(piece.length));
    expect(await codeOf(reading)).toBe('length-mismatch');
    expect(got).toEqual([1000, 1000]);
    expect(endless.count()).toBe(3);
  });

  test.each([
    ['sha256', { sha256: hash }, 'none'],
    ['sha512', { sha512 }, 'none'],
    ['both', { sha256: hash, sha512 }, 'none'],
    ['one that is not known here', { sha256: hash, md5: 'x' }, 'hash-invalid'],
    ['another sha256', { sha256: sha256(bytesOf('other')) }, 'hash-mismatch'],
    ['another sha512', { sha512: '0'.repeat(128) }, 'hash-mismatch'],
    ['another sha512 beside the right sha256', { sha256: hash, sha512: '0'.repeat(128) }, 'hash-mismatch'],
  ])('against every digest: %s', async (_, hashes, code) => {
    const { source } = pieces(() => [bytesOf('con'), bytesOf('tent')]);
    expect(await codeOf(readTarget(source, 'targets/x', listed(7, hashes), null))).toBe(code);
  });

  test('with the sha256 told even if it is not listed', async () => {
    const { source } = pieces(() => [bytesOf('content')]);
    expect(await readTarget(source, 'targets/x', listed(7, { sha512 }), null)).toBe(hash);
  });

  test('from a directory, where one that is too long is refused unread', async () => {
    await files.write('targets/x', bytesOf('content!'));
    const source = filesSource(files);
    expect(await codeOf(readTarget(source, 'targets/x', listed(7, { sha256: hash }), null))).toBe('length-mismatch');
    expect(await codeOf(readTarget(source, 'targets/x', listed(8, { sha256: sha256(bytesOf('content!')) }), null))).toBe('none');
  });

  test('when it is empty', async () => {
    expect(await readTarget(pieces(() => []).source, 'targets/x', listed(0, { sha256: sha256(bytesOf('')) }), null)).toBe(
      sha256(bytesOf('')),
    );
  });

  test('at each listed hash in turn, of those that are known here', async () => {
    const { session, target } = await open('d/x');
    const file = listed(7, { md5: '../../etc', sha512, sha256: hash });
    expect(targetLocations(session.set.root.signed, target.path, file)).toEqual([`targets/d/${sha512}.x`, `targets/d/${hash}.x`]);
    const { source, asked } = recording(session.source);
    const known = { path: target.path, file: listed(7, { sha512, sha256: hash }) };
    await downloadTarget({ ...session, source }, known, { files, name: 'x', temporaryDirectory });
    expect(asked).toEqual([`targets/d/${sha512}.x`, `targets/d/${hash}.x`]);
  });
});
