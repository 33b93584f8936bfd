// SPDX-License-Identifier: Apache-2.0
import { Agent, EnvHttpProxyAgent, request, type Dispatcher } from 'undici';
import { VERSION } from '../version.ts';

/** One answer of a host. */
export interface HttpAnswer {
  readonly status: number;
  /** A header's value; several of one name are joined by commas. Null when there is none. */
  readonly header: (name: string) => string | null;
  /** The body as it came, in pieces: nothing is decompressed. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Gives the body up. Never throws. */
  readonly discard: () => Promise<void>;
}

/**
 * Sends one GET request. It follows no redirect, sends no credentials or cookies and decodes no body.
 * @throws an error of any kind when there is no answer; a `code` of the system or of undici tells whether asking again can help
 */
export type HttpFetch = (
  url: URL,
  request: { readonly headers: Readonly<Record<string, string>>; readonly signal: AbortSignal },
) => Promise<HttpAnswer>;

/** How hosts are reached. */
export interface TransportOptions {
  readonly connectMs: number;
  /** Certificates to trust instead of the system's, PEM. */
  readonly ca?: string;
}

/** A transport and how to let its connections go. */
export interface Transport {
  readonly fetch: HttpFetch;
  close(): Promise<void>;
}

const PROXY_VARIABLES = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'];
/** Reading a short answer that is not needed keeps its connection. */
const MAX_DRAINED_BYTES = 16_384;
const MAX_DRAIN_MS = 500;

function openDispatcher({ connectMs, ca }: TransportOptions): Dispatcher {
  // `rejectUnauthorized` is said aloud, or NODE_TLS_REJECT_UNAUTHORIZED could turn the check off.
  const tls = { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) };
  const connect = { timeout: connectMs, ...tls };
  // What comes after the connection is timed by whoever reads.
  const options = { connect, headersTimeout: 0, bodyTimeout: 0 };
  if (!PROXY_VARIABLES.some((name) => (process.env[name] ?? '') !== '')) return new Agent(options);
  // It warns everyone who has a proxy that undici may change it, which is ours to watch and not theirs.
  const warn = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    const behindProxy = { ...options, requestTls: connect, proxyTls: connect };
    return new EnvHttpProxyAgent(behindProxy);
  } finally {
    process.emitWarning = warn;
  }
}

async function discard(body: Dispatcher.ResponseData['body']): Promise<void> {
  // Limited in both: a host must not keep a client busy with what nobody reads.
  const timer = setTimeout(() => body.destroy(), MAX_DRAIN_MS);
  timer.unref();
  // However it ends, it was not wanted.
  await body.dump({ limit: MAX_DRAINED_BYTES }).catch(() => undefined);
  clearTimeout(timer);
}

/** The transport over undici, through the proxies that the environment names. */
export function openTransport(options: TransportOptions): Transport {
  const dispatcher = openDispatcher(options);
  return {
    fetch: async (url, { headers, signal }) => {
      const {
        statusCode,
        headers: answered,
        body,
      } = await request(url, {
        dispatcher,
        headers: { 'user-agent': `countersign/${VERSION}`, ...headers },
        signal,
      });
      // Whoever reads the body is told; a body that nobody reads must not end the process.
      body.on('error', () => undefined);
      return {
        status: statusCode,
        header: (name) => {
          const value = answered[name];
          return Array.isArray(value) ? value.join(', ') : (value ?? null);
        },
        body,
        discard: () => discard(body),
      };
    },
    close: () => dispatcher.close(),
  };
}
