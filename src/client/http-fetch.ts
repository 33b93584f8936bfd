// SPDX-License-Identifier: Apache-2.0
import type { HttpAnswer } from '../http/answer.ts';
import type { Transport } from '../http/transport.ts';

export type { HttpAnswer } from '../http/answer.ts';

/**
 * Sends one GET request. It follows no redirect, sends no credentials or cookies and decodes no body. `onReached` is called once there is a connection: time
 * without a byte counts from then on. Whoever never calls it has `connectMs` and `stallMs` for both.
 * @throws an error of any kind when there is no answer; a `code` of the system or of undici tells whether asking again can help
 */
export type HttpFetch = (
  url: URL,
  request: { readonly headers: Readonly<Record<string, string>>; readonly signal: AbortSignal; readonly onReached?: () => void },
) => Promise<HttpAnswer>;

/** GET requests over our own transport. */
export function fetchOver(transport: Transport): HttpFetch {
  return (url, request) => transport.send(url, { ...request, method: 'GET', body: null, idleMs: null });
}
