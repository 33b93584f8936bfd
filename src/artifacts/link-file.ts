// SPDX-License-Identifier: Apache-2.0
import { copyFile, link } from 'node:fs/promises';
import { errnoOf } from '../disk/atomic-file.ts';

/** Another volume; a file system, or a system, that makes no links or no more of them. */
const NO_LINK = ['EXDEV', 'EPERM', 'EACCES', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/** Gives a file one more name, as a link where that can be: files may be of gigabytes. Does nothing when the name is taken. Throws as the system does. */
export async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'EEXIST') return;
    if (errno === null || !NO_LINK.includes(errno)) throw error;
    await copyFile(source, target);
  }
}
