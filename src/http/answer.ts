// SPDX-License-Identifier: Apache-2.0
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

/** Reading a short answer that is not needed keeps its connection. */
const MAX_DRAINED_BYTES = 16_384;
const MAX_DRAIN_MS = 500;

/** One answer of a host. */
export interface HttpAnswer {
  /** As HTTP has it: 200, 404. */
  readonly status: number;
  /** A header's value; several of one name are joined by commas. Null when there is none. */
  readonly header: (name: string) => string | null;
  /** The body as it came, in pieces: nothing is decompressed. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Gives the body up. Never throws, and takes a moment at most, whatever the host does. */
  readonly discard: () => Promise<void>;
  /** The proxy that may have answered itself, for messages; absent where only the host can have. */
  readonly via?: string;
}

/** An answer of our own transport. */
export interface Answered extends HttpAnswer {
  readonly statusText: string;
  readonly headers: Readonly<IncomingHttpHeaders>;
  readonly body: Readable;
}

/** What a request was answered with. @param via - the proxy, where it may have answered itself */
export function answered(message: IncomingMessage, via: string | null): Answered {
  // Whoever reads the body is told; a body that nobody reads must not end the process.
  message.on('error', () => undefined);
  return {
    status: message.statusCode ?? 0,
    statusText: message.statusMessage ?? '',
    headers: message.headers,
    header: (name) => {
      const value = message.headers[name];
      return Array.isArray(value) ? value.join(', ') : (value ?? null);
    },
    body: message,
    discard: () => discardBody(message),
    ...(via === null ? {} : { via }),
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
async function discardBody(body: Readable): Promise<void> {
  const timer = setTimeout(() => body.destroy(), MAX_DRAIN_MS);
  // However it ends, it was not wanted.
  await drain(body).catch(() => undefined);
  clearTimeout(timer);
}
