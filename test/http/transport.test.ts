// SPDX-License-Identifier: Apache-2.0
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openHttpSource } from '../../src/client/http-source.ts';
import { CountersignError } from '../../src/tuf/errors.ts';

const TIMESTAMP = 'metadata/timestamp.json';
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** A server that speaks for itself: what it writes to each connection, once something came over it. */
async function rawServer(answer: string | null): Promise<number> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      if (answer !== null) socket.end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    for (const socket of open) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return port;
}

async function codeOf(url: string, limits: { readonly connectMs: number; readonly stallMs: number }): Promise<string> {
  const source = openHttpSource({ metadataUrls: [url], targetUrls: [url], limits: { ...limits, maxAttempts: 1 } });
  cleanups.push(() => source.close());
  try {
    return String(await source.metadata(TIMESTAMP, 100));
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return error.code;
  }
}

test.each<[string, 'http' | 'https', number, string]>([
  ['a host that takes the connection and never answers the handshake has not been reached', 'https', 50, 'io'],
  ['a host that takes the connection has been reached, whenever it answers', 'http', 50, 'stalled'],
  ['the time to reach a host is as long as it is told, whatever a stall is', 'https', 1_200, 'io'],
])('%s', async (_, scheme, connectMs, code) => {
  const port = await rawServer(null);
  expect(await codeOf(`${scheme}://127.0.0.1:${port}`, { connectMs, stallMs: 400 })).toBe(code);
});

test.each<[string, string, string]>([
  ['a length', 'Content-Length: 2\r\n', '123,125'],
  ['no length, up to the end', '', '123,125'],
  ['two lengths', 'Content-Length: 2\r\nContent-Length: 1\r\n', 'io'],
  ['a length and chunks', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n', 'io'],
  ['more than was told', 'Content-Length: 3\r\n', 'io'],
])('an answer with %s', async (_, headers, expected) => {
  const port = await rawServer(`HTTP/1.1 200 OK\r\n${headers}Connection: close\r\n\r\n{}`);
  expect(await codeOf(`http://127.0.0.1:${port}`, { connectMs: 5_000, stallMs: 5_000 })).toBe(expected);
});
