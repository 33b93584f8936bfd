// SPDX-License-Identifier: Apache-2.0
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from '../client/limits.ts';
import { CountersignError, quote } from '../tuf/errors.ts';

/** How patient a command is with hosts, as it was told. */
export interface TimeOptions {
  /** Seconds without a byte. */
  readonly stallSeconds?: string;
  /** Seconds for one file, from its first byte to its last. */
  readonly totalSeconds?: string;
}

/** Seconds as milliseconds. @throws `usage` */
function milliseconds(text: string, where: string): number {
  if (/^[1-9][0-9]{0,5}$/.test(text)) return Number(text) * 1000;
  throw new CountersignError('usage', where, `expected seconds, from 1 to 999999, got ${quote(text)}`);
}

/** What was told; nothing for the rest. @throws `usage` */
export function timeLimits({ stallSeconds, totalSeconds }: TimeOptions): Partial<HttpLimits> {
  const stallMs = stallSeconds === undefined ? null : milliseconds(stallSeconds, '--stall-seconds');
  const totalMs = totalSeconds === undefined ? null : milliseconds(totalSeconds, '--total-seconds');
  return {
    ...(stallMs === null ? {} : { stallMs }),
    ...(totalMs === null ? {} : { targetTotalMs: totalMs, metadataTotalMs: Math.min(totalMs, DEFAULT_HTTP_LIMITS.metadataTotalMs) }),
  };
}
