// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { constants, lstatSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { chmod, lstat, mkdir, open, readdir, rename, rm, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Files } from '../ports.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { errnoOf, ioError, TEMPORARY_PREFIX, writeTemporary } from '../disk/atomic-file.ts';
import { makeDirectories } from '../disk/make-directory.ts';

const CHUNK_BYTES = 1024 * 1024;

/**
 * Opens a directory of this machine as {@link Files}. It need not exist; `write` and `copyIn` make it. Files get mode 0644 and
 * new directories at least 0755, so that a web server can read them; whether a group may write there too is for the umask to say.
 *
 * No symbolic link below `dir` is followed, wherever it points; `list` leaves links and other special files out. That guards
 * against links that were there before, not against a process of the same user that swaps one in during a call.
 *
 * All methods throw `file-name` for a path that is not relative, has `.`, `..` or empty segments, a backslash or a NUL, or
 * the name of an unfinished file (`.tmp-…`); `symlink-escape` for a link on the way; `file-type` where something else than a
 * regular file stands; `io` for what the system refuses.
 */
export function openDirectory(dir: string): Files {
  return new Directory(resolve(dir));
}

class Directory implements Files {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async read(path: string, maxBytes: number): Promise<Uint8Array | null> {
    const names = parseSegments(path);
    try {
      const directory = await this.#enter(path, names.slice(0, -1), 'find');
      return directory === null ? null : await readRegular(path, join(directory, ...names.slice(-1)), maxBytes);
    } catch (error) {
      throw ioError(path, 'to read the file', error);
    }
  }

  async list(): Promise<ReadonlyMap<string, number>> {
    const found: [string, number][] = [];
    await this.#walk('', found);
    // Sorted, because the order in which a file system lists names differs between machines.
    return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    await this.#replace(path, async (file) => {
      await file.writeFile(bytes);
    });
  }

  async copyIn(path: string, source: string, expected: { readonly length: number; readonly sha256: string }): Promise<void> {
    await this.#replace(path, async (file) => {
      await copyVerified(source, file, expected);
    });
  }

  async writeStream(
    path: string,
    pieces: AsyncIterable<Uint8Array>,
    expected: { readonly length: number; readonly sha256: string },
  ): Promise<void> {
    await this.#replace(path, async (file) => {
      await writeVerified(path, pieces, file, expected);
    });
  }

  async digest(path: string): Promise<{ readonly length: number; readonly sha256: string } | null> {
    const names = parseSegments(path);
    try {
      const directory = await this.#enter(path, names.slice(0, -1), 'find');
      const file = directory === null ? null : await openRegular(path, join(directory, ...names.slice(-1)));
      if (file === null) return null;
      try {
        return await digestOf(piecesOf(file));
      } finally {
        await file.close();
      }
    } catch (error) {
      throw ioError(path, 'to read the file', error);
    }
  }

  async remove(path: string): Promise<void> {
    const names = parseSegments(path);
    try {
      const directory = await this.#enter(path, names.slice(0, -1), 'find');
      if (directory !== null) await unlink(join(directory, ...names.slice(-1)));
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw ioError(path, 'to remove the file', error);
    }
  }

  async #replace(path: string, fill: (file: FileHandle) => Promise<void>): Promise<void> {
    const names = parseSegments(path);
    try {
      const directory = await this.#enter(path, names.slice(0, -1), 'make');
      if (directory === null) throw new CountersignError('file-type', path, 'expected a directory above it, got a file');
      const temporary = await writeTemporary(directory, fill);
      try {
        await rename(temporary, join(directory, ...names.slice(-1)));
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    } catch (error) {
      throw ioError(path, 'to write the file', error);
    }
  }

  /** Goes down `names` without following links. Null where there is no such directory; `make` creates it. */
  async #enter(path: string, names: readonly string[], how: 'find' | 'make'): Promise<string | null> {
    if (how === 'make') await makeDirectories(this.#root);
    let directory = this.#root;
    for (const name of names) {
      directory = join(directory, name);
      if (how === 'make') await makeDirectory(directory);
      const kind = await kindOf(directory);
      if (kind === 'link')
        throw new CountersignError('symlink-escape', path, `expected no symbolic link on the way, got one at ${quote(name)}`);
      if (kind !== 'directory') return null;
    }
    return directory;
  }

  async #walk(prefix: string, found: [string, number][]): Promise<void> {
    const entries = await readNames(join(this.#root, prefix), prefix === '' ? '.' : prefix);
    for (const entry of entries) {
      if (entry.name.startsWith(TEMPORARY_PREFIX)) continue;
      const path = `${prefix}${entry.name}`;
      if (entry.isDirectory()) await this.#walk(`${path}/`, found);
      if (!entry.isFile()) continue;
      // Synchronous: 100,000 promises for calls of a few microseconds take several times as long.
      const stat = lstatSync(join(this.#root, path), { throwIfNoEntry: false });
      if (stat !== undefined) found.push([path, stat.size]);
    }
  }
}

function parseSegments(path: string): readonly string[] {
  const names = path.split('/');
  const bad = names.some((name) => name === '' || name === '.' || name === '..' || name.startsWith(TEMPORARY_PREFIX));
  if (bad || path.includes('\\') || path.includes('\0')) {
    throw new CountersignError('file-name', quote(path), 'expected a relative path with "/" and without "." or ".." segments');
  }
  return names;
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory);
    // What the umask and the directory above give beyond that stays: so several accounts of one group may publish.
    await chmod(directory, ((await lstat(directory)).mode & 0o7777) | 0o755);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
}

async function kindOf(path: string): Promise<'directory' | 'link' | 'other' | 'absent'> {
  try {
    const stat = await lstat(path);
    if (stat.isDirectory()) return 'directory';
    return stat.isSymbolicLink() ? 'link' : 'other';
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== 'ENOENT' && errno !== 'ENOTDIR') throw error;
    return 'absent';
  }
}

