// SPDX-License-Identifier: Apache-2.0
import { lookup } from 'node:dns';
import { connect, isIP, type Socket } from 'node:net';
import { codeOf } from './connection-error.ts';
import type { Destination } from './destination.ts';

/** How long an address has to itself before the next one is tried beside it (RFC 8305 §5). */
const HEAD_START_MS = 250;
/** What says less than any other failure: the other family of addresses may be the one that works here. */
const NO_WAY = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EHOSTUNREACH', 'ENETUNREACH']);

/** How long there is to connect. */
export interface Patience {
  readonly connectMs: number;
  /** Ends what is under way. Its reason is an error that says what took too long. */
  readonly signal: AbortSignal;
}

function addressesOf(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return Promise.resolve([host]);
  return new Promise((resolve, reject) => {
    lookup(host, { all: true }, (error, found) => {
      if (error !== null) reject(error);
      else resolve(found.map(({ address }) => address));
    });
  });
}

/** Families in turn, beginning with that of the first (RFC 8305 §4): one that leads nowhere holds the other up by one head start only. */
function inTurn(addresses: readonly string[]): readonly string[] {
  const first = isIP(addresses[0] ?? '');
  const own = addresses.filter((address) => isIP(address) === first);
  const others = addresses.filter((address) => isIP(address) !== first);
  const length = Math.max(own.length, others.length);
  return Array.from({ length }, (_, index) => [...own.slice(index, index + 1), ...others.slice(index, index + 1)]).flat();
}

function race(addresses: readonly string[], port: number, { connectMs, signal }: Patience): Promise<Socket> {
  // Many addresses are tried faster, so that each has its turn.
  const headStartMs = Math.min(HEAD_START_MS, connectMs / (addresses.length + 1));
  return new Promise((resolve, reject) => {
    const open = new Set<Socket>();
    const failures: Error[] = [];
    const left = [...addresses];
    let timer: NodeJS.Timeout | undefined;
    let isSettled = false;
    const settle = (winner: Socket | null): void => {
      isSettled = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      for (const socket of open) if (socket !== winner) socket.destroy();
    };
    const fail = (error: unknown): void => {
      settle(null);
      reject(error instanceof Error ? error : new Error('the connection was given up'));
    };
    const giveUp = (): void => fail(signal.reason);
    const next = (): void => {
      clearTimeout(timer);
      const host = left.shift();
      if (host === undefined) {
        if (open.size === 0) fail(failures.find((error) => !NO_WAY.has(codeOf(error))) ?? failures[0]);
        return;
      }
      const socket = connect({ host, port, noDelay: true, keepAlive: true });
      open.add(socket);
      socket.once('connect', () => {
        settle(socket);
        resolve(socket);
      });
      // It stays: a socket that loses must not end the process.
      socket.on('error', (error) => {
        open.delete(socket);
        failures.push(error);
        if (!isSettled) next();
      });
      timer = setTimeout(next, headStartMs);
    };
    signal.addEventListener('abort', giveUp, { once: true });
    next();
  });
}

/**
 * Connects to whichever address of a host answers first. Each has all the time that there is: Node's own way (`autoSelectFamily`) gives up every address but
 * the last one after 250 ms, and with it hosts that are far away.
 * @throws the error of the system, or the reason of the signal
 */
export async function reach({ host, port }: Destination, patience: Patience): Promise<Socket> {
  const { signal } = patience;
  signal.throwIfAborted();
  const found = await new Promise<readonly string[]>((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('the connection was given up'));
    signal.addEventListener('abort', giveUp, { once: true });
    addressesOf(host)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', giveUp));
  });
  return race(inTurn(found), port, patience);
}
