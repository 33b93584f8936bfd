// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { BlobId } from '../../ports.ts';
import { CountersignError } from '../../tuf/errors.ts';
import { answerOf, childOf, childOrNull, textOf, textOrNull } from './answer.ts';
import { mayHaveHappened } from './errors.ts';
import { eachOf } from './objects.ts';
import { query, send } from './place.ts';
import type { Place } from './place.ts';

/** The host cuts each text at half a megabyte, so an answer has at most five. */
const BLOBS_AT_ONCE = 10;
const PURPOSE = { what: 'files', needs: 'contents: read' };

/**
 * Contents of blobs: of several the texts ten in a request, and one by one what is no text, is too long for that, or came otherwise than it is. Each is hashed
 * again, so a wrong answer is never taken for the blob.
 * @throws `io`
 */
export async function readBlobs(place: Place, ids: readonly BlobId[]): Promise<ReadonlyMap<BlobId, Uint8Array>> {
  const blobs = new Map<BlobId, Uint8Array>();
  const wanted = [...new Set(ids)];
  for (let at = 0; at < wanted.length; at += BLOBS_AT_ONCE) {
    const some = wanted.slice(at, at + BLOBS_AT_ONCE);
    if (some.length > 1) for (const [id, bytes] of await readTexts(place, some)) blobs.set(id, bytes);
  }
  await eachOf(
    wanted.filter((id) => !blobs.has(id)),
    async (id) => void blobs.set(id, await readBlob(place, id)),
  );
  return blobs;
}

/** Those of some blobs that the host gives as the texts that they are. */
async function readTexts(place: Place, ids: readonly BlobId[]): Promise<ReadonlyMap<BlobId, Uint8Array>> {
  const names = ids.map((_, at) => `b${String(at)}`);
  const objects = names.map((name) => `${name}: object(oid: $${name}) { ... on Blob { text } }`);
  const document = `query Blobs($owner: String!, $name: String!, ${names.map((name) => `$${name}: GitObjectID!`).join(', ')}) {
    repository(owner: $owner, name: $name) { ${objects.join(' ')} }
  }`;
  const variables = Object.fromEntries(ids.map((id, at) => [`b${String(at)}`, id]));
  const texts = new Map<BlobId, Uint8Array>();
  try {
    const data = await query(place, document, { owner: place.owner, name: place.repo, ...variables }, PURPOSE, 'repeatable');
    const repository = childOf(data, 'repository');
    for (const [at, id] of ids.entries()) {
      const object = childOrNull(repository, `b${String(at)}`);
      const text = object === null ? null : textOrNull(object, 'text');
      const bytes = text === null ? null : Buffer.from(text);
      if (bytes !== null && idOf(bytes) === id) texts.set(id, bytes);
    }
  } catch (error) {
    // Whatever the host breaks over here it may give one by one.
    if (!mayHaveHappened(error)) throw error;
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
