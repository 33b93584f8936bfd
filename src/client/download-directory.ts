// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, rename, rm, rmdir } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errnoOf, ioError } from '../disk/atomic-file.ts';
import { withLock } from '../disk/lock.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import type { TargetFile } from '../tuf/targets.ts';
import { targetDigest, type TargetDigest } from './download.ts';
import { PARTS_DIRECTORY, requireSafePath } from './target-name.ts';

const CHUNK_BYTES = 1024 * 1024;
/** Longer than the lock of a process that was killed lives (8 s), so that what it has left is gone on with. */
const PART_WAIT_MS = 9_000;
const MAX_ATTEMPTS = 100;

/** A target that is being downloaded: the bytes that are there, and their digests. */
export interface PartFile {
  /** Of the bytes that are there. */
  readonly digest: TargetDigest;
  /** Puts bytes at the end; the caller updates the digest. @throws `io` */
  append(chunk: Uint8Array): Promise<void>;
  /** Begins again with nothing. @throws `io` */
  restart(): Promise<void>;
}

/** A directory that targets are downloaded to. Nothing is ever written outside it, and links in it are not followed. */
export interface DownloadDirectory {
  /** Absolute. */
  readonly directory: string;
  /** The absolute path of the file of a target. @throws `file-name` for one that could lead elsewhere */
  locate(path: string): string;
  /**
   * The sha256 of the file that is there, when its length and digests are those that are listed; null when it is absent or another.
   * @throws `file-name`, `file-type` for a directory or another thing that is no file, `symlink-escape`, `io`
   */
  verify(path: string, file: TargetFile): Promise<string | null>;
  /**
   * Gives `fill` what an earlier download of these bytes has left, and puts the file in its place when it returns. When it throws, what is there stays for
   * the next time. Two processes don't write the same part; what another one has brought meanwhile is taken.
   * @param path - the target's path, as metadata has it
   * @param file - what is signed of it
   * @param fill - downloads the rest; gives the sha256
   * @throws as `verify`, and whatever `fill` throws
   */
  receive(
    path: string,
    file: TargetFile,
    fill: (part: PartFile) => Promise<string>,
  ): Promise<{ readonly sha256: string; readonly outcome: 'downloaded' | 'present' }>;
  /** Removes the place where parts wait, when there are none. @throws `io` */
  tidy(): Promise<void>;
}

/**
 * Opens a directory for downloads. It is made when the first file comes.
 * @param directory - absolute, or from the working directory
 */
export function openDownloadDirectory(directory: string): DownloadDirectory {
  const root = resolve(directory);
  return {
    directory: root,
    locate: (path) => locateIn(root, path),
    verify: (path, file) => verifyIn(root, path, file),
    receive: async (path, file, fill) => {
      await named(root, 'to make the directory', () => mkdir(root, { recursive: true }));
      return withPart(root, file, async (part) => {
        const there = await verifyIn(root, path, file);
        if (there !== null) {
          await named(part, 'to remove the part', () => rm(part, { force: true }));
          return { sha256: there, outcome: 'present' };
        }
        const sha256 = await fillPart(part, file, fill);
        await enter(root, path, 'make');
        const place = locateIn(root, path);
        await named(place, 'to put the file in its place', async () => {
          await requireReplaceable(place);
          await rename(part, place);
        });
        return { sha256, outcome: 'downloaded' };
      });
    },
    tidy: async () => {
      const parts = join(root, PARTS_DIRECTORY);
      try {
        await rmdir(parts);
      } catch (error) {
        // What is no directory is not ours.
        if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(errnoOf(error) ?? ''))
          throw ioError(parts, 'to remove the directory', error);
      }
    },
  };
}

function locateIn(root: string, path: string): string {
  requireSafePath(path);
  return join(root, ...path.split('/'));
}

async function verifyIn(root: string, path: string, file: TargetFile): Promise<string | null> {
  const place = locateIn(root, path);
  if (!(await enter(root, path, 'find'))) return null;
  return named(place, 'to read the file', () => sha256IfListed(place, file));
}

async function named<T>(where: string, expected: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw ioError(where, expected, error);
  }
}

/** Goes to the directory of `path` without following links below `root`; says whether it is there. */
async function enter(root: string, path: string, how: 'find' | 'make'): Promise<boolean> {
  let directory = root;
  for (const name of path.split('/').slice(0, -1)) {
    directory = join(directory, name);
    const here = directory;
    const made = await named(here, 'to enter the directory', async () => {
      if (how === 'make') await mkdir(here).catch(ignore('EEXIST'));
      return lstat(here).catch(ignore('ENOENT'));
    });
    if (made === undefined) return false;
    if (made.isSymbolicLink()) {
      throw new CountersignError('symlink-escape', quote(path), `expected no symbolic link on the way, got one at ${quote(name)}`);
    }
    if (!made.isDirectory()) throw new CountersignError('file-type', here, 'expected a directory, got something else');
  }
  return true;
}

