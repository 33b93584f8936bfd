// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { linkOrCopy } from '../artifacts/link-file.ts';
import { ioError } from '../disk/atomic-file.ts';

/**
 * Gives the plain files of a directory a second place. Links are left out: in what others have pushed one may lead to any file of this machine, which would
 * then be served to everyone.
 * @returns how many files. @throws `io`
 */
export async function linkPlainFiles(from: string, to: string): Promise<number> {
  try {
    await mkdir(to, { recursive: true });
    let count = 0;
    for (const entry of await readdir(from, { withFileTypes: true })) {
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      if (entry.isDirectory()) count += await linkPlainFiles(source, target);
      if (!entry.isFile()) continue;
      await linkOrCopy(source, target);
      count++;
    }
    return count;
  } catch (error) {
    throw ioError(from, 'to copy the files', error);
  }
}
