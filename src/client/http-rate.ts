// SPDX-License-Identifier: Apache-2.0
import { CountersignError } from '../tuf/errors.ts';
import type { HttpLimits } from './limits.ts';

/** How slow a host may be. */
export type RateLimits = Pick<HttpLimits, 'minBytesPerSecond' | 'slowMs'>;

/**
 * How long a file may take: a file of 16 KiB must not be held for as long as one of 16 GiB.
 * @param totalMs - the most for a file of any size
 */
export function totalMsFor(bytes: number, totalMs: number, { minBytesPerSecond, slowMs }: RateLimits): number {
  return minBytesPerSecond === 0 ? totalMs : Math.min(totalMs, slowMs + (bytes / minBytesPerSecond) * 1000);
}

/** Counts what comes while somebody waits for it. Gives an error once too little came in a stretch of `slowMs`. */
export type Rate = (waitedMs: number, bytes: number) => CountersignError | null;

/** Begins to count one body. Bytes that came faster than they had to are no credit for later. */
export function startRate(where: string, host: string, { minBytesPerSecond, slowMs }: RateLimits): Rate {
  let stretchMs = 0;
  let got = 0;
  return (waitedMs, bytes) => {
    stretchMs += waitedMs;
    got += bytes;
    if (stretchMs < slowMs) return null;
    const isSlow = got * 1000 < minBytesPerSecond * stretchMs;
    const said = `expected at least ${String(minBytesPerSecond)} bytes a second from ${host}, got ${String(got)} in ${(stretchMs / 1000).toFixed(1)} s`;
    [stretchMs, got] = [0, 0];
    return isSlow ? new CountersignError('timed-out', where, said) : null;
  };
}
