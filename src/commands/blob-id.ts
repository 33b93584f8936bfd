// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { BlobId } from '../ports.ts';
import { CountersignError, quote } from '../tuf/errors.ts';

/** Parses a git blob id: 40 lower-case hex digits. @throws `git` */
export function parseBlobId(text: string, where: string): BlobId {
  if (!/^[0-9a-f]{40}$/.test(text)) throw new CountersignError('git', where, `expected a blob id, got ${quote(text)}`);
  return text as BlobId;
}

/** What git calls these bytes. */
export function blobIdOf(bytes: Uint8Array): BlobId {
  const hash = createHash('sha1').update(`blob ${String(bytes.length)}\0`);
  return parseBlobId(hash.update(bytes).digest('hex'), 'blob');
}
