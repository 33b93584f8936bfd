// SPDX-License-Identifier: Apache-2.0
import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { errnoOf } from './atomic-file.ts';

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    return false;
  }
}

/**
 * Makes a directory and those above it that are missing. Node's own never ends where a file system of the kernel's refuses a new
 * name with "no such file" (`/proc/x`), and says the same of one that is read-only.
 * @returns the highest directory that was made; null when all were there
 * @throws the system's error
 */
export async function makeDirectories(path: string, mode: number = 0o777): Promise<string | null> {
  const missing: string[] = [];
  // The root is always there: a path ends.
  for (let at = resolve(path); !(await isThere(at)); at = dirname(at)) {
    missing.unshift(at);
    if (dirname(at) === at) break;
  }
  let made: string | null = null;
  for (const directory of missing) {
    try {
      await mkdir(directory, { mode });
      made ??= directory;
    } catch (error) {
      // Somebody else was faster, which is as good.
      if (errnoOf(error) !== 'EEXIST') throw error;
    }
  }
  if (missing.length === 0 && !(await stat(path)).isDirectory()) throw Object.assign(new Error('not a directory'), { code: 'ENOTDIR' });
  return made;
}
