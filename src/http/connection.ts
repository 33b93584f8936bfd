// SPDX-License-Identifier: Apache-2.0
import type { Socket } from 'node:net';
import { ConnectionError, connectionError, secondsText } from './connection-error.ts';
import { authorityOf, type Destination } from './destination.ts';
import type { Proxy } from './proxies.ts';
import { reach } from './reach.ts';
import { secure } from './secure.ts';
import { askForTunnel } from './tunnel.ts';

/** How a host is reached. */
export interface Way {
  readonly to: Destination;
  readonly proxy: Proxy | null;
}

/** What connections have in common. */
export interface ConnectionOptions {
  /** For name, connection, proxy and TLS together. */
  readonly connectMs: number;
  /** Certificates to trust instead of the system's, PEM. */
  readonly ca?: string;
  /** Ends a connection that is being made. */
  readonly signal: AbortSignal;
}

/** Runs one step of a connection. @throws ConnectionError that begins with `what` */
type Step = <T>(what: string, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;

async function take(step: Step, { to, proxy }: Way, { connectMs, ca }: ConnectionOptions): Promise<Socket> {
  if (proxy === null) {
    const plain = await step(`${to.origin} can not be reached`, (signal) => reach(to, { connectMs, signal }));
    return to.isSecure ? step(`no secure connection to ${to.origin}`, (signal) => secure(plain, to, ca, signal)) : plain;
  }
  const { name, at } = proxy;
  const reached = await step(`the proxy ${name} can not be reached`, (signal) => reach(at, { connectMs, signal }));
  const there = at.isSecure
    ? await step(`no secure connection to the proxy ${name}`, (signal) => secure(reached, at, ca, signal))
    : reached;
  // Plain HTTP is asked of the proxy itself: squid gives no tunnel to port 80.
  if (!to.isSecure) return there;
  await step(`the proxy ${name} gave no tunnel to ${authorityOf(to)}`, (signal) => askForTunnel(there, proxy, to, signal));
  return step(`no secure connection to ${to.origin} through the proxy ${name}`, (signal) => secure(there, to, ca, signal));
}

/**
 * Opens one connection, to a host or through a proxy: at most one to either, but for hosts of several addresses.
 * @throws ConnectionError
 */
export async function openConnection(way: Way, options: ConnectionOptions): Promise<Socket> {
  const { connectMs, signal } = options;
  const controller = new AbortController();
  let underWay = '';
  const timer = setTimeout(() => {
    controller.abort(new ConnectionError(`${underWay}: nothing came within ${secondsText(connectMs)}`, { isPassing: true }));
  }, connectMs);
  const giveUp = (): void => controller.abort(new ConnectionError(`${underWay}: it was given up`, { isPassing: false }));
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await take(
      async (what, work) => {
        underWay = what;
        try {
          return await work(controller.signal);
        } catch (error) {
          throw connectionError(what, error);
        }
      },
      way,
      options,
    );
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}
