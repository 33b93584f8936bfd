// SPDX-License-Identifier: Apache-2.0
import { VERSION } from '../version.ts';
import { openDirect } from './http-direct.ts';
import { openProxied, readProxies } from './http-proxied.ts';

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
  readonly close: () => Promise<void>;
}

/**
 * The transport over Node's own HTTP, or over undici where the environment names a proxy. undici is not loaded before the first request.
 * @throws `usage` for a proxy variable that is no URL
 */
export function openTransport(options: TransportOptions): Transport {
  const proxies = readProxies(process.env);
  const { fetch, close } = proxies === null ? openDirect(options) : openProxied(proxies, options);
  return {
    fetch: (url, { headers, signal }) => fetch(url, { headers: { 'user-agent': `countersign/${VERSION}`, ...headers }, signal }),
    close,
  };
}
