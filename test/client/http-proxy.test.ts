// SPDX-License-Identifier: Apache-2.0
import { inspect } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { openHttpSource } from '../../src/client/http-source.ts';
import { bytesOf, codeOf } from './support.ts';
import { hosting, serve } from './http-server.ts';
import { startProxy } from './proxy.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each([
  ['', ['repository.test:80']],
  ['repository.test', []],
])('the proxy that the environment names is used, but not for %j', async (noProxy, expected) => {
  const server = await serve(hosting(new Map([['metadata/1.root.json', bytesOf('root')]])));
  const proxy = await startProxy(Number(new URL(server.url).port));
  vi.stubEnv('http_proxy', proxy.url);
  vi.stubEnv('no_proxy', noProxy);
  const warned: unknown[] = [];
  const listener = (warning: unknown) => void warned.push(warning);
  process.on('warning', listener);
  const site = 'http://repository.test';
  const source = openHttpSource({ metadataUrls: [`${site}/metadata`], targetUrls: [site], limits: { maxAttempts: 1, connectMs: 2000 } });
  const bytes = await source.metadata('metadata/1.root.json', 10).catch(() => null);
  expect(bytes === null ? [] : proxy.asked).toEqual(expected);
  expect(proxy.asked).toEqual(expected);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', listener);
  expect(warned).toEqual([]);
  await Promise.all([source.close(), proxy.close(), server.close()]);
});

test.each([
  ['no scheme', 'user:hunter2@127.0.0.1:8080', 'usage'],
  ['another scheme', 'socks5://user:hunter2@127.0.0.1:1', 'usage'],
  ['credentials that are no text', 'http://user:%ff-hunter2@127.0.0.1:1', 'usage'],
  ['spaces', 'hunter2 and more', 'usage'],
  ['a place where nobody listens', 'http://user:hunter2@127.0.0.1:1', 'io'],
  ['nothing', '', 'io'],
])('a proxy variable with %s', async (_name, text, expected) => {
  for (const name of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY']) {
    for (const other of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY']) vi.stubEnv(other, undefined);
    vi.stubEnv(name, text);
    const read = async (): Promise<unknown> => {
      const source = openHttpSource({
        metadataUrls: ['http://127.0.0.1:1'],
        targetUrls: ['http://127.0.0.1:1'],
        limits: { maxAttempts: 1 },
      });
      try {
        return await source.metadata('metadata/1.root.json', 10);
      } finally {
        await source.close();
      }
    };
    const error: unknown = await read().catch((thrown: unknown) => thrown);
    expect(await codeOf(Promise.reject(error as Error))).toBe(expected);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hunter2');
  }
});
