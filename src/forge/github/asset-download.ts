// SPDX-License-Identifier: Apache-2.0
import { CountersignError } from '../../tuf/errors.ts';
import { isRecord } from './answer.ts';
import { sendOrNull } from './place.ts';
import type { Place } from './place.ts';

const ROUTE = 'GET /repos/{owner}/{repo}/releases/assets/{asset_id}';

/**
 * An asset's bytes; null when there is none. GitHub sends on to another host, to which the token does not go.
 * @throws `too-large`, `io` also when the connection breaks
 */
export async function downloadAsset(place: Place, assetId: number, maxBytes: number): Promise<Uint8Array | null> {
  const purpose = { what: `release asset ${String(assetId)}`, needs: 'contents: read' };
  const parameters = {
    asset_id: assetId,
    headers: { accept: 'application/octet-stream' },
    request: { parseSuccessResponseBody: false },
  };
  const body = await sendOrNull(place, ROUTE, parameters, purpose);
  if (body === null) return null;
  if (!isStream(body)) throw new CountersignError('io', purpose.what, 'expected bytes, got none');
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      length += chunk.length;
      if (length > maxBytes) throw new CountersignError('too-large', purpose.what, `expected at most ${String(maxBytes)} bytes, got more`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof CountersignError) throw error;
    throw new CountersignError('io', purpose.what, 'expected its bytes, got a connection that broke');
  }
  return Buffer.concat(chunks);
}

function isStream(value: unknown): value is AsyncIterable<Uint8Array> {
  return (isRecord(value) || typeof value === 'object') && value !== null && Symbol.asyncIterator in value;
}
