// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from 'node:http';
import { RESET } from './api.ts';
import type { Api } from './api.ts';
import { uploadFromRun } from './artifacts.ts';
import { authenticate } from './permissions.ts';
import { HttpFailure } from './reply.ts';
import type { Reply } from './reply.ts';
import { servePage, serveStorage } from './storage.ts';
import { gitPath, serveGit } from './web.ts';
import type { World } from './world.ts';

/** Answers a request of this process without a socket, following redirects. */
export async function fetchInProcess(world: World, api: Api, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const raw = Buffer.from(await request.arrayBuffer());
  const { method } = request;
  const headers = Object.fromEntries(request.headers);
  const serve =
    url.origin === world.storageUrl ? async () => serveStorage(world, url) : () => dispatch(world, api, { method, headers }, raw, url);
  const reply = await serve().catch(failedReply);
  if (reply === RESET) throw new TypeError('fetch failed', { cause: Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }) });
  const location = reply.headers?.['location'];
  if (location !== undefined && reply.status >= 300 && reply.status < 400 && request.redirect === 'follow') {
    const next = new Request(location, { method, redirect: 'follow', headers: new URL(location).origin === url.origin ? headers : {} });
    return fetchInProcess(world, api, next);
  }
  const [bytes, fields] = encoded(world, reply);
  const made = new Response(bytes.length === 0 ? null : new Uint8Array(bytes), { status: reply.status, headers: fields });
  Object.defineProperty(made, 'url', { value: url.href });
  return made;
}

function failedReply(error: unknown): Reply {
  const failed = error instanceof HttpFailure ? error : new HttpFailure(500, error instanceof Error ? (error.stack ?? '') : String(error));
  return { status: failed.status, body: failed.body, headers: failed.headers };
}

/** Answers a request over HTTP. */
export async function respond(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  serve: (raw: Buffer, url: URL) => Promise<Reply | typeof RESET>,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
  const raw = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
  const reply = await serve(raw, url).catch(failedReply);
  if (reply === RESET) request.socket.destroy();
  else send(world, request, response, reply);
}

const API_PREFIX = /^\/api(?:\/v3|\/uploads)?(?=\/)/;

/** Sends a request of the main host to what serves its path. */
export async function dispatch(
  world: World,
  api: Api,
  request: Pick<IncomingMessage, 'method' | 'headers'>,
  raw: Buffer,
  url: URL,
): Promise<Reply | typeof RESET> {
  const [method, headers] = [request.method ?? 'GET', request.headers];
  const prefix = API_PREFIX.exec(url.pathname);
  if (prefix !== null) return api.serve({ method, path: url.pathname.slice(prefix[0].length), url, headers, raw });
  const git = gitPath(decodeURIComponent(url.pathname));
  if (git !== null) return serveGit(world, { method, url, headers, raw }, git);
  if (url.pathname.startsWith('/_fake/')) return uploadFromRun(world, authenticate(world, headers.authorization), url, raw);
  return servePage(world, { method, url, headers, raw });
}

function encoded(world: World, reply: Reply): readonly [Uint8Array, Record<string, string>] {
  const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
  const bytes = reply.bytes ?? (reply.body === undefined ? Buffer.alloc(0) : Buffer.from(text));
  const type = reply.bytes === undefined ? 'application/json; charset=utf-8' : 'application/octet-stream';
  return [
    bytes,
    {
      ...(reply.status === 204 || reply.status === 304 ? {} : { 'content-type': type }),
      date: new Date(world.milliseconds()).toUTCString(),
      'x-github-request-id': 'FAKE',
      ...reply.headers,
    },
  ];
}

function send(world: World, request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  const [bytes, headers] = encoded(world, reply);
  const hasBody = reply.status !== 204 && reply.status !== 304;
  response.writeHead(reply.status, { ...headers, ...(hasBody ? { 'content-length': String(bytes.length) } : {}) });
  response.end(request.method === 'HEAD' || !hasBody ? undefined : bytes);
}
