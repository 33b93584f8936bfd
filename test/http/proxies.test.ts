// SPDX-License-Identifier: Apache-2.0
import { inspect } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openHttpSource } from '../../src/client/http-source.ts';
import { readProxies } from '../../src/http/proxies.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { hosting, serve } from '../client/http-server.ts';
import { bytesOf, codeOf } from '../client/support.ts';
import { startProxy } from './proxy.ts';

const VARIABLES = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the proxy of', () => {
  const HTTP = 'http://example.test/x';
  const HTTPS = 'https://example.test/x';
  test.each<[env: Readonly<Record<string, string>>, url: string, expected: string]>([
    [{}, HTTP, 'none'],
    [{ http_proxy: 'http://p:1' }, HTTP, 'http://p:1 http_proxy'],
    [{ HTTP_PROXY: 'http://p:1' }, HTTP, 'http://p:1 HTTP_PROXY'],
    [{ http_proxy: 'http://p:1', HTTP_PROXY: 'http://q:1' }, HTTP, 'http://p:1 http_proxy'],
    [{ http_proxy: '', HTTP_PROXY: 'http://q:1' }, HTTP, 'http://q:1 HTTP_PROXY'],
    [{ http_proxy: 'http://p:1' }, HTTPS, 'none'],
    [{ https_proxy: 'http://p:1' }, HTTP, 'none'],
    [{ https_proxy: 'http://p:1' }, HTTPS, 'http://p:1 https_proxy'],
    [{ HTTPS_PROXY: 'https://p' }, HTTPS, 'https://p HTTPS_PROXY'],
    // A web server that runs us puts a stranger's header `Proxy:` there.
    [{ HTTP_PROXY: 'http://p:1', REQUEST_METHOD: 'GET' }, HTTP, 'none'],
    [{ http_proxy: 'http://p:1', REQUEST_METHOD: 'GET' }, HTTP, 'http://p:1 http_proxy'],
    [{ HTTPS_PROXY: 'http://p:1', REQUEST_METHOD: 'GET' }, HTTPS, 'http://p:1 HTTPS_PROXY'],
    [{ all_proxy: 'http://p:1' }, HTTP, 'http://p:1 all_proxy'],
    [{ ALL_PROXY: 'http://p:1' }, HTTPS, 'http://p:1 ALL_PROXY'],
    [{ ALL_PROXY: 'http://p:1', https_proxy: 'http://q:1' }, HTTPS, 'http://q:1 https_proxy'],
    [{ ALL_PROXY: 'http://p:1', https_proxy: 'http://q:1' }, HTTP, 'http://p:1 ALL_PROXY'],
    [{ ALL_PROXY: 'http://p:1', no_proxy: 'example.test' }, HTTP, 'none'],
    [{ http_proxy: 'http://p:1', NO_PROXY: 'example.test' }, HTTP, 'none'],
    [{ http_proxy: 'http://p:1', no_proxy: 'other.test', NO_PROXY: 'example.test' }, HTTP, 'http://p:1 http_proxy'],
    [{ http_proxy: 'http://p:1', no_proxy: '', NO_PROXY: 'example.test' }, HTTP, 'none'],
    // What has no scheme is an HTTP proxy, as curl and Go have it.
    [{ http_proxy: '127.0.0.1:3128' }, HTTP, 'http://127.0.0.1:3128 http_proxy'],
    [{ http_proxy: 'proxy.test:3128' }, HTTP, 'http://proxy.test:3128 http_proxy'],
    [{ http_proxy: 'proxy.test' }, HTTP, 'http://proxy.test http_proxy'],
    [{ http_proxy: '[::1]:3128' }, HTTP, 'http://[::1]:3128 http_proxy'],
    [{ http_proxy: ' http://p:1 ' }, HTTP, 'http://p:1 http_proxy'],
    [{ http_proxy: 'http://user:pass@p:1' }, HTTP, 'http://p:1 http_proxy Basic dXNlcjpwYXNz'],
    [{ http_proxy: 'user:p%40ss@p:1' }, HTTP, 'http://p:1 http_proxy Basic dXNlcjpwQHNz'],
    [{ http_proxy: 'http://user@p:1' }, HTTP, 'http://p:1 http_proxy Basic dXNlcjo='],
  ])('%j for %s is %s', (env, url, expected) => {
    const proxy = readProxies(env)(new URL(url));
    const said = proxy === null ? ['none'] : [proxy.name, proxy.variable, ...(proxy.authorization === null ? [] : [proxy.authorization])];
    expect(said.join(' ')).toBe(expected);
  });

  test.each<[env: Readonly<Record<string, string>>, expected: string]>([
    [{ ALL_PROXY: 'socks5://127.0.0.1:1080' }, 'ALL_PROXY: expected an http or https proxy; SOCKS proxies are not supported'],
    [{ https_proxy: 'socks5h://127.0.0.1:1080' }, 'https_proxy: expected an http or https proxy; SOCKS proxies are not supported'],
    [{ http_proxy: 'socks4://127.0.0.1:1080' }, 'http_proxy: expected an http or https proxy; SOCKS proxies are not supported'],
    [
      { http_proxy: 'ftp://127.0.0.1:21' },
      'http_proxy: expected the URL of an http or https proxy, such as http://HOST:PORT, got another scheme',
    ],
    [{ http_proxy: 'http://' }, 'http_proxy: expected the URL of a proxy, such as http://HOST:PORT, got a text that is none'],
    [{ http_proxy: 'p:99999' }, 'http_proxy: expected the URL of a proxy, such as http://HOST:PORT, got a text that is none'],
  ])('%j is refused', (env, expected) => {
    expect(() => readProxies(env)).toThrow(new CountersignError('usage', ...(expected.split(/: (.*)/s).slice(0, 2) as [string, string])));
  });

  test('a variable that nothing is left to is not looked at', () => {
    const env = { ALL_PROXY: 'socks5://127.0.0.1:1', http_proxy: 'http://p:1', https_proxy: 'http://p:1' };
    expect(readProxies(env)(new URL(HTTPS))?.name).toBe('http://p:1');
  });
});

test.each([
  ['', ['http://repository.test/metadata/1.root.json']],
  ['repository.test', []],
  ['test', []],
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
  ['no scheme', 'user:hunter2@127.0.0.1:1', 'io'],
  ['another scheme', 'socks5://user:hunter2@127.0.0.1:1', 'usage'],
  ['credentials that are no text', 'http://user:%ff-hunter2@127.0.0.1:1', 'usage'],
  ['spaces', 'hunter2 and more', 'usage'],
  ['a place where nobody listens', 'http://user:hunter2@127.0.0.1:1', 'io'],
  ['nothing', '', 'io'],
])('a proxy variable with %s', async (_name, text, expected) => {
  for (const name of VARIABLES) {
    for (const other of VARIABLES) vi.stubEnv(other, undefined);
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
