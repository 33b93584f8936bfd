// SPDX-License-Identifier: Apache-2.0
import { errnoWords } from '../disk/errno-words.ts';
import { CountersignError } from '../tuf/errors.ts';

/** What became of one request. */
export type Tried<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** `waitMs`: how long the host wants to be left alone; null where asking it again can't help. */
  | { readonly kind: 'failed'; readonly error: CountersignError; readonly waitMs: number | null };

/** System and undici error names of a connection that broke or never came about, which the next one may not. */
const PASSING = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_SOCKET',
]);

/** Answers that may be others a moment later. */
const PASSING_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/**
 * Names what went wrong with a request. Errors of ours keep their code: only a stall and a broken body may pass.
 * @param where - the file
 * @param host - scheme, host and port: the rest of a URL may hold a signature
 * @throws what is no failure of a request, as it is
 */
export function failureOf(error: unknown, where: string, host: string): Extract<Tried<never>, { kind: 'failed' }> {
  if (error instanceof CountersignError) {
    return { kind: 'failed', error, waitMs: error.code === 'stalled' || error.code === 'io' ? 0 : null };
  }
  if (!(error instanceof Error) || (error instanceof TypeError && error.cause === undefined)) throw error;
  // The standard fetch hides the reason one level down.
  const cause = error.cause instanceof Error ? error.cause : error;
  // Several addresses of one name that all refused.
  const inner: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  const name = codeOf(inner instanceof Error ? inner : cause);
  const named = new CountersignError('io', where, `expected an answer of ${host}, but ${errnoWords(name)}`, { cause: error });
  return { kind: 'failed', error: named, waitMs: PASSING.has(name) ? 0 : null };
}

/** `Retry-After` in milliseconds: seconds, or a date (RFC 9110 §10.2.3). 0 when it says nothing that can be read. */
export function retryAfterMs(header: string | null, now: number): number {
  if (header === null) return 0;
  if (/^[0-9]{1,9}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? 0 : Math.max(0, at - now);
}

/** What an answer that brings no file says. */
export function refusedStatus(
  status: number,
  retryAfter: string | null,
  request: { readonly where: string; readonly host: string; readonly now: number },
): Extract<Tried<never>, { kind: 'failed' }> {
  const error = new CountersignError('io', request.where, `expected the file from ${request.host}, got HTTP ${String(status)}`);
  return { kind: 'failed', error, waitMs: PASSING_STATUS.has(status) ? retryAfterMs(retryAfter, request.now) : null };
}
