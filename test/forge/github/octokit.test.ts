// SPDX-License-Identifier: Apache-2.0
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { openOctokit } from '../../../src/forge/github/octokit.ts';

const LOG = { info: () => undefined, warn: () => undefined, progress: () => undefined };
const NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];
const before = new Map(NAMES.map((name) => [name, process.env[name]]));

afterEach(() => {
  for (const [name, value] of before) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
});

describe('proxies', () => {
  test.each<[string, Record<string, string>, readonly string[]]>([
    ['HTTPS_PROXY', {}, ['api.github.test:443']],
    ['https_proxy', {}, ['api.github.test:443']],
    ['HTTPS_PROXY', { NO_PROXY: 'api.github.test' }, []],
  ])('of %s with %j', async (name, others, expected) => {
    const asked: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address: AddressInfo | string | null = proxy.address();
    for (const one of NAMES) Reflect.deleteProperty(process.env, one);
    process.env[name] = `http://127.0.0.1:${String(typeof address === 'object' ? address?.port : '')}`;
    Object.assign(process.env, others);
    try {
      const { octokit } = openOctokit({ token: 'secret', apiUrl: 'https://api.github.test', log: LOG });
      await expect(octokit.request('GET /users/a', { request: { retries: 0 } })).rejects.toThrow();
      expect(asked).toEqual(expected);
    } finally {
      proxy.closeAllConnections();
      await new Promise<void>((resolve) => proxy.close(() => resolve()));
    }
  });
});

test('a fetch that is given is the one that sends', async () => {
  const urls: string[] = [];
  const counted: string[] = [];
  const fetch = async (url: string): Promise<Response> => {
    urls.push(url);
    return Promise.resolve(Response.json({ id: 1 }));
  };
  const onRequest = (method: string, url: string): void => void counted.push(`${method} ${url}`);
  const { octokit, secondMs } = openOctokit({ token: 'secret', apiUrl: 'https://api.github.test/', log: LOG, fetch, onRequest });
  await octokit.request('GET /users/a');
  expect(urls).toEqual(['https://api.github.test/users/a']);
  expect(counted).toEqual(['GET https://api.github.test/users/a']);
  expect(secondMs).toBe(1000);
});
