// SPDX-License-Identifier: Apache-2.0
// Proxies that do not do their work. Whatever one does, the client and the API are told in bounded time, by name, with what it said, and it is connected to
// no more often than there are attempts.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Socket } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openHttpSource } from '../../src/client/http-source.ts';
import { openGitHub } from '../../src/forge/github/index.ts';
import { openOctokit } from '../../src/forge/github/octokit.ts';
import { parseCommitSha } from '../../src/trust/accounts.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { bytesOf } from '../client/support.ts';
import { hosting, serve, type TestServer } from '../client/http-server.ts';
import { certificateFor, type TestCertificate } from './certificates.ts';
import { startMisbehaving, startProxy, type Misdeed, type TestProxy } from './proxy.ts';

vi.setConfig({ testTimeout: 40_000 });

const LOG = { info: () => undefined, warn: () => undefined, progress: () => undefined };
const ATTEMPTS = 3;
const LIMITS = { connectMs: 400, stallMs: 300, maxAttempts: ATTEMPTS, firstWaitMs: 4, maxWaitMs: 20 };
const ROOT = 'metadata/2.root.json';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function refusalOf(work: () => Promise<unknown>): Promise<CountersignError> {
  const error: unknown = await work().then(
    () => new Error('expected a refusal, got none'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CountersignError)) throw error;
  return error;
}

const saying =
  (text: string): Misdeed =>
  (socket) =>
    socket.end(text);

/** Sends one byte every 50 ms, and never the end of its answer. */
const dripping =
  (text: string): Misdeed =>
  (socket) => {
    void (async () => {
      for (const byte of `${text}${'x'.repeat(1000)}`) {
        if (socket.destroyed) return;
        socket.write(byte);
        await sleep(50);
      }
    })();
  };

const nothing = (_socket: Socket): void => undefined;
const answer = (status: string, headers = ''): Misdeed => saying(`HTTP/1.1 ${status}\r\n${headers}content-length: 0\r\n\r\n`);

interface Row {
  readonly deed: Misdeed;
  readonly atOnce?: (socket: Socket) => void;
  readonly said: string;
  readonly times: number;
}

