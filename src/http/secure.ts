// SPDX-License-Identifier: Apache-2.0
import { isIP, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { Destination } from './destination.ts';

/**
 * Speaks TLS over a connection. The one rule of everything that we connect to: the certificate must be for this host and come from whom Node or `ca` trusts.
 * @param ca - certificates to trust instead of the system's, PEM; undefined for the system's with those of NODE_EXTRA_CA_CERTS
 * @throws an error with the code of OpenSSL or of Node, or the reason of the signal
 */
export function secure(socket: Socket, { host }: Destination, ca: string | undefined, signal: AbortSignal): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const secured = connect({
      socket,
      host,
      // An address is no name to ask for (RFC 6066 §3).
      ...(isIP(host) === 0 ? { servername: host } : {}),
      // Said aloud, or NODE_TLS_REJECT_UNAUTHORIZED and NODE_OPTIONS could turn them off.
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      ...(ca === undefined ? {} : { ca }),
    });
    const giveUp = (): void => {
      secured.destroy();
      reject(signal.reason instanceof Error ? signal.reason : new Error('the handshake was given up'));
    };
    const settle = (): void => signal.removeEventListener('abort', giveUp);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    secured.once('secureConnect', () => {
      settle();
      resolve(secured);
    });
    // Both stay: what happens to a connection that nobody uses must not end the process.
    secured.on('error', (error: Error) => {
      settle();
      reject(error);
    });
    secured.once('close', () => {
      settle();
      reject(Object.assign(new Error('the connection ended during the handshake'), { code: 'ECONNRESET' }));
    });
  });
}
