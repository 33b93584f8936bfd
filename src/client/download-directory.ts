// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, rename, rm, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errnoOf, ignoring, ioError, orIoError } from '../disk/atomic-file.ts';
import { withLock } from '../disk/lock.ts';
import { makeDirectories } from '../disk/make-directory.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { requireText } from './caller-values.ts';
import type { TargetFile } from '../tuf/targets.ts';
import { targetDigest } from './download.ts';
import { digestOf, fillPart, removePart, type Part, type PartFile } from './part-file.ts';
import { PARTS_DIRECTORY, requireSafePath } from './target-name.ts';

/** Longer than the lock of a process that was killed lives (8 s), so that what it has left is gone on with. */
const PART_WAIT_MS = 9_000;
const MAX_ATTEMPTS = 100;

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
  /** Whether anything is there in the place of a target, right or not. @throws as `verify` */
  has(path: string): Promise<boolean>;
  /**
   * Gives `fill` what an earlier download of these bytes has left, and puts the file in its place when it returns. When it throws, what is there stays for
   * the next time. Two processes don't write the same part; what another one has brought meanwhile is taken.
   * @param path - the target's path, as metadata has it
   * @param file - what is signed of it
   * @param fill - downloads the rest; gives the sha256
   * @throws as `verify`, `locked` when this process stood still for so long that another has taken over, and whatever `fill` throws
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
  const root = resolve(requireText(directory, 'download directory'));
  return {
    directory: root,
    locate: (path) => locateIn(root, path),
    verify: (path, file) => verifyIn(root, path, file),
    has: (path) => hasIn(root, path),
    receive: async (path, file, fill) => {
      await orIoError(root, 'to make the directory', () => makeDirectories(root));
      return withPart(root, file, async (part) => {
        const there = await verifyIn(root, path, file);
        if (there !== null) {
          await removePart(part);
          return { sha256: there, outcome: 'present' };
        }
        const sha256 = await fillPart(part, file, fill);
        await enter(root, path, 'make');
        const place = locateIn(root, path);
        await orIoError(place, 'to put the file in its place', async () => {
          await requireReplaceable(place);
          await part.requireOurs();
          await rename(part.path, place);
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
  return orIoError(place, 'to read the file', () => sha256IfListed(place, file));
}

async function hasIn(root: string, path: string): Promise<boolean> {
  const place = locateIn(root, path);
  if (!(await enter(root, path, 'find'))) return false;
  return orIoError(place, 'to find the file', async () => (await lstat(place).catch(ignoring('ENOENT'))) !== undefined);
}

/** Goes to the directory of `path` without following links below `root`; says whether it is there. */
async function enter(root: string, path: string, how: 'find' | 'make'): Promise<boolean> {
  let directory = root;
  for (const name of path.split('/').slice(0, -1)) {
    directory = join(directory, name);
    const here = directory;
    const made = await orIoError(here, 'to enter the directory', async () => {
      if (how === 'make') await mkdir(here).catch(ignoring('EEXIST'));
      return lstat(here).catch(ignoring('ENOENT'));
    });
    if (made === undefined) return false;
    if (made.isSymbolicLink()) {
      throw new CountersignError('symlink-escape', quote(path), `expected no symbolic link on the way, got one at ${quote(name)}`);
    }
    if (!made.isDirectory()) throw new CountersignError('file-type', here, 'expected a directory, got a file');
  }
  return true;
}

async function requireReplaceable(place: string): Promise<void> {
  const stats = await lstat(place).catch(ignoring('ENOENT'));
  if (stats === undefined || stats.isFile()) return;
  throw new CountersignError('file-type', place, 'expected a regular file or nothing, got a directory or a special file');
}

async function sha256IfListed(place: string, file: TargetFile): Promise<string | null> {
  await requireReplaceable(place);
  const handle = await open(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(ignoring('ENOENT'));
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

/**
 * Runs `work` with the part for these bytes, which is called by their digest. A part that another process is busy with for long is left to it: then the part
 * is one that nobody else has, and what is there afterwards is removed.
 */
async function withPart<T>(root: string, file: TargetFile, work: (part: Part) => Promise<T>): Promise<T> {
  const directory = join(root, PARTS_DIRECTORY);
  const [digest] = [...file.hashes].filter(([name]) => name === 'sha256' || name === 'sha512').map(([, hex]) => hex);
  const shared = join(directory, `${digest ?? ''}.part`);
  const lock = { held: false };
  for (let attempt = 1; ; attempt++) {
    await enter(root, `${PARTS_DIRECTORY}/x`, 'make');
    try {
      return await withLock(
        shared,
        (requireOurs) => {
          lock.held = true;
          return work({ path: shared, requireOurs });
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
    return await work({ path: own, requireOurs: async () => undefined });
  } finally {
    await orIoError(own, 'to remove the part', () => rm(own, { force: true }));
  }
}
