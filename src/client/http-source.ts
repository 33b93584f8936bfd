// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { readProxies } from '../http/proxies.ts';
import { openTransport } from '../http/transport.ts';
import { CountersignError } from '../tuf/errors.ts';
import { TIMESTAMP_PATH } from '../tuf/published-tree.ts';
import { fetchOver, type HttpFetch } from './http-fetch.ts';
import { failureOf, type Tried } from './http-failure.ts';
import { openGet, type Get, type GetContext, type Opened } from './http-get.ts';
import { totalMsFor } from './http-rate.ts';
import { metadataUrl, parseBaseUrl, targetUrl } from './http-url.ts';
import { DEFAULT_HTTP_LIMITS, withLimits, type HttpLimits } from './limits.ts';
import type { RepositorySource } from './source.ts';

/** Where a repository is, and how patient the client is. */
export interface HttpSourceOptions {
  /** Base URLs of the metadata files, the preferred one first: `https://example.org/metadata`, `…/releases/download/tuf`. At least one. */
  readonly metadataUrls: readonly string[];
  /** Base URLs of the target files: what metadata calls `a/b` is below them at `a/<hash>.b`. At least one. */
  readonly targetUrls: readonly string[];
  /** How requests are sent; unless told, directly or through the proxies that the environment names. */
  readonly fetch?: HttpFetch;
  /** What is not given is as in {@link DEFAULT_HTTP_LIMITS}. */
  readonly limits?: Partial<HttpLimits>;
  /** Certificates to trust instead of the system's, PEM. */
  readonly ca?: string;
  /** Milliseconds since 1970, for dates in `Retry-After`. The system's clock unless told. */
  readonly now?: () => number;
}

/** A repository on one or more hosts. */
export interface HttpSource extends RepositorySource {
  /**
   * The same repository once for each mirror, with that mirror asked first. A mirror may serve what does not verify, which a source can't see:
   * whoever verifies tries the next of these. After them, once for each mirror of metadata where there are several, with that one alone: the next root
   * is a file that good mirrors lack most of the time, and one that makes it up would answer in all of the others.
   */
  readonly mirrors: readonly RepositorySource[];
  /** Lets go of the connections. */
  close(): Promise<void>;
}

/** A base URL, and whether it failed in this run: then it is asked last. */
interface Mirror {
  readonly base: URL;
  failed: boolean;
}

const ROOT_PATH = /^metadata\/[1-9][0-9]*\.root\.json$/;

/**
 * Answers that mean that a file is not there. For a root, which every client asks for until there is no newer one, also what hosts without listing rights
 * (S3) say of any file that they lack: python-tuf, tuf-js and tough take 403 and 404 for the end of the roots, tough 410 as well, go-tuf 404 only.
 * A host that lies about it can hide a new root in either way, until the timestamp runs out.
 */
function absentStatuses(path: string): readonly number[] {
  return ROOT_PATH.test(path) ? [403, 404, 410] : [404];
}

function parseMirrors(urls: readonly string[], where: string): readonly Mirror[] {
  const mirrors = urls.map((text) => ({ base: parseBaseUrl(text, where), failed: false }));
  if (mirrors.length === 0) throw new CountersignError('usage', where, 'expected at least one URL, got none');
  return mirrors;
}

/**
 * Opens a repository over HTTP. Mirrors are asked in order for each file, each up to `maxAttempts` times when it is busy or the connection breaks. A file
 * counts as absent when a mirror says so and none has it. Errors, beside those of {@link RepositorySource}: `redirect-refused` (from https to http, to
 * another scheme, with credentials, too many), `stalled`, `timed-out` (too slow as well), `certificate-refused`, `page-answered`; `io` also for an encoded body, a truncated one, and every other answer;
 * `file-name` for a path that is not below its base URL; `length-mismatch` where a file is shorter than the part that is held.
 * @throws `usage` for URLs that are none of http or https, or have credentials, a query or a fragment, for a limit that is none, and for a proxy variable
 * that names no http or https proxy
 */
export function openHttpSource(options: HttpSourceOptions): HttpSource {
  const limits = withLimits(DEFAULT_HTTP_LIMITS, options.limits);
  const metadata = parseMirrors(options.metadataUrls, 'metadata URL');
  const targets = parseMirrors(options.targetUrls, 'targets URL');
  const { fetch, close, reachMs } = senderOf(options, limits);
  const context: GetContext = { fetch, limits, reachMs, now: options.now ?? Date.now };
  const together = Array.from({ length: Math.max(metadata.length, targets.length) }, (_, first) =>
    viewOf(context, rotate(metadata, first), rotate(targets, first)),
  );
  // Last: a mirror that hides a new root is found out by the others as long as these can be asked as well.
  const alone = metadata.length === 1 ? [] : metadata.map((mirror, first) => viewOf(context, [mirror], rotate(targets, first)));
  return { ...viewOf(context, metadata, targets), mirrors: [...together, ...alone], close };
}

/** How requests are sent, how long each may take to reach its host, and how to let go of the connections. */
interface Sender extends Pick<GetContext, 'fetch' | 'reachMs'> {
  readonly close: () => Promise<void>;
}

/** Our own transport says itself what took longer than `connectMs`, and gets a moment for it. */
const GRACE_MS = 1_000;

function senderOf({ ca, fetch }: HttpSourceOptions, { connectMs, stallMs }: HttpLimits): Sender {
  if (fetch !== undefined) return { fetch, reachMs: stallMs, close: async () => undefined };
  const transport = openTransport({ connectMs, proxies: readProxies(process.env), ...(ca === undefined ? {} : { ca }) });
  return { fetch: fetchOver(transport), reachMs: connectMs + GRACE_MS, close: transport.close };
}

