// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { OpenStream } from '../client/source.ts';
import { errnoOf, ioError } from '../disk/atomic-file.ts';
import { CountersignError, quote } from '../tuf/errors.ts';

function segmentsOf(path: string): readonly string[] {
  const names = path.split('/');
  const leads = names.some(
    (name) => name === '' || name === '.' || name === '..' || name.includes('\0') || (sep !== '/' && name.includes(sep)),
  );
  if (leads) throw new CountersignError('file-name', quote(path), 'expected a path that stays below the directory, got one that does not');
  return names;
}

/** The file's directory; null where something on the way is none. A link is not followed: it could lead anywhere. */
async function enter(directory: string, names: readonly string[], path: string): Promise<string | null> {
  let at = directory;
  for (const name of names) {
    at = join(at, name);
    const stats = await lstat(at);
    if (stats.isSymbolicLink())
      throw new CountersignError('symlink-escape', path, `expected no symbolic link on the way, got one at ${quote(name)}`);
    if (!stats.isDirectory()) return null;
  }
  return at;
}

async function openRegular(directory: string, path: string): Promise<FileHandle | null> {
  const names = segmentsOf(path);
  try {
    const at = await enter(directory, names.slice(0, -1), path);
    if (at === null) return null;
    // Does not wait on a pipe that somebody put there.
    const file = await open(join(at, ...names.slice(-1)), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if ((await file.stat()).isFile()) return file;
    await file.close();
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return null;
    if (errno === 'ELOOP')
      throw new CountersignError('symlink-escape', path, 'expected a regular file, got a symbolic link', { cause: error });
    throw ioError(path, 'to read the file', error);
  }
  throw new CountersignError('file-type', path, 'expected a regular file, got a directory or a special file');
}

/**
 * Opens the files of a directory for reading in pieces; null for one that is absent. No link below the directory is followed.
 * @throws `io`, `file-type`, `file-name`, `symlink-escape`
 */
export function directoryStreams(directory: string): OpenStream {
  return async (path) => (await openRegular(directory, path))?.createReadStream() ?? null;
}
