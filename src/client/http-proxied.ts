// SPDX-License-Identifier: Apache-2.0
import type * as Undici from 'undici';
import { discardBody, headerOf } from './http-answer.ts';
import type { Transport, TransportOptions } from './http-transport.ts';

function openDispatcher(Agent: typeof Undici.EnvHttpProxyAgent, { connectMs, ca }: TransportOptions): Undici.Dispatcher {
  // `rejectUnauthorized` is said aloud, or NODE_TLS_REJECT_UNAUTHORIZED could turn the check off.
  const tls = { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) };
  const connect = { timeout: connectMs, ...tls };
  // What comes after the connection is timed by whoever reads.
  const options = { connect, headersTimeout: 0, bodyTimeout: 0 };
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

/** The transport over undici, through the proxies that the environment names. */
export function openProxied(options: TransportOptions): Transport {
  let opened: Promise<{ readonly request: typeof Undici.request; readonly dispatcher: Undici.Dispatcher }> | null = null;
  const open = async (): NonNullable<typeof opened> => {
    const { EnvHttpProxyAgent, request } = await import('undici');
    return { request, dispatcher: openDispatcher(EnvHttpProxyAgent, options) };
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
      await (await opened)?.dispatcher.close();
    },
  };
}
