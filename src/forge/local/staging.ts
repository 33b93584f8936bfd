// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CountersignError, quote } from '../../tuf/errors.ts';
import { errnoOf, ioError, writeTemporary } from '../../disk/atomic-file.ts';

const CHUNK_BYTES = 1024 * 1024;

/**
 * Takes in a copy of a file under its hash. A damaged copy that is there already is replaced.
 * @param sha256 - lower-case hex
 * @throws `hash-invalid` when `sha256` is none, `hash-mismatch` when the file has another; `io`
 */
export async function putStaged(staging: string, sha256: string, path: string): Promise<void> {
  const target = stagedPath(staging, sha256);
  const hash = createHash('sha256');
  try {
    const temporary = await writeTemporary(staging, async (file) => {
      for await (const bytes of piecesOf(path)) {
        hash.update(bytes);
        await file.writeFile(bytes);
      }
    });
    try {
      const got = hash.digest('hex');
      if (got !== sha256) throw new CountersignError('hash-mismatch', path, `expected sha256 ${sha256}, got ${got}`);
      await rename(temporary, target);
    } finally {
      await rm(temporary, { force: true });
    }
  } catch (error) {
    // The file itself was read: it is this directory that can't be written.
    throw ioError(staging, `to take in ${path}`, error);
  }
}

async function* piecesOf(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) yield Buffer.from(chunk);
  } catch (error) {
    throw ioError(path, 'to read the file', error);
  }
}

/**
 * The path of the file of a hash; null when there is none.
 * @param sha256 - lower-case hex
 * @throws `hash-invalid`, `io`
 */
export async function locateStaged(staging: string, sha256: string): Promise<string | null> {
  const path = stagedPath(staging, sha256);
  try {
    return (await lstat(path)).isFile() ? path : null;
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw ioError(path, 'to look at the file', error);
    return null;
  }
}

function stagedPath(staging: string, sha256: string): string {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new CountersignError('hash-invalid', quote(sha256), 'expected 64 lower-case hex digits');
  return join(staging, sha256);
}
