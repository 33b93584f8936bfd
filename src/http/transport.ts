// SPDX-License-Identifier: Apache-2.0
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { Socket } from 'node:net';
import { pipeline, type Readable } from 'node:stream';
import { VERSION } from '../version.ts';
import { answered, type Answered } from './answer.ts';
import { openConnection, type Way } from './connection.ts';
import { ConnectionError, connectionError, secondsText } from './connection-error.ts';
import { destinationOf } from './destination.ts';
import type { ProxyChoice } from './proxies.ts';

/** As long as a connection that nobody uses is kept: a host may end it at any moment, and a request just then fails. */
const IDLE_MS = 4_000;

/** How hosts are reached. */
export interface TransportOptions {
  /** To reach a host: name, connection, proxy and TLS together. */
  readonly connectMs: number;
  /** Certificates to trust instead of the system's, PEM. */
  readonly ca?: string;
  readonly proxies: ProxyChoice;
}

/** One request. No credentials or cookies are sent but those that are given here. */
export interface TransportRequest {
  readonly method: string;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  /** A stream's length is said by `content-length`, or not at all. */
  readonly body: Uint8Array | Readable | null;
  readonly signal: AbortSignal;
  /** How long a connection may stand still once there is one; null where whoever asks watches it. */
  readonly idleMs: number | null;
  /** Called once there is a connection. */
  readonly onReached?: () => void;
}

/** A transport and how to let its connections go. */
export interface Transport {
  /**
   * Sends one request, once. It follows no redirect and decodes no body.
   * @throws ConnectionError when there is no answer
   */
  readonly send: (url: URL, request: TransportRequest) => Promise<Answered>;
  /** Never throws. */
  readonly close: () => Promise<void>;
}

/** Ends a request, and the body that it is answered with, when it is given up. Without a reason: whoever waits knows it, and a socket would throw it. */
function endWith(sent: ClientRequest, signal: AbortSignal, reject: (error: Error) => void): void {
  const end = (): void => {
    sent.destroy();
    // Without a connection yet, Node tells nobody.
    reject(new ConnectionError('the request was given up', { isPassing: false }));
  };
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  sent.once('close', () => {
    signal.removeEventListener('abort', end);
  });
}

function sendBody(sent: ClientRequest, body: TransportRequest['body']): void {
  if (body === null || body instanceof Uint8Array) sent.end(body ?? undefined);
  // A body that breaks off ends the request, whose error says so.
  else pipeline(body, sent, () => undefined);
}

function exchange(
  { to, proxy }: Way,
  agent: http.Agent,
  url: URL,
  { method, headers, body, signal, idleMs, onReached }: TransportRequest,
): Promise<IncomingMessage> {
  const asked = proxy !== null && !to.isSecure ? proxy : null;
  const authorization = asked?.authorization ?? null;
  const what = `no answer of ${to.origin}${proxy === null ? '' : ` through the proxy ${proxy.name}`}`;
  return new Promise((resolve, reject) => {
    const sent = (to.isSecure ? https : http).request({
      agent,
      method,
      host: to.host,
      port: to.port,
      path: asked === null ? `${url.pathname}${url.search}` : `${url.origin}${url.pathname}${url.search}`,
      headers: {
        'user-agent': `countersign/${VERSION}`,
        ...headers,
        ...(authorization === null ? {} : { 'proxy-authorization': authorization }),
      },
      // NODE_OPTIONS could make the parser lenient.
      insecureHTTPParser: false,
      joinDuplicateHeaders: true,
      ...(idleMs === null ? {} : { timeout: idleMs }),
    });
    // Both stay: a body that nobody reads must not end the process.
    sent.on('error', (error) => reject(connectionError(what, error)));
    // A host that wants to speak another protocol (101) ends a request without an error.
    sent.once('close', () => reject(new ConnectionError(`${what}: the connection was closed`, { isPassing: true })));
    endWith(sent, signal, reject);
    if (idleMs !== null) {
      sent.on('timeout', () =>
        sent.destroy(new ConnectionError(`${what}: nothing came within ${secondsText(idleMs)}`, { isPassing: true })),
      );
    }
    sent.once('socket', () => onReached?.());
    sent.once('response', resolve);
    sendBody(sent, body);
  });
}

/** The transport over Node's own HTTP, directly or through a proxy. */
export function openTransport({ connectMs, ca, proxies }: TransportOptions): Transport {
  const agents = new Map<string, http.Agent>();
  const closing = new AbortController();
  const agentOf = (way: Way): http.Agent => {
    const key = `${way.to.origin} ${way.proxy?.name ?? ''}`;
    const known = agents.get(key);
    if (known !== undefined) return known;
    const agent = new (way.to.isSecure ? https : http).Agent({ keepAlive: true, timeout: IDLE_MS });
    // Node's own connects within 250 ms to each address but the last, and knows no proxies.
    agent.createConnection = (_options, done) => {
      openConnection(way, { connectMs, signal: closing.signal, ...(ca === undefined ? {} : { ca }) }).then(
        (socket) => done?.(null, socket),
        // The second is looked at by nobody, and must be there.
        (error: unknown) => done?.(error instanceof Error ? error : new Error('the connection failed'), new Socket()),
      );
      return null;
    };
    agents.set(key, agent);
    return agent;
  };
  return {
    send: async (url, request) => {
      const way = { to: destinationOf(url), proxy: proxies(url) };
      const message = await exchange(way, agentOf(way), url, request);
      return answered(message, way.proxy !== null && !way.to.isSecure ? way.proxy.name : null);
    },
    close: async () => {
      closing.abort();
      for (const agent of agents.values()) agent.destroy();
    },
  };
}