async function readNames(directory: string, where: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw ioError(where, 'to list the directory', error);
  }
}

async function readRegular(where: string, path: string, maxBytes: number): Promise<Uint8Array | null> {
  const file = await openRegular(where, path);
  if (file === null) return null;
  try {
    const { size } = await file.stat();
    const bytes = size > maxBytes ? null : await file.readFile();
    if (bytes === null || bytes.length > maxBytes) {
      throw new CountersignError('too-large', where, `expected at most ${String(maxBytes)} bytes, got ${String(bytes?.length ?? size)}`);
    }
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  } finally {
    await file.close();
  }
}

/** Opens for reading; null when there is nothing. Doesn't wait on a pipe that somebody put there. */
async function openRegular(where: string, path: string): Promise<FileHandle | null> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT') return null;
    if (errno === 'ELOOP')
      throw new CountersignError('symlink-escape', where, 'expected a regular file, got a symbolic link', { cause: error });
    throw error;
  }
  const stat = await file.stat();
  if (stat.isFile()) return file;
  await file.close();
  throw new CountersignError('file-type', where, 'expected a regular file, got a directory or a special file');
}

/** A file in pieces, each of which is gone when the next is asked for. */
async function* piecesOf(file: FileHandle): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

async function digestOf(pieces: AsyncIterable<Uint8Array>): Promise<{ readonly length: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let length = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    length += piece.length;
  }
  return { length, sha256: hash.digest('hex') };
}

async function copyVerified(
  source: string,
  target: FileHandle,
  expected: { readonly length: number; readonly sha256: string },
): Promise<void> {
  const input = await openSource(source);
  try {
    await writeVerified(source, piecesOf(input), target, expected);
  } finally {
    await input.close();
  }
}

async function writeVerified(
  source: string,
  pieces: AsyncIterable<Uint8Array>,
  target: FileHandle,
  expected: { readonly length: number; readonly sha256: string },
): Promise<void> {
  const hash = createHash('sha256');
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    // Stops once there is too much: a file that never ends must not fill the disk.
    if (length > expected.length) break;
    hash.update(piece);
    await target.writeFile(piece);
  }
  const sha256 = hash.digest('hex');
  if (length !== expected.length || sha256 !== expected.sha256) {
    const got = length > expected.length ? 'more' : `${String(length)} bytes with sha256 ${sha256}`;
    throw new CountersignError(
      'hash-mismatch',
      source,
      `expected ${String(expected.length)} bytes with sha256 ${expected.sha256}, got ${got}`,
    );
  }
}

/** The source is the caller's own choice, so links to it are followed. */
async function openSource(source: string): Promise<FileHandle> {
  try {
    const file = await open(source, constants.O_RDONLY | constants.O_NONBLOCK);
    if ((await file.stat()).isFile()) return file;
    await file.close();
  } catch (error) {
    throw ioError(source, 'to read the file', error);
  }
  throw new CountersignError('file-type', source, 'expected a regular file, got a directory or a special file');
}
