// SPDX-License-Identifier: Apache-2.0
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect } from 'vitest';
import { openGitHub } from '../../../src/forge/github/index.ts';
import type { GitHub } from '../../../src/forge/github/index.ts';
import { CountersignError } from '../../../src/tuf/errors.ts';

/** A token that must never be seen again. */
export const TOKEN = 'ghs_0123456789abcdefSECRET';

/** A request as it came. */
export interface Seen {
  readonly method: string;
  /** Decoded, below `/repos/o/r` where it is there. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** The body as JSON; null when it is none. */
  readonly json: Readonly<Record<string, unknown>> | null;
}

/** What the stub answers: JSON, bytes, or a connection that breaks. */
export type StubReply =
  | { readonly status: number; readonly json?: unknown; readonly bytes?: Uint8Array; readonly headers?: Readonly<Record<string, string>> }
  | 'break';

/** A server that answers as a test says. */
export interface Stub {
  readonly url: string;
  readonly seen: Seen[];
  readonly warnings: string[];
  readonly github: GitHub;
  stop(): Promise<void>;
}

/** `METHOD path` of each request so far. */
export function linesOf(stub: Stub): readonly string[] {
  return stub.seen.map(({ method, path }) => `${method} ${path}`);
}

/** Starts a server whose every answer `respond` makes. */
export async function startStub(respond: (seen: Seen, stub: { readonly url: string }) => StubReply): Promise<Stub> {
  const seen: Seen[] = [];
  const warnings: string[] = [];
  const server = createServer((request, response) => {
    void answer(request, response, (one) => {
      seen.push(one);
      return respond(one, { url: urlOf() });
    });
  });
  const urlOf = (): string => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    return `http://127.0.0.1:${String(address.port)}`;
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const log = { info: nothing, warn: (text: string) => void warnings.push(text), progress: nothing };
  const github = await openGitHub({ owner: 'o', repo: 'r', token: TOKEN, apiUrl: urlOf(), log });
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url: urlOf(), seen, warnings, github, stop };
}

function nothing(): void {
  // Tests look at warnings only.
}

async function answer(request: IncomingMessage, response: ServerResponse, respond: (seen: Seen) => StubReply): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const url = new URL(request.url ?? '/', 'http://stub');
  const body = Buffer.concat(chunks);
  const path = decodeURIComponent(url.pathname).replace(/^\/repos\/o\/r(?=\/)/, '');
  const json = (request.headers['content-type'] ?? '').includes('json') ? parsed(body) : null;
  const reply = respond({ method: request.method ?? '', path, query: url.searchParams, headers: request.headers, body, json });
  if (reply === 'break') {
    request.socket.destroy();
    return;
  }
  const bytes = reply.bytes ?? (reply.json === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(reply.json)));
  const type = reply.bytes === undefined ? 'application/json; charset=utf-8' : 'application/octet-stream';
  response.writeHead(reply.status, { 'content-type': type, ...reply.headers }).end(bytes);
}

function parsed(body: Buffer): Readonly<Record<string, unknown>> | null {
  const value: unknown = body.length === 0 ? null : JSON.parse(body.toString('utf8'));
  return isObject(value) ? value : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One page of a list, with the `link` header that GitHub sends. */
export function pageOf(
  all: readonly unknown[],
  seen: Seen,
  url: string,
  wrap: (page: readonly unknown[]) => unknown = (page) => page,
): StubReply {
  const size = Number(seen.query.get('per_page') ?? '30');
  const page = Number(seen.query.get('page') ?? '1');
  const next = new URLSearchParams(seen.query);
  next.set('page', String(page + 1));
  const link = `<${url}/repos/o/r${seen.path}?${next.toString()}>; rel="next"`;
  const json = wrap(all.slice((page - 1) * size, page * size));
  return { status: 200, json, headers: page * size < all.length ? { link } : {} };
}

/** Runs what must be refused and gives the error. */
export async function refusalOf(work: () => Promise<unknown>): Promise<CountersignError> {
  const error = await work().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CountersignError)) throw new Error('expected a refusal', { cause: error });
  expect(`${error.message} ${JSON.stringify(error.cause)} ${String(error.stack)}`).not.toContain(TOKEN);
  return error;
}
