// SPDX-License-Identifier: Apache-2.0
// What Octokit is given for a `fetch`: redirects, secrets, bodies and certificates.
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openOctokit } from '../../src/forge/github/octokit.ts';
import { NO_PROXIES } from '../../src/http/proxies.ts';
import { openTransport } from '../../src/http/transport.ts';
import { webFetchOver, type WebFetch } from '../../src/http/web-fetch.ts';
import { serve, type Handler, type TestServer } from '../client/http-server.ts';
import { certificateFor } from './certificates.ts';
import { startProxy } from './proxy.ts';

const LOG = { info: () => undefined, warn: () => undefined, progress: () => undefined };
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function server(handler: Handler): Promise<TestServer> {
  const started = await serve(handler);
  cleanups.push(() => started.close());
  return started;
}

function fetcher(): WebFetch {
  const transport = openTransport({ connectMs: 2000, proxies: NO_PROXIES });
  cleanups.push(() => transport.close());
  return webFetchOver(transport);
}

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** A host that sends on what comes to `/from`, and says what came to every other place. */
async function sendingOn(status: number, location: () => string): Promise<{ readonly host: TestServer; readonly seen: Seen[] }> {
  const seen: Seen[] = [];
  const host = await server((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      if (request.url === '/from') {
        response.writeHead(status, { location: location() }).end('moved');
        return;
      }
      seen.push({ method: request.method ?? '', url: request.url ?? '', body, headers: request.headers });
      response.end('there');
    });
  });
  return { host, seen };
}

describe('a redirect', () => {
  test.each<[status: number, method: string, then: string, body: string]>([
    [301, 'GET', 'GET', ''],
    [302, 'GET', 'GET', ''],
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'PATCH', 'GET', ''],
    [307, 'POST', 'POST', '{"a":1}'],
    [308, 'PATCH', 'PATCH', '{"a":1}'],
    [301, 'PATCH', 'PATCH', '{"a":1}'],
  ])('%i of %s is followed by %s with the body %j', async (status, method, then, body) => {
    const { host, seen } = await sendingOn(status, () => '/to?x=1');
    const headers = { Authorization: 'token hunter2', 'Content-Type': 'application/json' };
    const response = await fetcher()(`${host.url}/from`, { method, headers, ...(method === 'GET' ? {} : { body: '{"a":1}' }) });
    expect(await response.text()).toBe('there');
    expect(response.url).toBe(`${host.url}/to?x=1`);
    expect(seen.map((one) => [one.method, one.url, one.body, one.headers['authorization']])).toEqual([
      [then, '/to?x=1', body, 'token hunter2'],
    ]);
    expect(seen[0]?.headers['content-type']).toBe(then === 'GET' && method !== 'GET' ? undefined : 'application/json');
  });

  test('to another host tells it no secret', async () => {
    const other = await sendingOn(200, () => '');
    const { host } = await sendingOn(302, () => `${other.host.url}/to`);
    await fetcher()(`${host.url}/from`, { headers: { authorization: 'token hunter2', cookie: 'a=hunter2', accept: 'x/y' } });
    expect(JSON.stringify(other.seen)).not.toContain('hunter2');
    expect(other.seen[0]?.headers['accept']).toBe('x/y');
  });

  test.each([
    ['of a stream', 'POST', 307, '/to', Readable.from([Buffer.from('x')]), /what can be sent only once/],
    ['to no address', 'GET', 302, 'http://[', undefined, /to no address/],
    ['to another scheme', 'GET', 302, 'file:///etc/passwd', undefined, /unsafe address/],
    ['to itself for ever', 'GET', 302, '/from', undefined, /too often/],
  ])('%s is refused', async (_name, method, status, location, body, said) => {
    const { host, seen } = await sendingOn(status, () => location);
    await expect(fetcher()(`${host.url}/from`, { method, body })).rejects.toThrow(said);
    expect(seen).toEqual([]);
  });

  test('is not followed where that is asked for', async () => {
    const { host } = await sendingOn(302, () => '/to');
    const response = await fetcher()(`${host.url}/from`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/to']);
  });
});

describe('a body', () => {
  test('is unpacked where it came packed', async () => {
    const host = await server((request, response) => {
      expect(request.headers['accept-encoding']).toBe('gzip');
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(100_000)));
    });
    expect((await (await fetcher()(host.url, {})).text()).length).toBe(100_000);
  });

  test('that breaks off is an error to whoever reads it', async () => {
    const host = await server((_request, response) => {
      response.writeHead(200, { 'content-length': '10' }).write('x');
      setTimeout(() => response.destroy(), 20);
    });
    await expect((await fetcher()(host.url, {})).text()).rejects.toThrow();
  });

  test('is none where the status says so', async () => {
    const host = await server((_request, response) => response.writeHead(204).end());
    const response = await fetcher()(host.url, { method: 'DELETE' });
    expect([response.status, response.body]).toEqual([204, null]);
  });

  test.each<[string, unknown, string | undefined, string | undefined]>([
    ['text', 'é', '2', undefined],
    ['bytes', Buffer.from('é'), '2', undefined],
    ['a stream', Readable.from([Buffer.from('é')]), undefined, 'chunked'],
  ])('of %s is sent', async (_name, body, length, coding) => {
    const { host, seen } = await sendingOn(200, () => '');
    await fetcher()(`${host.url}/to`, { method: 'POST', body });
    expect(seen.map((one) => [one.body, one.headers['content-length'], one.headers['transfer-encoding']])).toEqual([['é', length, coding]]);
  });

  test('of anything else is refused', async () => {
    await expect(fetcher()('http://127.0.0.1:1', { method: 'POST', body: { a: 1 } })).rejects.toThrow(TypeError);
  });
});

test('a request that is given up ends at once', async () => {
  const host = await server(() => undefined);
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 50);
  await expect(fetcher()(host.url, { signal: controller.signal })).rejects.toThrow('given up');
});

describe('the API', () => {
  test.each(['directly', 'through a proxy'])('is not believed without a certificate, whatever the environment says, %s', async (way) => {
    const certificate = certificateFor('DNS:api.test,IP:127.0.0.1');
    const host = await serve((_request, response) => response.end('{}'), certificate);
    const proxy = await startProxy(Number(new URL(host.url).port));
    cleanups.push(() => host.close(), proxy.close);
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    vi.stubEnv('https_proxy', proxy.url);
    const { octokit } = openOctokit({ token: 'hunter2', apiUrl: way === 'directly' ? host.url : 'https://api.test', log: LOG });
    // Not tried again either.
    await expect(octokit.request('GET /meta')).rejects.toThrow(
      /no secure connection to .*: its certificate was issued by nobody that this machine trusts/,
    );
    expect(host.asked).toEqual([]);
    expect(proxy.connections()).toBe(way === 'directly' ? 0 : 1);
  });

  test.each([
    ['a page', 'text/html; charset=utf-8', '<html>log in</html>', false],
    ['JSON', 'application/json', '{"a":1}', true],
  ])('that answers with %s', async (_name, type, body, isFine) => {
    const host = await server((_request, response) => response.writeHead(200, { 'content-type': type }).end(body));
    const { octokit } = openOctokit({ token: 'hunter2', apiUrl: host.url, log: LOG });
    const asked = octokit.request('GET /meta').then(
      ({ data }) => data as unknown,
      (error: unknown) => String(error),
    );
    expect(await asked).toEqual(isFine ? { a: 1 } : expect.stringContaining(`${host.url} answered with a page instead of JSON`));
    expect(host.asked).toHaveLength(1);
  });
});
