// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { ioError } from '../disk/atomic-file.ts';

const CHUNK_BYTES = 1024 * 1024;

/** The sha256 of a file of this machine, streaming, as lower-case hex. @throws `io` */
export async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) hash.update(Buffer.from(chunk));
  } catch (error) {
    throw ioError(path, 'to read the file', error);
  }
  return hash.digest('hex');
}
