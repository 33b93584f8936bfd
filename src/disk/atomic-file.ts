// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { CountersignError } from '../tuf/errors.ts';
import { errnoWords } from './errno-words.ts';

/** How the names of unfinished files begin. Nothing that begins so is ever listed or read. */
export const TEMPORARY_PREFIX = '.tmp-';

/** The system's error name (`ENOENT`, `EEXIST`, …) of a failed file operation; null for every other error. */
export function errnoOf(error: unknown): string | null {
  if (error instanceof CountersignError) return null;
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/**
 * Names a failed file operation as `io`. Errors of ours keep their code, and programming errors are handed back as they are.
 * @param where - the file, for the message
 * @param expected - what was tried, as in `expected to read the file`
 */
export function ioError(where: string, expected: string, error: unknown): Error {
  const errno = errnoOf(error);
  if (error instanceof Error && errno === null) return error;
  const why = errno === null ? 'the system could not do it' : errnoWords(errno);
  return new CountersignError('io', where, `expected ${expected}, but ${why}`, { cause: error });
}

/** Runs a file operation, whose failure is then `io`: see {@link ioError}. */
export async function orIoError<T>(where: string, expected: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw ioError(where, expected, error);
  }
}

/** For `catch`: rethrows every error but the one that is expected, by the system's name. */
export function ignoring(errno: string): (error: unknown) => undefined {
  return (error) => {
    if (errnoOf(error) !== errno) throw error;
    return undefined;
  };
}

/**
 * Writes a new file under a temporary name, mode 0644 whatever the umask, and brings it to the disk, so that whoever gives
 * it its final name by rename or link shows readers all of it or nothing. Leaves nothing behind when `fill` throws.
 * @param directory - where the final name will be: rename and link don't cross file systems
 * @returns the file's path
 */
export async function writeTemporary(directory: string, fill: (file: FileHandle) => Promise<void>): Promise<string> {
  const path = join(directory, `${TEMPORARY_PREFIX}${randomBytes(12).toString('hex')}`);
  const file = await open(path, 'wx', 0o644);
  try {
    await file.chmod(0o644);
    await fill(file);
    await file.sync();
    await file.close();
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
  return path;
}
