// SPDX-License-Identifier: Apache-2.0
import { request, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { quote } from '../tuf/errors.ts';
import { VERSION } from '../version.ts';
import { ConnectionError, connectionError } from './connection-error.ts';
import { authorityOf, type Destination } from './destination.ts';
import type { Proxy } from './proxies.ts';

/** What a proxy may say otherwise a moment later. */
const PASSING_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);

/** What to do about a proxy that wants to know who asks. */
export function credentialsAdvice({ variable, authorization }: Proxy, schemes: string): string {
  const asked = schemes === '' || /\bbasic\b/i.test(schemes) ? '' : `; it asks for ${quote(schemes)}, and only Basic is supported`;
  if (authorization !== null) return `; it does not take the user and password of ${variable}${asked}`;
  return asked === '' ? `; put a user and password into ${variable}: http://USER:PASSWORD@HOST:PORT` : asked;
}

function refused(answer: IncomingMessage, proxy: Proxy, to: string): ConnectionError {
  const status = answer.statusCode ?? 0;
  const said = `${String(status)}${answer.statusMessage === '' ? '' : ` ${quote(answer.statusMessage ?? '')}`}`;
  const advice = status === 407 ? credentialsAdvice(proxy, answer.headers['proxy-authenticate']?.toString() ?? '') : '';
  return new ConnectionError(`the proxy ${proxy.name} answered ${said} when it was asked for ${to}${advice}`, {
    isPassing: PASSING_STATUS.has(status),
  });
}

/**
 * Asks a proxy for a tunnel (RFC 9110 §9.3.6), once. undici 6 and 7, and so Node 20's `fetch`, ask for ever where a proxy closes the connection instead.
 * @param socket - a connection to the proxy, which is ended where there is no tunnel
 * @throws ConnectionError that names the proxy and what it said, or the reason of the signal
 */
export function askForTunnel(socket: Socket, proxy: Proxy, to: Destination, signal: AbortSignal): Promise<void> {
  const authority = authorityOf(to);
  return new Promise((resolve, reject) => {
    const sent = request({
      method: 'CONNECT',
      path: authority,
      createConnection: () => socket,
      insecureHTTPParser: false,
      setHost: false,
      headers: {
        host: authority,
        'user-agent': `countersign/${VERSION}`,
        connection: 'keep-alive',
        'proxy-connection': 'keep-alive',
        ...(proxy.authorization === null ? {} : { 'proxy-authorization': proxy.authorization }),
      },
    });
    let isOpen = false;
    const fail = (error: unknown): void => {
      // A request for a tunnel ends, for Node, where the tunnel begins.
      if (isOpen) return;
      signal.removeEventListener('abort', giveUp);
      socket.destroy();
      reject(error instanceof Error ? error : new Error('the tunnel was given up'));
    };
    const giveUp = (): void => fail(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    const what = `the proxy ${proxy.name} gave no tunnel to ${authority}`;
    sent.on('error', (error) => fail(connectionError(what, error)));
    sent.once('close', () => fail(new ConnectionError(`${what}: the connection was closed`, { isPassing: true })));
    // Whatever the status: Node takes every answer to CONNECT for the end of HTTP on this connection.
    sent.once('connect', (answer, _socket, head) => {
      const status = answer.statusCode ?? 0;
      if (status < 200 || status > 299) fail(refused(answer, proxy, authority));
      // In TLS and in HTTP it is the client who speaks first.
      else if (head.length > 0) fail(new ConnectionError(`${what}: it sent more than an answer`, { isPassing: false }));
      else {
        isOpen = true;
        signal.removeEventListener('abort', giveUp);
        resolve();
      }
    });
    sent.end();
    if (signal.aborted) giveUp();
  });
}