/** Rethrows every error but the one that is expected. */
function ignore(errno: string): (error: unknown) => undefined {
  return (error) => {
    if (errnoOf(error) !== errno) throw error;
    return undefined;
  };
}

async function requireReplaceable(place: string): Promise<void> {
  const stats = await lstat(place).catch(ignore('ENOENT'));
  if (stats === undefined || stats.isFile()) return;
  throw new CountersignError('file-type', place, 'expected a regular file or nothing, got something else');
}

async function sha256IfListed(place: string, file: TargetFile): Promise<string | null> {
  await requireReplaceable(place);
  const handle = await open(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(ignore('ENOENT'));
  if (handle === undefined) return null;
  try {
    if ((await handle.stat()).size !== file.length) return null;
    const digest = targetDigest(file);
    await digestOf(handle, digest, file.length);
    return digest.finish(place);
  } catch (error) {
    if (error instanceof CountersignError && (error.code === 'hash-mismatch' || error.code === 'length-mismatch')) return null;
    throw error;
  } finally {
    await handle.close();
  }
}

/** Reads at most `maxBytes` from the start. */
async function digestOf(handle: FileHandle, digest: TargetDigest, maxBytes: number): Promise<void> {
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(1, maxBytes)));
  while (digest.length < maxBytes) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, maxBytes - digest.length), digest.length);
    if (bytesRead === 0) return;
    digest.update(buffer.subarray(0, bytesRead));
  }
}

/**
 * Runs `work` with the path of the part for these bytes, which is called by their digest. A part that another process is busy with for long is left to
 * it: then the path is one that nobody else has, and what is there afterwards is removed.
 */
async function withPart<T>(root: string, file: TargetFile, work: (part: string) => Promise<T>): Promise<T> {
  const directory = join(root, PARTS_DIRECTORY);
  const [digest] = [...file.hashes].filter(([name]) => name === 'sha256' || name === 'sha512').map(([, hex]) => hex);
  const shared = join(directory, `${digest ?? ''}.part`);
  const lock = { held: false };
  for (let attempt = 1; ; attempt++) {
    await enter(root, `${PARTS_DIRECTORY}/x`, 'make');
    try {
      return await withLock(
        shared,
        () => {
          lock.held = true;
          return work(shared);
        },
        { waitMs: PART_WAIT_MS },
      );
    } catch (error) {
      if (lock.held || !(error instanceof CountersignError)) throw error;
      if (error.code === 'locked') break;
      // Another process that was done has just removed the directory.
      if (errnoOf(error.cause) !== 'ENOENT' || attempt >= MAX_ATTEMPTS) throw error;
    }
  }
  await enter(root, `${PARTS_DIRECTORY}/x`, 'make');
  const own = join(directory, `${randomBytes(12).toString('hex')}.part`);
  try {
    return await work(own);
  } finally {
    await named(own, 'to remove the part', () => rm(own, { force: true }));
  }
}

async function fillPart(path: string, file: TargetFile, fill: (part: PartFile) => Promise<string>): Promise<string> {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await named(path, 'to open the part', () => open(path, flags, 0o666));
  let isEmpty = true;
  try {
    const { size } = await named(path, 'to read the part', () => handle.stat());
    let digest = targetDigest(file);
    const restart = async (): Promise<void> => {
      await named(path, 'to empty the part', () => handle.truncate(0));
      digest = targetDigest(file);
    };
    if (size > file.length) await restart();
    else await named(path, 'to read the part', () => digestOf(handle, digest, size));
    const part: PartFile = {
      get digest() {
        return digest;
      },
      append: (chunk) =>
        named(path, 'to write the part', async () => {
          for (let done = 0; done < chunk.length;) {
            const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, digest.length + done);
            done += bytesWritten;
          }
        }),
      restart,
    };
    try {
      const result = await fill(part);
      await named(path, 'to bring the file to the disk', () => handle.sync());
      isEmpty = false;
      return result;
    } finally {
      isEmpty &&= digest.length === 0;
    }
  } finally {
    await handle.close();
    // There is nothing in it to go on with.
    if (isEmpty) await named(path, 'to remove the part', () => rm(path, { force: true }));
  }
}
