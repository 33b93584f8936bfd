// SPDX-License-Identifier: Apache-2.0
import { connectionError } from '../http/connection-error.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { failureOf, refusedStatus, type Tried } from './http-failure.ts';
import type { HttpAnswer, HttpFetch } from './http-fetch.ts';
import { startRate } from './http-rate.ts';
import { isHttp } from './http-url.ts';
import type { HttpLimits } from './limits.ts';
import { startWatch, type Watch } from './http-watch.ts';

/** One request. */
export interface Get {
  readonly url: URL;
  /** The file, for messages. */
  readonly where: string;
  /** The first byte that is wanted. */
  readonly from: number;
  /** The longest that the whole file may be. */
  readonly maxBytes: number;
  readonly totalMs: number;
  /** Answers that mean that the file is not there. */
  readonly absent: readonly number[];
  /** What a host may answer: any bytes, or JSON alone, so that a page is told from it. */
  readonly content: 'any' | 'json';
}

/** What requests have in common. */
export interface GetContext {
  readonly fetch: HttpFetch;
  readonly limits: HttpLimits;
  /** How long a request may take before `fetch` has said that there is a connection. */
  readonly reachMs: number;
  /** Milliseconds since 1970, for dates in `Retry-After`. */
  readonly now: () => number;
}

/** The bytes from `from` on, in pieces; null when the file is absent. Must be read to the end or returned from. */
export type Opened = AsyncGenerator<Uint8Array, void, void> | null;

/** As much of a body as tells a page from JSON. */
const MAX_LOOKED_AT = 256;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

function redirectOf(answer: HttpAnswer, from: URL, where: string): URL {
  const location = answer.header('location');
  const refuse = (got: string): never => {
    throw new CountersignError('redirect-refused', where, `expected a file or a redirect to one from ${from.origin}, got ${got}`);
  };
  const to = location !== null && URL.canParse(location, from.href) ? new URL(location, from) : refuse('a redirect to nowhere');
  if (!isHttp(to)) return refuse(`a redirect to ${quote(to.protocol)}`);
  // What was asked for in secret must not be told to everyone, nor its answer be changed by them.
  if (from.protocol === 'https:' && to.protocol === 'http:') return refuse(`a redirect from https to http at ${to.host}`);
  if (to.username !== '' || to.password !== '') return refuse('a redirect with credentials');
  return to;
}

/** The first byte of a body in its file; NaN for a part that does not say what part it is. */
function startOf(answer: HttpAnswer): number {
  return answer.status === 206 ? Number(/^bytes ([0-9]{1,15})-/.exec(answer.header('content-range') ?? '')?.[1] ?? NaN) : 0;
}

/** Whether a host answers that it does not know what a range is, or with another one. What knows no ranges at all gives the whole file. */
function mistakesRange(answer: HttpAnswer, from: number): boolean {
  return answer.status === 400 || (answer.status === 206 && startOf(answer) !== from);
}

/** Sends the request and goes where it is sent on to. A host that can't give the rest of a file is asked for the whole. */
async function follow(context: GetContext, get: Get, watch: Watch): Promise<{ readonly answer: HttpAnswer; readonly url: URL }> {
  let range = get.from === 0 ? null : { range: `bytes=${String(get.from)}-` };
  let { url } = get;
  for (let hops = 0; ;) {
    const headers = { accept: '*/*', 'accept-encoding': 'identity', ...range };
    const at = url;
    const answer = await watch.reaching(at.origin, context.reachMs, (signal, onReached) =>
      context.fetch(at, { headers, signal, onReached }),
    );
    const isMistaken = range !== null && mistakesRange(answer, get.from);
    if (!isMistaken && !REDIRECTS.has(answer.status)) return { answer, url };
    await answer.discard();
    if (isMistaken) {
      range = null;
      continue;
    }
    if (hops++ >= context.limits.maxRedirects) {
      const detail = `expected at most ${String(context.limits.maxRedirects)} redirects from ${get.url.origin}, got more`;
      throw new CountersignError('redirect-refused', get.where, detail);
    }
    url = redirectOf(answer, url, get.where);
  }
}

/** How many bytes of the body come before those that are wanted, and how many it has; null where that is not told. */
interface Shape {
  readonly skip: number;
  readonly length: number | null;
}

function declaredLength(answer: HttpAnswer): number | null {
  const text = answer.header('content-length');
  return text !== null && /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}

