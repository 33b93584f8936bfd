// SPDX-License-Identifier: Apache-2.0
import type { HttpAnswer } from '../http/answer.ts';
import { codeOf, ConnectionError, connectionError, errorCodeOf } from '../http/connection-error.ts';
import { CountersignError } from '../tuf/errors.ts';

/** What became of one request. */
export type Tried<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** `waitMs`: how long the host wants to be left alone; null where asking it again can't help. */
  | { readonly kind: 'failed'; readonly error: CountersignError; readonly waitMs: number | null };

/** What undici, and so a `fetch` of somebody else, calls a connection that broke or never came about, which the next one may not. */
const PASSING = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'UND_ERR_SOCKET']);

/** Answers that may be others a moment later. */
const PASSING_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);

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
  const cause = !(error instanceof ConnectionError) && error.cause instanceof Error ? error.cause : error;
  // Several addresses of one name that all refused.
  const inner: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  const named = connectionError(`no answer of ${host}`, inner);
  const isPassing = named.isPassing || PASSING.has(codeOf(inner));
  return {
    kind: 'failed',
    error: new CountersignError(errorCodeOf(named), where, named.message, { cause: error }),
    waitMs: isPassing ? 0 : null,
  };
}

/** `Retry-After` in milliseconds: seconds, or a date (RFC 9110 §10.2.3). 0 when it says nothing that can be read. */
export function retryAfterMs(header: string | null, now: number): number {
  if (header === null) return 0;
  if (/^[0-9]{1,9}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? 0 : Math.max(0, at - now);
}

/** What a status means that people meet in networks rather than at hosts. */
const MEANINGS: ReadonlyMap<number, string> = new Map([
  [407, ': the proxy wants a user and password, as in http://USER:PASSWORD@HOST:PORT'],
  [511, ': the network wants a login, which a browser shows'],
]);

/** What an answer that brings no file says. */
export function refusedStatus(
  { status, via, header }: Pick<HttpAnswer, 'status' | 'via' | 'header'>,
  request: { readonly where: string; readonly host: string; readonly now: number },
): Extract<Tried<never>, { kind: 'failed' }> {
  const from = `${request.host}${via === undefined ? '' : ` through the proxy ${via}`}`;
  const detail = `expected the file from ${from}, got HTTP ${String(status)}${MEANINGS.get(status) ?? ''}`;
  const error = new CountersignError('io', request.where, detail);
  return { kind: 'failed', error, waitMs: PASSING_STATUS.has(status) ? retryAfterMs(header('retry-after'), request.now) : null };
}