const MISDEEDS: Readonly<Record<string, Row>> = {
  'closes on accept': { deed: nothing, atOnce: (socket) => socket.destroy(), said: 'the connection was closed', times: ATTEMPTS },
  'closes after the request': { deed: (socket) => socket.end(), said: 'the connection was closed', times: ATTEMPTS },
  'resets after the request': { deed: (socket) => socket.resetAndDestroy(), said: 'the connection was closed', times: ATTEMPTS },
  'closes within its answer': { deed: saying('HTTP/1.1 200 O'), said: 'the connection was closed', times: ATTEMPTS },
  'closes after its answer': { deed: answer('200 OK'), said: 'the connection was closed', times: ATTEMPTS },
  'is silent': { deed: nothing, said: 'nothing came within 0.4 s', times: ATTEMPTS },
  'does not read': { deed: nothing, atOnce: (socket) => socket.pause(), said: 'nothing came within 0.4 s', times: ATTEMPTS },
  'is silent after its answer': {
    deed: (socket) => void socket.write('HTTP/1.1 200 OK\r\n\r\n'),
    said: 'nothing came within 0.4 s',
    times: ATTEMPTS,
  },
  'drips its answer': { deed: dripping('HTTP/1.1 200 OK\r\nx-'), said: 'nothing came within 0.4 s', times: ATTEMPTS },
  'drips its headers': { deed: dripping('HTTP/1.1 407 No\r\nx: '), said: 'nothing came within 0.4 s', times: ATTEMPTS },
  'wants to know who asks': {
    deed: answer('407 Proxy Authentication Required', 'proxy-authenticate: Basic realm="x"\r\n'),
    said: 'answered 407 "Proxy Authentication Required" when it was asked for site.test:443; put a user and password into https_proxy: http://USER:PASSWORD@HOST:PORT',
    times: 1,
  },
  'wants another way of saying who asks': {
    deed: answer('407 No', 'proxy-authenticate: Negotiate\r\nproxy-authenticate: NTLM\r\n'),
    said: 'it asks for "Negotiate, NTLM", and only Basic is supported',
    times: 1,
  },
  forbids: { deed: answer('403 Forbidden'), said: 'answered 403 "Forbidden" when it was asked for site.test:443', times: 1 },
  'forbids without a word': { deed: answer('403'), said: 'answered 403 when it was asked for site.test:443', times: 1 },
  'is busy': { deed: answer('503 Service Unavailable'), said: 'answered 503 "Service Unavailable"', times: ATTEMPTS },
  'has no way': { deed: answer('502 Bad Gateway'), said: 'answered 502 "Bad Gateway"', times: ATTEMPTS },
  'knows no CONNECT': { deed: answer('405 Method Not Allowed'), said: 'answered 405 "Method Not Allowed"', times: 1 },
  'sends elsewhere': { deed: answer('302 Found', 'location: http://login.test/\r\n'), said: 'answered 302 "Found"', times: 1 },
  'speaks of something else first': { deed: answer('101 Switching Protocols'), said: 'answered 101', times: 1 },
  'puts orders for terminals into its answer': { deed: answer('403 \u001b[2Jx'), said: 'answered 403 "\\u001b[2Jx"', times: 1 },
  'answers with a page': {
    deed: saying('HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<html>log in</html>'),
    said: 'it sent more than an answer',
    times: 1,
  },
  'speaks no HTTP': { deed: saying('220 mail.test ESMTP\r\n'), said: 'what it sent is no HTTP answer', times: 1 },
  'speaks no HTTP, unasked': {
    deed: nothing,
    atOnce: (socket) => void socket.write('SSH-2.0-OpenSSH_9.2\r\n'),
    said: 'what it sent is no HTTP answer',
    times: 1,
  },
  'sends headers without end': {
    deed: (socket) => void socket.write(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}`),
    said: 'what it sent is no HTTP answer',
    times: 1,
  },
  'speaks no TLS behind its answer': {
    deed: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    },
    said: 'it does not speak TLS there',
    times: 1,
  },
};

const ROWS = Object.entries(MISDEEDS);

describe('a proxy that', () => {
  test.each(ROWS)('%s ends the client by name', async (_name, { deed, atOnce, said, times }) => {
    const proxy = await startMisbehaving(deed, atOnce);
    cleanups.push(proxy.close);
    vi.stubEnv('https_proxy', proxy.url.replace('//', '//user:hunter2@').replace(said.includes('USER:') ? 'user:hunter2@' : '', ''));
    const source = openHttpSource({ metadataUrls: ['https://site.test/m'], targetUrls: ['https://site.test/t'], limits: LIMITS });
    cleanups.push(() => source.close());
    const begun = performance.now();
    const error = await refusalOf(() => source.metadata(ROOT, 100));
    expect(performance.now() - begun).toBeLessThan(ATTEMPTS * (LIMITS.connectMs + 500));
    expect(error.code).toBe('io');
    expect(error.message).toMatch(/^metadata\/2\.root\.json: /);
    expect(error.message).toContain(said);
    expect(error.message).toContain(`the proxy ${proxy.url}`);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hunter2');
    expect(proxy.connections()).toBe(times);
  });

  test.each(ROWS.filter(([, { said }]) => !said.startsWith('nothing came')))('%s ends the API by name', async (_name, row) => {
    const { deed, atOnce, said } = row;
    const proxy = await startMisbehaving(deed, atOnce);
    cleanups.push(proxy.close);
    vi.stubEnv('https_proxy', proxy.url);
    const { octokit } = openOctokit({ token: 'hunter2', apiUrl: 'https://site.test', log: LOG });
    const request = octokit.request('GET /users/a', { request: { retries: 0 } });
    await expect(request).rejects.toThrow(said.replace(/ when it was asked.*/, ''));
    await expect(request).rejects.toThrow(`the proxy ${proxy.url}`);
    expect(proxy.connections()).toBe(1);
  });

  test.concurrent.each([
    ['closes after the request', 4],
    ['is busy', 4],
    ['forbids', 1],
  ])('%s is asked by the API %i times in all', async (name, times) => {
    const { deed, said } = MISDEEDS[name] ?? { deed: nothing, said: '' };
    const proxy = await startMisbehaving(deed);
    vi.stubEnv('https_proxy', proxy.url);
    const github = await openGitHub({ owner: 'o', repo: 'r', token: 'hunter2', apiUrl: 'https://api.test', log: LOG });
    const error = await refusalOf(() => github.forge.tree(parseCommitSha('1'.repeat(40), 'test')));
    await proxy.close();
    expect(error.code).toBe('io');
    expect(error.message).toContain(`the proxy ${proxy.url}`);
    expect(error.message).toContain(said.replace('site.test', 'api.test'));
    expect(proxy.connections()).toBe(times);
  });
});

describe('a proxy that works', () => {
  const FILES = new Map([[ROOT, bytesOf('root')]]);
  let certificate: TestCertificate;
  let host: TestServer;
  beforeAll(async () => {
    certificate = certificateFor('DNS:site.test,DNS:other.test,IP:127.0.0.1');
    host = await serve(hosting(FILES), certificate);
  });
  afterAll(() => host.close());

  async function read(proxy: TestProxy, name: string, url: string): Promise<string> {
    vi.stubEnv('https_proxy', name);
    const source = openHttpSource({ metadataUrls: [url], targetUrls: [url], limits: LIMITS, ca: certificate.cert.toString() });
    cleanups.push(proxy.close, () => source.close());
    return source.metadata(ROOT, 100).then(
      (bytes) => Buffer.from(bytes ?? []).toString(),
      (error: unknown) => (error instanceof CountersignError ? `${error.code} ${error.message}` : Promise.reject(error as Error)),
    );
  }

  const portOf = ({ url }: TestServer): number => Number(new URL(url).port);

  test('gives a tunnel, and sees nothing of what goes through it', async () => {
    const proxy = await startProxy(portOf(host));
    expect(await read(proxy, proxy.url, 'https://site.test/metadata')).toBe('root');
    expect(proxy.asked).toEqual(['site.test:443']);
    expect(proxy.heads.join('')).not.toMatch(/2\.root\.json/);
  });

  test('is told user and password, and nobody else is', async () => {
    const proxy = await startProxy(portOf(host), { authorization: 'Basic dXNlcjpwQHNz' });
    const before = host.requests.length;
    expect(await read(proxy, proxy.url.replace('//', '//user:p%40ss@'), 'https://site.test/metadata')).toBe('root');
    expect(host.requests.slice(before).map(({ headers }) => headers['proxy-authorization'])).toEqual([undefined]);
  });

  test('that does not take them says so', async () => {
    const proxy = await startProxy(portOf(host), { authorization: 'Basic dXNlcjpwQHNz' });
    expect(await read(proxy, proxy.url.replace('//', '//user:wrong@'), 'https://site.test/metadata')).toBe(
      `io metadata/2.root.json: the proxy ${proxy.url} answered 407 "Who Are You" when it was asked for site.test:443; it does not take the user and password of https_proxy`,
    );
  });

  test('may speak TLS itself, where its certificate is trusted', async () => {
    const proxy = await startProxy(portOf(host), { tls: certificate });
    expect(await read(proxy, proxy.url, 'https://site.test/metadata')).toBe('root');
    expect(proxy.url).toMatch(/^https:/);
  });

  test('whose own certificate is not trusted is named, whatever the environment says', async () => {
    const other = certificateFor('IP:127.0.0.1');
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const proxy = await startProxy(portOf(host), { tls: other });
    expect(await read(proxy, proxy.url, 'https://site.test/metadata')).toBe(
      `certificate-refused metadata/2.root.json: no secure connection to the proxy ${proxy.url}: its certificate was issued by nobody that this machine trusts`,
    );
    expect(proxy.asked).toEqual([]);
  });

  test('a certificate for another host is refused behind it, whatever the environment says', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const proxy = await startProxy(portOf(host));
    expect(await read(proxy, proxy.url, 'https://third.test/metadata')).toBe(
      `certificate-refused metadata/2.root.json: no secure connection to https://third.test through the proxy ${proxy.url}: its certificate is for another name`,
    );
  });

  test('is asked for plain HTTP itself, since squid gives no tunnel to port 80', async () => {
    const plain = await serve(hosting(FILES));
    const proxy = await startProxy(portOf(plain), { authorization: 'Basic dTpw' });
    cleanups.push(() => plain.close());
    vi.stubEnv('http_proxy', proxy.url.replace('//', '//u:p@'));
    expect(await read(proxy, '', 'http://site.test/metadata')).toBe('root');
    expect(proxy.asked).toEqual(['http://site.test/metadata/2.root.json']);
    expect(plain.requests.map(({ headers }) => headers.host)).toEqual(['site.test']);
  });

  test('is named where it answers plain HTTP itself', async () => {
    const proxy = await startProxy(1, { authorization: 'Basic dTpw' });
    vi.stubEnv('http_proxy', proxy.url);
    expect(await read(proxy, '', 'http://site.test/metadata')).toMatch(
      /^io metadata\/2\.root\.json: expected the file from http:\/\/site\.test through the proxy http:\/\/127.*, got HTTP 407: the proxy wants a user and password/,
    );
  });
});
