// SPDX-License-Identifier: Apache-2.0
import { CountersignError } from '../tuf/errors.ts';

/** How much a client reads before it gives up: a host that sends without end must cost nothing. All in bytes. */
export interface ClientLimits {
  /** For each root. */
  readonly maxRootBytes: number;
  /** For the timestamp. */
  readonly maxTimestampBytes: number;
  /** For a snapshot whose length the timestamp doesn't list. */
  readonly maxSnapshotBytes: number;
  /** For a targets role whose length the snapshot doesn't list. */
  readonly maxTargetsBytes: number;
  /** For a snapshot of a listed length: a listed length is believed up to here. */
  readonly maxListedSnapshotBytes: number;
  /** For a targets role of a listed length, and for every file that a store reads back. */
  readonly maxListedBytes: number;
}

/**
 * The limits of python-tuf, tuf-js and go-tuf; the last two are ours. Reading takes about ten times a file's length of memory, of a file that was made to take more at
 * most twenty times (the reader of JSON bounds objects and lists): some 700 MB for the longest role of half a million targets.
 */
export const DEFAULT_LIMITS: ClientLimits = {
  maxRootBytes: 512_000,
  maxTimestampBytes: 16_384,
  maxSnapshotBytes: 2_000_000,
  maxTargetsBytes: 5_000_000,
  maxListedSnapshotBytes: 16 * 1024 ** 2,
  maxListedBytes: 64 * 1024 ** 2,
};

/**
 * How many published roots a verification walks through, and their bytes together: without an end to them a host could answer every version with
 * something. The first is tough's limit.
 */
export const MAX_PUBLISHED_ROOTS = 1024;
/** In bytes; see {@link MAX_PUBLISHED_ROOTS}. */
export const MAX_PUBLISHED_ROOT_BYTES: number = 64 * 1024 ** 2;

/** How long a client waits for a host, and how often it asks again. */
export interface HttpLimits {
  /** To reach a host: name, connection, proxy and TLS together. */
  readonly connectMs: number;
  /** Without a byte, once reached. */
  readonly stallMs: number;
  /** The most for one attempt at a metadata file, redirects included: a host that drips must not hold an update for ever. */
  readonly metadataTotalMs: number;
  /** The most for one attempt at a target file. */
  readonly targetTotalMs: number;
  /** What a host must send on average, over each `slowMs` in which somebody waited for it. A file's time ends with it too: `slowMs`, and its size at this rate. 0 for no such limit. */
  readonly minBytesPerSecond: number;
  /** For how long a host may send less. */
  readonly slowMs: number;
  /** At each mirror, the first included. */
  readonly maxAttempts: number;
  /** Before the second attempt; doubled for each further one. */
  readonly firstWaitMs: number;
  /** The longest wait between attempts; a host that asks for more is given up on. */
  readonly maxWaitMs: number;
  /** For one request. */
  readonly maxRedirects: number;
  /** How long to go on asking for a timestamp that is absent: a host may leave a gap when it replaces one. 0 takes the first answer. */
  readonly timestampGapMs: number;
}

/** Fit for slow links and large files. */
export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  connectMs: 15_000,
  stallMs: 30_000,
  metadataTotalMs: 120_000,
  targetTotalMs: 6 * 3_600_000,
  minBytesPerSecond: 500,
  slowMs: 60_000,
  maxAttempts: 4,
  firstWaitMs: 500,
  maxWaitMs: 30_000,
  maxRedirects: 10,
  timestampGapMs: 0,
};

/**
 * Limits as they were asked for, and as they are by default otherwise.
 * @throws `usage` for one that is no number from 0 on: nothing is more than NaN, and so it would be no limit
 */
export function withLimits<T extends object>(defaults: T, given: Partial<T> = {}): T {
  const limits = { ...defaults, ...given };
  for (const [name, value] of Object.entries(limits)) {
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) continue;
    throw new CountersignError('usage', name, `expected a number from 0 on, got ${String(value)}`);
  }
  return limits;
}
