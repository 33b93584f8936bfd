// SPDX-License-Identifier: Apache-2.0
import type { Readable } from 'node:stream';
import type { HttpAnswer } from './http-transport.ts';

/** Reading a short answer that is not needed keeps its connection. */
const MAX_DRAINED_BYTES = 16_384;
const MAX_DRAIN_MS = 500;

/** How a header's value is asked for. */
export function headerOf(answered: Readonly<Record<string, string | string[] | undefined>>): HttpAnswer['header'] {
  return (name) => {
    const value = answered[name];
    return Array.isArray(value) ? value.join(', ') : (value ?? null);
  };
}

async function drain(body: Readable): Promise<void> {
  let drained = 0;
  // Leaving the loop ends the connection.
  for await (const chunk of body) {
    drained += chunk instanceof Uint8Array ? chunk.length : MAX_DRAINED_BYTES;
    if (drained >= MAX_DRAINED_BYTES) return;
  }
}

/** Gives a body up. Limited in bytes and time: a host must not keep a client busy with what nobody reads. */
export async function discardBody(body: Readable): Promise<void> {
  const timer = setTimeout(() => body.destroy(), MAX_DRAIN_MS);
  // However it ends, it was not wanted.
  await drain(body).catch(() => undefined);
  clearTimeout(timer);
}
