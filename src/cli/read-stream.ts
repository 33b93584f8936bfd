// SPDX-License-Identifier: Apache-2.0
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { OpenStream } from '../client/source.ts';
import { CountersignError } from '../tuf/errors.ts';

function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/** Opens the files of a directory for reading in pieces; null for one that is absent. @throws `io`, `file-type` */
export function directoryStreams(directory: string): OpenStream {
  return async (path) => {
    const file = join(directory, ...path.split('/'));
    try {
      const stats = await stat(file);
      if (!stats.isFile()) throw new CountersignError('file-type', path, 'expected a regular file, got a directory or a special file');
    } catch (error) {
      if (isAbsence(error)) return null;
      if (error instanceof CountersignError) throw error;
      throw new CountersignError('io', path, 'expected a readable file', { cause: error });
    }
    return createReadStream(file);
  };
}
