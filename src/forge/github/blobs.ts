// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { BlobId } from '../../ports.ts';
import { CountersignError } from '../../tuf/errors.ts';
import { answerOf, textOf, textOrNull } from './answer.ts';
import { queryObjects } from './many-objects.ts';
import { eachOf } from './objects.ts';
import { send } from './place.ts';
import type { Place } from './place.ts';

const TEXTS = { name: 'Blobs', selection: '... on Blob { text }', purpose: { what: 'files', needs: 'contents: read' } };

/**
 * Contents of blobs: of several the texts ten in a request, and one by one what is no text, is too long for that, or came otherwise than it is. Each is hashed
 * again, so a wrong answer is never taken for the blob.
 * @throws `io`
 */
export async function readBlobs(place: Place, ids: readonly BlobId[]): Promise<ReadonlyMap<BlobId, Uint8Array>> {
  const wanted = [...new Set(ids)];
  const blobs = wanted.length > 1 ? await readTexts(place, wanted) : new Map<BlobId, Uint8Array>();
  await eachOf(
    wanted.filter((id) => !blobs.has(id)),
    async (id) => void blobs.set(id, await readBlob(place, id)),
  );
  return blobs;
}

/** Those of some blobs that the host gives as the texts that they are. Whatever it breaks over here it may give one by one. */
async function readTexts(place: Place, ids: readonly BlobId[]): Promise<Map<BlobId, Uint8Array>> {
  const texts = new Map<BlobId, Uint8Array>();
  for await (const [id, object] of queryObjects(place, ids, TEXTS)) {
    const text = object === null || object === 'refused' ? null : textOrNull(object, 'text');
    const bytes = text === null ? null : Buffer.from(text);
    if (bytes !== null && idOf(bytes) === id) texts.set(id, bytes);
  }
  return texts;
}

async function readBlob(place: Place, id: BlobId): Promise<Uint8Array> {
  const purpose = { what: `blob ${id}`, needs: 'contents: read' };
  const found = answerOf(await send(place, 'GET /repos/{owner}/{repo}/git/blobs/{file_sha}', { file_sha: id }, purpose), purpose.what);
  const encoding = textOf(found, 'encoding');
  if (encoding !== 'base64') throw new CountersignError('io', found.where, 'expected base64, got another encoding');
  const bytes = Buffer.from(textOf(found, 'content'), 'base64');
  const hash = idOf(bytes);
  if (hash !== id) throw new CountersignError('io', found.where, `expected the blob of this id, got ${hash}`);
  return bytes;
}

/** What git calls these bytes. */
function idOf(bytes: Uint8Array): string {
  return createHash('sha1')
    .update(`blob ${String(bytes.length)}\0`)
    .update(bytes)
    .digest('hex');
}
