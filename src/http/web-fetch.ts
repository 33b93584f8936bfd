// SPDX-License-Identifier: Apache-2.0
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Answered } from './answer.ts';
import { ConnectionError } from './connection-error.ts';
import type { Transport } from './transport.ts';

/** The part of the standard `fetch` that API clients use. */
export type WebFetch = (url: string, init: WebFetchInit) => Promise<Response>;

/** What a request is sent with: as the standard has it, with any stream of Node for a body. */
export interface WebFetchInit {
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Text, bytes or a stream; anything else is refused. */
  readonly body?: unknown;
  readonly redirect?: string | undefined;
  readonly signal?: AbortSignal | null | undefined;
}

/** How long an API may take over its answer, and be silent within it. */
const IDLE_MS = 120_000;
const MAX_REDIRECTS = 10;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** What another host must not be told. */
const PRIVATE = new Set(['authorization', 'cookie', 'proxy-authorization']);
/** Answers that the standard gives no body. */
const BODILESS = new Set([101, 204, 205, 304]);

type Body = Uint8Array | Readable | null;

interface Hop {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}

function bodyOf(body: unknown): Body {
  if (body === undefined || body === null) return null;
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array || body instanceof Readable) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  throw new TypeError('a request body must be text, bytes or a stream');
}

function sameBut(headers: Hop['headers'], left: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !left(name)));
}

function firstHop(url: string, { method = 'GET', headers = {}, body }: WebFetchInit): Hop {
  const named = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const bytes = bodyOf(body);
  const isSized = bytes instanceof Uint8Array && !('content-length' in named);
  const length = isSized ? { 'content-length': String(bytes.length) } : {};
  return { url: new URL(url), method, headers: { 'accept-encoding': 'gzip', ...named, ...length }, body: bytes };
}

/** Where an answer sends to, as the standard `fetch` goes there; but never from https to http. @throws ConnectionError */
function nextHop(hop: Hop, answer: Answered): Hop {
  const refuse = (why: string): never => {
    throw new ConnectionError(`${hop.url.origin} ${why}`, { isPassing: false });
  };
  const location = answer.header('location') ?? '';
  const url = URL.canParse(location, hop.url.href) ? new URL(location, hop.url) : refuse('sent on to no address');
  if (url.protocol !== 'https:' && (url.protocol !== 'http:' || hop.url.protocol === 'https:')) refuse('sent on to an unsafe address');
  const becomesGet = answer.status === 303 || (answer.status < 303 && hop.method === 'POST');
  if (!becomesGet && hop.body instanceof Readable) refuse('sent on what can be sent only once');
  const isElsewhere = url.origin !== hop.url.origin;
  const headers = sameBut(
    hop.headers,
    (name) => (isElsewhere && PRIVATE.has(name)) || name === 'host' || (becomesGet && name.startsWith('content-')),
  );
  return becomesGet ? { url, method: 'GET', headers, body: null } : { ...hop, url, headers };
}

function responseOf(answer: Answered, url: URL): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers)) {
    for (const one of Array.isArray(value) ? value : [value ?? '']) headers.append(name, one);
  }
  const { body, status, statusText } = answer;
  const isBodiless = BODILESS.has(status);
  if (isBodiless) void answer.discard();
  const plain = /^(?:x-)?gzip$/i.test(answer.header('content-encoding') ?? '') ? unzipped(body) : body;
  const response = new Response(isBodiless ? null : streamOf(plain), { status, statusText, headers });
  // What it was answered at in the end: the standard gives an own response none.
  return Object.defineProperty(response, 'url', { value: url.href });
}

/** One piece at a time, as it is asked for. */
function streamOf(body: Readable): ReadableStream<Uint8Array> {
  const chunks = body.iterator({ destroyOnReturn: true });
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const next = await chunks.next();
      if (next.done === true) controller.close();
      else if (next.value instanceof Uint8Array) controller.enqueue(next.value);
    },
    cancel: async () => {
      body.destroy();
    },
  });
}

function unzipped(body: Readable): Readable {
  const plain = createGunzip();
  body.on('error', (error) => plain.destroy(error));
  plain.on('close', () => body.destroy());
  plain.on('error', () => undefined);
  return body.pipe(plain);
}

/**
 * A `fetch` for an API's client over our own transport, for its proxies, its TLS rule and its words. Node's `fetch` knows no proxies on Node 20, and takes
 * NODE_TLS_REJECT_UNAUTHORIZED. It follows redirects, tells other hosts no secret, and unpacks gzip.
 * @throws ConnectionError when there is no answer
 */
export function webFetchOver(transport: Transport): WebFetch {
  return async (url, init) => {
    let hop = firstHop(url, init);
    for (let hops = 0; ; hops++) {
      const { method, headers, body } = hop;
      const signal = init.signal ?? new AbortController().signal;
      const answer = await transport.send(hop.url, { method, headers, body, signal, idleMs: IDLE_MS });
      if (init.redirect === 'manual' || !REDIRECTS.has(answer.status)) return responseOf(answer, hop.url);
      await answer.discard();
      if (hops === MAX_REDIRECTS) throw new ConnectionError(`${hop.url.origin} sent on too often`, { isPassing: false });
      hop = nextHop(hop, answer);
    }
  };
}