function rotate<T>(items: readonly T[], by: number): readonly T[] {
  const first = by % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

function viewOf(context: GetContext, metadata: readonly Mirror[], targets: readonly Mirror[]): RepositorySource {
  const { limits } = context;
  const readMetadata = (path: string, maxBytes: number): Promise<Uint8Array | null> =>
    fromMirrors(metadata, (mirror) => {
      const totalMs = totalMsFor(maxBytes, limits.metadataTotalMs, limits);
      const get = { url: metadataUrl(mirror.base, path), where: path, from: 0, maxBytes, totalMs, content: 'json' as const };
      return persist(limits, () => readWhole(context, { ...get, absent: absentStatuses(path) }));
    });
  const openTarget = async (path: string, maxBytes: number, from: number): Promise<AsyncIterable<Uint8Array> | null> => {
    const open = (at: number): Promise<{ readonly chunks: NonNullable<Opened>; readonly mirror: Mirror } | null> =>
      fromMirrors(targets, async (mirror) => {
        const totalMs = totalMsFor(maxBytes, limits.targetTotalMs, limits);
        const get = { url: targetUrl(mirror.base, path), where: path, from: at, maxBytes, totalMs, absent: [404] };
        const chunks = await persist(limits, () => openGet(context, { ...get, content: 'any' }));
        return chunks === null ? null : { chunks, mirror };
      });
    const first = await open(from);
    return first === null ? null : resuming(limits, path, from, first, open);
  };
  return {
    metadata: async (path, maxBytes) => {
      const deadline = performance.now() + limits.timestampGapMs;
      for (let attempt = 1; ; attempt++) {
        const bytes = await readMetadata(path, maxBytes);
        if (bytes !== null || path !== TIMESTAMP_PATH || performance.now() >= deadline) return bytes;
        await sleep(Math.min(waitOf(limits, attempt), Math.max(1, deadline - performance.now())));
      }
    },
    target: (path, maxBytes) => openTarget(path, maxBytes, 0),
    targetFrom: openTarget,
    list: async () => null,
  };
}

/** What the first mirror that has the file gives; null when one says that it is absent and none has it. @throws what the first that failed has thrown */
async function fromMirrors<T>(mirrors: readonly Mirror[], read: (mirror: Mirror) => Promise<T | null>): Promise<T | null> {
  let absent = false;
  let failure: { readonly error: unknown } | null = null;
  for (const mirror of [...mirrors].sort((a, b) => Number(a.failed) - Number(b.failed))) {
    // One that is known to be down has nothing to add to what the others say.
    if (absent && mirror.failed) break;
    try {
      const value = await read(mirror);
      mirror.failed = false;
      if (value !== null) return value;
      absent = true;
    } catch (error) {
      mirror.failed = true;
      failure ??= { error };
    }
  }
  if (absent || failure === null) return null;
  throw failure.error;
}

function waitOf(limits: HttpLimits, attempt: number): number {
  // Jittered, so that many clients of a host that was down don't come back in step.
  return Math.min(limits.maxWaitMs, limits.firstWaitMs * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
}

/** Tries up to `maxAttempts` times while it may help. @throws what the last attempt failed with */
async function persist<T>(limits: HttpLimits, attempt: () => Promise<Tried<T>>): Promise<T> {
  for (let count = 1; ; count++) {
    const tried = await attempt();
    if (tried.kind === 'done') return tried.value;
    if (tried.waitMs === null || tried.waitMs > limits.maxWaitMs || count >= limits.maxAttempts) throw tried.error;
    await sleep(Math.max(tried.waitMs, waitOf(limits, count)));
  }
}

async function readWhole(context: GetContext, get: Get): Promise<Tried<Uint8Array | null>> {
  const opened = await openGet(context, get);
  if (opened.kind === 'failed' || opened.value === null) return opened.kind === 'failed' ? opened : { kind: 'done', value: null };
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of opened.value) {
      length += chunk.length;
      if (length > get.maxBytes) {
        throw new CountersignError('too-large', get.where, `expected at most ${String(get.maxBytes)} bytes, got more`);
      }
      chunks.push(chunk);
    }
  } catch (error) {
    return failureOf(error, get.where, get.url.origin);
  }
  const bytes = Buffer.concat(chunks, length);
  return { kind: 'done', value: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) };
}

/** How much must come before a stream that broke counts as a new one: a host that breaks it again and again is given up on. */
const FRESH_START_BYTES = 8 * 1024 ** 2;

/** A target's bytes, going on where the connection broke, at another mirror if there is one. Whoever hashes them sees if they don't belong together. */
async function* resuming(
  limits: HttpLimits,
  where: string,
  from: number,
  first: { readonly chunks: NonNullable<Opened>; readonly mirror: Mirror },
  open: (from: number) => Promise<typeof first | null>,
): AsyncGenerator<Uint8Array, void, void> {
  let offset = from;
  let failures = 0;
  let brokeAt = from;
  for (let current = first; ;) {
    try {
      for await (const chunk of current.chunks) {
        offset += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      const { error: named, waitMs } = failureOf(error, where, current.mirror.base.origin);
      failures = offset - brokeAt >= FRESH_START_BYTES ? 1 : failures + 1;
      brokeAt = offset;
      if (waitMs === null || failures >= limits.maxAttempts) throw named;
      current.mirror.failed = true;
      await sleep(waitOf(limits, failures));
      const next = await open(offset);
      if (next === null) throw named;
      current = next;
    }
  }
}
