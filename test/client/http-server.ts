// SPDX-License-Identifier: Apache-2.0
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { HttpLimits } from '../../src/client/limits.ts';

/** What a server does with one request. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on this machine, and what it was asked for. */
export interface TestServer {
  /** Without a slash at the end. */
  readonly url: string;
  /** Paths as they came, in order. */
  readonly asked: string[];
  readonly requests: IncomingMessage[];
  /** Requests whose connection the client has ended. */
  readonly aborted: string[];
  close(): Promise<void>;
}

async function listen(server: Server, scheme: string, seen: Omit<TestServer, 'url' | 'close'>): Promise<TestServer> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `${scheme}://127.0.0.1:${port}`, ...seen, close };
}

/** Starts a server that does what `handler` says with every request. */
export function serve(handler: Handler, tls?: { readonly key: Buffer; readonly cert: Buffer }): Promise<TestServer> {
  const seen = { asked: [] as string[], requests: [] as IncomingMessage[], aborted: [] as string[] };
  const listener: RequestListener = (request, response) => {
    const path = request.url ?? '';
    seen.asked.push(path);
    seen.requests.push(request);
    response.on('close', () => {
      if (!response.writableFinished) seen.aborted.push(path);
    });
    handler(request, response);
  };
  return tls === undefined ? listen(createServer(listener), 'http', seen) : listen(createTlsServer(tls, listener), 'https', seen);
}

/** Serves a repository's files as a plain host does, with ranges: `/metadata/…` and `/targets/…`, names percent-decoded for targets only. */
export function hosting(files: ReadonlyMap<string, Uint8Array>): Handler {
  return (request, response) => {
    const path = (request.url ?? '').slice(1);
    const bytes = files.get(path) ?? files.get(decodeURIComponent(path));
    if (bytes === undefined) {
      response.writeHead(404, { 'content-length': '9' }).end('not found');
      return;
    }
    const from = Number(/^bytes=([0-9]+)-$/.exec(request.headers.range ?? '')?.[1] ?? NaN);
    if (Number.isNaN(from)) {
      response.writeHead(200, { 'content-length': String(bytes.length) }).end(bytes);
      return;
    }
    if (from >= bytes.length) {
      response.writeHead(416, { 'content-length': '0' }).end();
      return;
    }
    const rest = bytes.subarray(from);
    const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
    response.writeHead(206, { 'content-length': String(rest.length), 'content-range': range }).end(rest);
  };
}

/** Impatient, so that tests are quick. */
export const QUICK: Partial<HttpLimits> = {
  connectMs: 2000,
  stallMs: 200,
  metadataTotalMs: 500,
  targetTotalMs: 1000,
  maxAttempts: 3,
  firstWaitMs: 4,
  maxWaitMs: 1500,
};
