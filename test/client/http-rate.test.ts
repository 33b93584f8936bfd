// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, test } from 'vitest';
import { openHttpSource } from '../../src/client/http-source.ts';
import { startRate, totalMsFor } from '../../src/client/http-rate.ts';
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from '../../src/client/limits.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { serve, type Handler, type TestServer } from './http-server.ts';

const HOUR = 3_600_000;
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe('the time for one file', () => {
  test.each<[name: string, bytes: number, totalMs: number, minBytesPerSecond: number, expected: number]>([
    ['a timestamp of 16 KiB', 16_384, 6 * HOUR, 500, 92_768],
    ['an empty file', 0, 6 * HOUR, 500, 60_000],
    ['a target of 1 MiB', 1_048_576, 6 * HOUR, 500, 60_000 + 2_097_152],
    ['a target of 1 GiB', 1024 ** 3, 6 * HOUR, 500, 6 * HOUR],
    ['a file of any size', Number.MAX_SAFE_INTEGER, 120_000, 500, 120_000],
    ['a file where no rate is asked for', 0, 6 * HOUR, 0, 6 * HOUR],
  ])('is by its size for %s', (_name, bytes, totalMs, minBytesPerSecond, expected) => {
    expect(totalMsFor(bytes, totalMs, { minBytesPerSecond, slowMs: 60_000 })).toBe(expected);
  });
});

describe('the rate of a body', () => {
  /** How many pieces it takes until the host is given up; null where it never is. */
  function piecesUntilRefused(waits: readonly (readonly [waitedMs: number, bytes: number])[]): number | null {
    const rate = startRate('targets/x', 'https://host.test', { minBytesPerSecond: 500, slowMs: 60_000 });
    const index = waits.findIndex(([waitedMs, bytes]) => rate(waitedMs, bytes) !== null);
    return index < 0 ? null : index + 1;
  }
  const times = <T>(count: number, one: T): readonly T[] => Array.from({ length: count }, () => one);

  test.each<[string, readonly (readonly [number, number])[], number | null]>([
    ['a byte every 29 s', times(100, [29_000, 1]), 3],
    ['a byte every second', times(100, [1_000, 1]), 60],
    ['499 bytes a second', times(100, [1_000, 499]), 60],
    ['500 bytes a second', times(1_000, [1_000, 500]), null],
    ['much, and then a byte every 10 s', [[1_000, 1e9], ...times(30, [10_000, 1] as const)], 13],
    ['nothing for 50 s, and then much', [[50_000, 0], ...times(9, [1_000, 0] as const), [1_000, 30_000]], null],
    ['a fast host to a slow reader', times(100, [0, 1]), null],
  ])('%s', (_name, waits, expected) => {
    expect(piecesUntilRefused(waits)).toBe(expected);
  });
});

describe('a host that drips', () => {
  const SLOW = { connectMs: 2_000, stallMs: 400, maxAttempts: 3, firstWaitMs: 4, minBytesPerSecond: 5_000, slowMs: 300 };

  /** One byte every 40 ms, headers before: `content-length` is what is asked for. */
  const dripping =
    (length: number): Handler =>
    (_request, response) => {
      response.writeHead(200, { 'content-length': String(length) });
      const timer = setInterval(() => response.write(' '), 40);
      response.on('close', () => clearInterval(timer));
    };

  async function server(handler: Handler): Promise<TestServer> {
    const started = await serve(handler);
    cleanups.push(() => started.close());
    return started;
  }

  async function refusal(host: TestServer, read: 'metadata' | 'target', change: Partial<HttpLimits> = {}): Promise<CountersignError> {
    const source = openHttpSource({ metadataUrls: [host.url], targetUrls: [host.url], limits: { ...SLOW, ...change } });
    cleanups.push(() => source.close());
    const reading = async (): Promise<void> => {
      if (read === 'metadata') await source.metadata('metadata/timestamp.json', 16_384);
      else for await (const chunk of (await source.target('targets/x', 16_384)) ?? []) expect(chunk.length).toBe(1);
    };
    const error: unknown = await reading().catch((thrown: unknown) => thrown);
    if (!(error instanceof CountersignError)) throw new Error('expected a refusal', { cause: error });
    return error;
  }

  test.each(['metadata', 'target'] as const)('%s of 16 KiB is given up in the time of 16 KiB, and not asked again', async (read) => {
    const host = await server(dripping(16_384));
    const begun = performance.now();
    const error = await refusal(host, read);
    expect(error.code).toBe('timed-out');
    expect(error.message).toMatch(/expected at least 5000 bytes a second from http:.*, got \d+ in 0\.\d s$/);
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(host.asked).toHaveLength(1);
  });

  test('metadata that no piece of is late ends with the time that its size has', async () => {
    const host = await server(dripping(16_384));
    const error = await refusal(host, 'metadata', { minBytesPerSecond: 20, slowMs: 100, metadataTotalMs: 300 });
    expect(error.message).toContain('expected the whole file within 300 ms');
  });

  test('is the same for headers, by the time without a byte', async () => {
    const host = await server((_request, response) => {
      const timer = setInterval(() => response.socket?.write('H'), 100);
      response.on('close', () => clearInterval(timer));
    });
    expect((await refusal(host, 'metadata', { maxAttempts: 1 })).code).toMatch(/stalled|io/);
  });

  test('defaults hold 16 KiB for less than two minutes, once', () => {
    expect(totalMsFor(16_384, DEFAULT_HTTP_LIMITS.targetTotalMs, DEFAULT_HTTP_LIMITS)).toBeLessThan(120_000);
    expect(DEFAULT_HTTP_LIMITS).toMatchObject({ minBytesPerSecond: 500, slowMs: 60_000 });
  });
});
