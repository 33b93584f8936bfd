// SPDX-License-Identifier: Apache-2.0
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import { ConnectionError } from '../../http/connection-error.ts';
import { NO_PROXIES, readProxies } from '../../http/proxies.ts';
import { openTransport } from '../../http/transport.ts';
import { webFetchOver } from '../../http/web-fetch.ts';
import type { Log } from '../../ports.ts';
import { CountersignError, quote } from '../../tuf/errors.ts';
import { VERSION } from '../../version.ts';

/** Answers that no repetition changes. 429 waits for what the host says, in the throttling plugin. */
const NEVER_RETRIED = [400, 401, 403, 404, 410, 422, 429, 451];
/** A limit that lifts later than this fails the run: the next scheduled one is as good. In seconds. */
const LONGEST_WAIT = 300;
const SECONDARY_TRIES = 3;
/** Reads that found the host broken are tried this often more. */
const READ_RETRIES = 3;
/** To reach the API: name, connection, proxy and TLS together. */
const CONNECT_MS = 15_000;
const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** A request body that can be sent more than once: made anew for each try. */
export type BodySource = () => AsyncIterable<Uint8Array>;

/** How requests are sent: our own way, or what looks like the standard `fetch`. */
export type Fetch = (url: string, init: FetchInit) => Promise<unknown>;
type FetchInit = NonNullable<Parameters<typeof fetch>[1]>;

/** What a connection to GitHub's API needs. */
export interface OctokitOptions {
  /** Sent to the API only; never in a message or log. */
  readonly token: string;
  /** The REST API's address, as GITHUB_API_URL gives it. */
  readonly apiUrl: string;
  readonly log: Log;
  readonly fetch?: Fetch;
  /** Called for each request as it goes out, repetitions included. */
  readonly onRequest?: (method: string, url: string) => void;
}

/** A connection to GitHub's API. */
export interface Api {
  readonly octokit: Octokit;
  /** Milliseconds that stand for one second of waiting: less against a server on this machine. */
  readonly secondMs: number;
}

const PacedOctokit = Octokit.plugin(givingUp, retry, throttling);

/** What failed for good is not tried again: Octokit gives every request without an answer the status 500. */
function givingUp({ hook }: Pick<Octokit, 'hook'>): Record<string, never> {
  hook.error('request', (error) => {
    if (error.cause instanceof ConnectionError && !error.cause.isPassing) Object.assign(error, { status: 0 });
    throw error;
  });
  return {};
}

/**
 * Opens GitHub's REST and GraphQL API: retries what may be retried, waits as the host asks (a bounded number of times), paces writes as GitHub wants them
 * except against this machine, and goes through the proxies that the environment names.
 * @throws `usage` when `apiUrl` is no address that a token may be sent to, or a proxy variable names no http or https proxy
 */
export function openOctokit(options: OctokitOptions): Api {
  const url = checkedUrl(options.apiUrl);
  const isLoopback = isThisMachine(url.hostname);
  const secondMs = isLoopback ? 10 : 1000;
  const octokit = new PacedOctokit({
    auth: options.token,
    baseUrl: url.href.replace(/(?<!\/)\/+$/, ''),
    userAgent: `countersign/${VERSION}`,
    log: { debug: ignore, info: ignore, warn: (text: string) => options.log.warn(text), error: ignore },
    request: { fetch: observedFetch(options.fetch ?? openFetch(isLoopback), options.onRequest) },
    retry: { doNotRetry: NEVER_RETRIED, retries: READ_RETRIES, retryAfterBaseValue: secondMs },
    throttle: isLoopback ? withoutPacing(throttleOptions(options.log, secondMs)) : throttleOptions(options.log, secondMs),
  });
  return { octokit, secondMs };
}

function ignore(): void {
  // Octokit logs each request, and failures that we report ourselves.
}

function isThisMachine(hostname: string): boolean {
  return LOOPBACK.has(hostname) || hostname.endsWith('.localhost');
}

function checkedUrl(apiUrl: string): URL {
  const url = URL.canParse(apiUrl) ? new URL(apiUrl) : null;
  const isSafe = url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isThisMachine(url.hostname)));
  if (!isSafe) throw new CountersignError('usage', 'github api url', `expected an https address, got ${quote(apiUrl)}`);
  return url;
}

interface LimitOptions {
  readonly retryAfterBaseValue: number;
  readonly onRateLimit: LimitHandler;
  readonly onSecondaryRateLimit: LimitHandler;
}

type LimitHandler = (seconds: number, request: unknown, octokit: unknown, tries: number) => boolean;

function throttleOptions(log: Log, secondMs: number): LimitOptions {
  return {
    retryAfterBaseValue: secondMs,
    onRateLimit: (seconds, _request, _octokit, tries) => waits(log, 'rate limit', seconds, tries < 1),
    onSecondaryRateLimit: (seconds, _request, _octokit, tries) => waits(log, 'secondary rate limit', seconds, tries < SECONDARY_TRIES),
  };
}

/** Without it each write would wait a second, and each comment three, also where nobody counts them. */
function withoutPacing<T extends object>(
  options: T,
): T & { readonly global: Unpaced; readonly write: Unpaced; readonly notifications: Unpaced } {
  const unpaced: Unpaced = { key: () => ({ schedule: (_options, work, ...parameters) => work(...parameters) }) };
  return Object.assign(options, { global: unpaced, write: unpaced, notifications: unpaced });
}

interface Unpaced {
  key(): { schedule(options: object, work: (...parameters: unknown[]) => Promise<unknown>, ...parameters: unknown[]): Promise<unknown> };
}

function waits(log: Log, what: string, seconds: number, isFirst: boolean): boolean {
  if (!isFirst || seconds > LONGEST_WAIT) return false;
  log.warn(`GitHub's ${what} is reached; waiting ${String(seconds)} seconds`);
  return true;
}

/** Over our own transport; directly to this machine. */
function openFetch(isLoopback: boolean): Fetch {
  const send = webFetchOver(openTransport({ connectMs: CONNECT_MS, proxies: isLoopback ? NO_PROXIES : readProxies(process.env) }));
  return async (url, { method, headers, body, redirect, signal }) => {
    const sent = Object.fromEntries(new Headers(headers));
    const response = await send(url, { method, headers: sent, body, redirect, signal });
    const isPage = /^text\/html\b/i.test(response.headers.get('content-type') ?? '');
    if (!response.ok || !isPage || !(sent['accept'] ?? '').includes('json')) return response;
    await response.body?.cancel();
    // What stands between here and GitHub, such as a network that wants a login first.
    throw new ConnectionError(`${new URL(response.url).origin} answered with a page instead of JSON`, { fault: 'page', isPassing: false });
  };
}

function observedFetch(send: Fetch, onRequest: OctokitOptions['onRequest']): Fetch {
  return (url, init) => {
    onRequest?.(init.method ?? 'GET', url);
    const body: unknown = init.body;
    return isBodySource(body) ? send(url, { ...init, body: body(), duplex: 'half' }) : send(url, init);
  };
}

function isBodySource(body: unknown): body is BodySource {
  return typeof body === 'function';
}
