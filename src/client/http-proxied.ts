// SPDX-License-Identifier: Apache-2.0
import type * as Undici from 'undici';
import { CountersignError } from '../tuf/errors.ts';
import { discardBody, headerOf } from './http-answer.ts';
import type { Transport, TransportOptions } from './http-transport.ts';
import { isHttp } from './http-url.ts';

/** The proxies that an environment names: a URL each, or nothing. Without one for https, undici takes that for http. */
export interface Proxies {
  readonly httpProxy: string;
  readonly httpsProxy: string;
}

function isProxyUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !isHttp(url)) return false;
  try {
    // As undici does it with what it sends to the proxy.
    decodeURIComponent(url.username);
    decodeURIComponent(url.password);
    return true;
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return false;
  }
}

/** As undici reads it: small letters go first, empty ones too. */
function proxyOf(env: Readonly<NodeJS.ProcessEnv>, name: 'http_proxy' | 'https_proxy'): string {
  const text = env[name] ?? env[name.toUpperCase()] ?? '';
  if (text === '' || isProxyUrl(text)) return text;
  throw new CountersignError('usage', name, 'expected the URL of a proxy, such as http://HOST:PORT');
}

/**
 * Reads `http_proxy` and `https_proxy`, in small or capital letters.
 * @returns null where the environment names no proxy
 * @throws `usage` for what is no http or https URL. The text is not repeated, nor is the error that holds it: it may be a password.
 */
export function readProxies(env: Readonly<NodeJS.ProcessEnv>): Proxies | null {
  const proxies = { httpProxy: proxyOf(env, 'http_proxy'), httpsProxy: proxyOf(env, 'https_proxy') };
  return proxies.httpProxy === '' && proxies.httpsProxy === '' ? null : proxies;
}

function openDispatcher(Agent: typeof Undici.EnvHttpProxyAgent, proxies: Proxies, { connectMs, ca }: TransportOptions): Undici.Dispatcher {
  // `rejectUnauthorized` is said aloud, or NODE_TLS_REJECT_UNAUTHORIZED could turn the check off.
  const tls = { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) };
  const connect = { timeout: connectMs, ...tls };
  // What comes after the connection is timed by whoever reads.
  const options = { ...proxies, connect, headersTimeout: 0, bodyTimeout: 0 };
  // It warns everyone who has a proxy that undici may change it, which is ours to watch and not theirs.
  const warn = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    const behindProxy = { ...options, requestTls: connect, proxyTls: connect };
    return new Agent(behindProxy);
  } finally {
    process.emitWarning = warn;
  }
}

/** The transport over undici, through proxies, but not to the hosts that `no_proxy` names. */
export function openProxied(proxies: Proxies, options: TransportOptions): Transport {
  let opened: Promise<{ readonly request: typeof Undici.request; readonly dispatcher: Undici.Dispatcher }> | null = null;
  const open = async (): NonNullable<typeof opened> => {
    const { EnvHttpProxyAgent, request } = await import('undici');
    return { request, dispatcher: openDispatcher(EnvHttpProxyAgent, proxies, options) };
  };
  return {
    fetch: async (url, { headers, signal }) => {
      const { request, dispatcher } = await (opened ??= open());
      const { statusCode, headers: answered, body } = await request(url, { dispatcher, headers, signal });
      // Whoever reads the body is told; a body that nobody reads must not end the process.
      body.on('error', () => undefined);
      return { status: statusCode, header: headerOf(answered), body, discard: () => discardBody(body) };
    },
    close: async () => {
      // Not its `close`: that waits for what was asked of a proxy, which may never answer.
      await (await opened)?.dispatcher.destroy();
    },
  };
}
