// SPDX-License-Identifier: Apache-2.0
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesSource, type RepositorySource } from '../client/source.ts';
import { errnoOf, ioError } from '../disk/atomic-file.ts';
import { openDirectory } from '../hosting/directory.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { directoryStreams } from './read-stream.ts';

/** What no directory is called by people: `https://…`, `ssh://…`. */
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;

/**
 * The directory that a site's name stands for, absolute: a path, or a `file:` URL of this machine.
 * @returns null for a URL of another kind
 * @throws `usage` for a `file:` URL that is no path here
 */
export function siteDirectory(text: string, where: string): string | null {
  if (!/^file:/i.test(text)) return SCHEME.test(text) ? null : resolve(text);
  try {
    return fileURLToPath(text);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new CountersignError('usage', where, `expected a file URL of this machine, such as file:///mnt/mirror, got ${quote(text)}`);
  }
}

/**
 * A published repository in a directory, to read. No link below it is followed.
 * @throws `io` where there is no such directory, `file-type`
 */
export async function openSiteDirectory(directory: string): Promise<RepositorySource> {
  try {
    const stats = await stat(directory);
    if (!stats.isDirectory()) throw new CountersignError('file-type', directory, 'expected the directory of a site, got a file');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') {
      const detail = 'there is no such directory; the URL of a site begins with https://';
      throw new CountersignError('io', directory, detail, { cause: error });
    }
    throw ioError(directory, 'the directory of a published repository', error);
  }
  return filesSource(openDirectory(directory), directoryStreams(directory));
}