function shapeOf(answer: HttpAnswer, { where, from, maxBytes }: Get, host: string): Shape {
  const encoding = answer.header('content-encoding');
  // What is decompressed could be of any size, and other bytes than those that were signed; the request asked for none of it.
  if (encoding !== null && encoding !== '' && encoding.toLowerCase() !== 'identity') {
    throw new CountersignError('io', where, `expected a plain body from ${host}, got the content encoding ${quote(encoding)}`);
  }
  const length = declaredLength(answer);
  const start = startOf(answer);
  if (answer.status === 206 && start !== from) {
    throw new CountersignError('io', where, `expected the bytes from ${String(from)} on from ${host}, got another range`);
  }
  if (length !== null && start + length > maxBytes) {
    throw new CountersignError('too-large', where, `expected at most ${String(maxBytes)} bytes, got ${String(start + length)}`);
  }
  return { skip: from - start, length };
}

/** Looks at the first characters of what should be JSON. Gives an error for what begins as a page does. */
function pageWatch(where: string, host: string): (chunk: Uint8Array) => CountersignError | null {
  let isDecided = false;
  return (chunk) => {
    if (isDecided) return null;
    const text = Buffer.from(chunk.subarray(0, MAX_LOOKED_AT)).toString('utf8').trimStart();
    isDecided = text !== '';
    // A metadata file begins with `{`. What else comes is for the parser to name.
    if (!text.startsWith('<')) return null;
    return new CountersignError('page-answered', where, `${host} answered with a page instead of this file: ${quote(text)}`);
  };
}

async function* chunksOf(
  answer: HttpAnswer,
  shape: Shape,
  watch: Watch,
  get: Get,
  from: { readonly host: string; readonly limits: HttpLimits },
): AsyncGenerator<Uint8Array, void, void> {
  const { host, limits } = from;
  const iterator = answer.body[Symbol.asyncIterator]();
  const isSlow = startRate(get.where, host, limits);
  const isPage = get.content === 'json' ? pageWatch(get.where, host) : (): null => null;
  let got = 0;
  try {
    for (;;) {
      const begun = performance.now();
      const next = await watch
        .during(host, () => iterator.next())
        .catch((error: unknown) => {
          throw error instanceof CountersignError ? error : connectionError(`the answer of ${host} broke off`, error);
        });
      if (next.done === true) {
        watch.finish();
        break;
      }
      const chunk = next.value;
      const refused = isSlow(performance.now() - begun, chunk.length) ?? isPage(chunk);
      if (refused !== null) throw refused;
      const skipped = Math.min(chunk.length, Math.max(0, shape.skip - got));
      got += chunk.length;
      if (skipped < chunk.length) yield chunk.subarray(skipped);
    }
    if (shape.length !== null && got !== shape.length) {
      throw new CountersignError('io', get.where, `expected ${String(shape.length)} bytes from ${host}, got ${String(got)}`);
    }
  } finally {
    // Ends the connection of a body that was not read to its end.
    watch.stop();
  }
}

/**
 * Asks for a file once. The body's generator throws `stalled`, `timed-out`, or any error of the transport: see {@link failureOf}.
 * @returns the body, null for an absent file, or what went wrong and whether it may pass
 */
export async function openGet(context: GetContext, get: Get): Promise<Tried<Opened>> {
  const watch = startWatch(get.where, context.limits.stallMs, get.totalMs);
  let answered: HttpAnswer | null = null;
  try {
    const { answer, url } = await follow(context, get, watch);
    answered = answer;
    const { status } = answer;
    if (status === 200 || (status === 206 && get.from > 0)) {
      const from = { host: url.origin, limits: context.limits };
      const chunks = chunksOf(answer, shapeOf(answer, get, url.origin), watch, get, from);
      return { kind: 'done', value: chunks };
    }
    await answer.discard();
    watch.finish();
    if (get.absent.includes(status)) return { kind: 'done', value: null };
    if (status === 416) {
      const error = new CountersignError('length-mismatch', get.where, `expected more than ${String(get.from)} bytes, got no more`);
      return { kind: 'failed', error, waitMs: null };
    }
    return refusedStatus(answer, { where: get.where, host: url.origin, now: context.now() });
  } catch (error) {
    watch.stop();
    await answered?.discard();
    const failed = failureOf(error, get.where, get.url.origin);
    // Nothing of a body was read yet: an `io` of ours is about how the host answers, which it will again.
    return error instanceof CountersignError && error.code === 'io' ? { ...failed, waitMs: null } : failed;
  }
}
