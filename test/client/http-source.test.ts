// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { openHttpSource, type HttpSource, type HttpSourceOptions } from '../../src/client/http-source.ts';
import { bytesOf, codeOf } from './support.ts';
import { hosting, QUICK, serve, type Handler, type TestServer } from './http-server.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function server(handler: Handler): Promise<TestServer> {
  const started = await serve(handler);
  cleanups.push(() => started.close());
  return started;
}

function open(urls: string | readonly string[], options: Partial<HttpSourceOptions> = {}): HttpSource {
  const sites = typeof urls === 'string' ? [urls] : urls;
  const limits = { ...QUICK, ...options.limits };
  const source = openHttpSource({
    metadataUrls: sites.map((url) => `${url}/metadata`),
    targetUrls: sites.map((url) => `${url}/targets/`),
    ...options,
    limits,
  });
  cleanups.push(() => source.close());
  return source;
}

const ROOT = 'metadata/2.root.json';
const TIMESTAMP = 'metadata/timestamp.json';
const text = (bytes: Uint8Array | null): string | null => (bytes === null ? null : Buffer.from(bytes).toString());

async function readTarget(source: HttpSource, path: string, maxBytes = 1000, from = 0): Promise<string | null> {
  const stream = from === 0 ? await source.target(path, maxBytes) : await source.targetFrom?.(path, maxBytes, from);
  if (stream === null || stream === undefined) return null;
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const readMetadata = async (handler: Handler, path = TIMESTAMP, maxBytes = 100): Promise<string> => {
  const { url } = await server(handler);
  return codeOf(open(url).metadata(path, maxBytes));
};

/** Answers each request as the next of these says; the last one says it for all that follow. */
function inTurn(...handlers: Handler[]): Handler {
  let next = 0;
  return (request, response) => {
    const handler = handlers[Math.min(next++, handlers.length - 1)];
    handler?.(request, response);
  };
}
const status =
  (code: number, headers: Record<string, string> = {}): Handler =>
  (_, response) =>
    void response.writeHead(code, { 'content-length': '0', ...headers }).end();
const body =
  (content: string | Uint8Array, headers: Record<string, string> = {}): Handler =>
  (_, response) =>
    void response.writeHead(200, headers).end(content);
const broken: Handler = (request) => void request.socket.destroy();
/** Announces more than it sends, and ends the connection. */
const cutOff =
  (content: string, length: number): Handler =>
  (_, response) => {
    response.writeHead(200, { 'content-length': String(length) });
    response.write(content, () => response.destroy());
  };

describe('a host that works', () => {
  const files = new Map([
    [ROOT, bytesOf('root')],
    ['metadata/1.a%2Fb.json', bytesOf('a role with a slash')],
    ['targets/v1/ab.app', bytesOf('application')],
    ['targets/a b+c/%41é.x', bytesOf('odd')],
  ]);

  test('gives what it has and null for what it has not', async () => {
    const { url, asked } = await server(hosting(files));
    const source = open(url);
    expect(text(await source.metadata(ROOT, 4))).toBe('root');
    expect(await source.metadata('metadata/3.root.json', 4)).toBeNull();
    expect(await source.metadata(TIMESTAMP, 4)).toBeNull();
    expect(await readTarget(source, 'targets/v1/ab.app')).toBe('application');
    expect(await readTarget(source, 'targets/v1/none')).toBeNull();
    expect(await source.list()).toBeNull();
    expect(asked).toEqual([
      '/metadata/2.root.json',
      '/metadata/3.root.json',
      '/metadata/timestamp.json',
      '/targets/v1/ab.app',
      '/targets/v1/none',
    ]);
  });

  test('is asked for encoded names as they are and for target paths encoded segment by segment', async () => {
    const { url, asked } = await server(hosting(files));
    const source = open(url);
    expect(text(await source.metadata('metadata/1.a%2Fb.json', 100))).toBe('a role with a slash');
    expect(await readTarget(source, 'targets/a b+c/%41é.x')).toBe('odd');
    expect(asked).toEqual(['/metadata/1.a%2Fb.json', '/targets/a%20b%2Bc/%2541%C3%A9.x']);
  });

  test('is asked for plain bytes, and is told no secret', async () => {
    const { url, requests } = await server(hosting(files));
    await open(url).metadata(ROOT, 4);
    const headers = requests[0]?.headers ?? {};
    expect(headers['accept-encoding']).toBe('identity');
    expect(Object.keys(headers).sort()).toEqual(['accept', 'accept-encoding', 'connection', 'host', 'user-agent']);
  });

  test('may have flat names and any base path', async () => {
    const flat = new Map([
      ['o/r/releases/download/tuf/timestamp.json', bytesOf('flat')],
      ['o/r/releases/download/v1/ab.app', bytesOf('application')],
    ]);
    const { url } = await server(hosting(flat));
    const base = `${url}/o/r/releases/download`;
    const source = open(url, { metadataUrls: [`${base}/tuf`], targetUrls: [base] });
    expect(text(await source.metadata(TIMESTAMP, 10))).toBe('flat');
    expect(await readTarget(source, 'targets/v1/ab.app')).toBe('application');
  });

  test('is given a path that would leave its base URL in no case', async () => {
    const { url, asked } = await server(body('leaked'));
    const source = open(url);
    for (const path of ['targets/../x', 'targets/a/../../x', 'targets/.', 'targets/', 'metadata/1.root.json', 'targets/\ud800']) {
      expect(await codeOf(source.target(path, 100)), path).toBe('file-name');
    }
    for (const path of ['metadata/../x', 'metadata/..', 'metadata/%2e%2e', 'metadata/a/b', 'metadata/', 'metadata/a?b', 'targets/x']) {
      expect(await codeOf(source.metadata(path, 100)), path).toBe('file-name');
    }
    expect(asked).toEqual([]);
    expect(await readTarget(source, 'targets/%2e%2e/..x')).toBe('leaked');
    expect(asked).toEqual(['/targets/%252e%252e/..x']);
  });

  test.each([
    ['ftp://127.0.0.1/', 'usage'],
    ['file:///etc', 'usage'],
    ['https://user:secret@127.0.0.1/', 'usage'],
    ['https://127.0.0.1/?token=secret', 'usage'],
    ['https://127.0.0.1/#x', 'usage'],
    ['nowhere', 'usage'],
    ['https://127.0.0.1/a/b', 'none'],
  ])('has a base URL like %s: %s', async (url, code) => {
    const opening = async () => openHttpSource({ metadataUrls: [url], targetUrls: ['https://127.0.0.1/'] });
    expect(await codeOf(opening())).toBe(code);
    await opening().catch((error: unknown) => expect(String(error)).not.toContain('secret'));
  });
});

describe('statuses', () => {
  test.each([
    [404, ROOT, 'absent'],
    [403, ROOT, 'absent'],
    [410, ROOT, 'absent'],
    [401, ROOT, 'io'],
    [404, TIMESTAMP, 'absent'],
    [403, TIMESTAMP, 'io'],
    [410, TIMESTAMP, 'io'],
    [204, TIMESTAMP, 'io'],
    [206, TIMESTAMP, 'io'],
    [304, TIMESTAMP, 'io'],
    [400, TIMESTAMP, 'io'],
  ])('%s for %s: %s, asked once', async (code, path, expected) => {
    const { url, asked } = await server(status(code));
    const source = open(url);
    const got = await codeOf(source.metadata(path, 100));
    expect(got === 'none' ? 'absent' : got).toBe(expected);
    if (got === 'none') expect(await source.metadata(path, 100)).toBeNull();
    expect(asked).toHaveLength(got === 'none' ? 2 : 1);
  });

  test.each([403, 410])('%s for a target is no absence', async (code) => {
    const { url } = await server(status(code));
    expect(await codeOf(open(url).target('targets/x', 100))).toBe('io');
  });

  test.each([408, 425, 429, 500, 502, 503, 504])('%s is asked again', async (code) => {
    const { url, asked } = await server(inTurn(status(code), status(code), body('ok')));
    expect(text(await open(url).metadata(TIMESTAMP, 100))).toBe('ok');
    expect(asked).toHaveLength(3);
  });

  test('a host that stays busy is given up on', async () => {
    const { url, asked } = await server(status(503));
    expect(await codeOf(open(url).metadata(TIMESTAMP, 100))).toBe('io');
    expect(asked).toHaveLength(3);
  });

  test.each([
    ['1', 900, 2],
    [() => new Date(Date.now() + 2500).toUTCString(), 400, 1],
    ['soon', 0, 2],
    ['86400', 0, 1],
  ])('Retry-After %s is waited for, within bounds', async (header, atLeastMs, asks) => {
    const value = typeof header === 'string' ? header : header();
    const { url, asked } = await server(inTurn(status(429, { 'retry-after': value }), body('ok')));
    const start = performance.now();
    await codeOf(open(url, { limits: { maxWaitMs: 1500 } }).metadata(TIMESTAMP, 100));
    if (asks === 2) expect(performance.now() - start).toBeGreaterThanOrEqual(atLeastMs);
    expect(asked).toHaveLength(asks);
  });

  test.each([
    [1000, 'timestamp'],
    [0, null],
  ])('a timestamp that is being replaced is waited for %s ms', async (timestampGapMs, expected) => {
    const { url } = await server(inTurn(status(404), status(404), body('timestamp')));
    expect(text(await open(url, { limits: { timestampGapMs } }).metadata(TIMESTAMP, 100))).toBe(expected);
  });

  test('no other file is waited for', async () => {
    const { url, asked } = await server(status(404));
    expect(await open(url, { limits: { timestampGapMs: 1000 } }).metadata(ROOT, 100)).toBeNull();
    expect(asked).toHaveLength(1);
  });
});

describe('bodies', () => {
  test.each<[string, Handler, string]>([
    ['of the longest length', body('x'.repeat(100)), 'none'],
    ['that says it is longer', body('x'.repeat(101)), 'too-large'],
    ['that is longer and does not say it', body('x'.repeat(101), { 'transfer-encoding': 'chunked' }), 'too-large'],
    ['without end', (_, response) => endless(response), 'too-large'],
    ['in gzip', body(gzipSync('x'), { 'content-encoding': 'gzip' }), 'io'],
    ['in an encoding that nobody knows', body('x', { 'content-encoding': 'zz' }), 'io'],
    ['of an explicit identity', body('x', { 'content-encoding': 'identity' }), 'none'],
    ['that is cut off', cutOff('x', 10), 'io'],
    ['that is cut off in chunks', (_, response) => void response.writeHead(200).write('x', () => response.destroy()), 'io'],
    ['that stops', (_, response) => void response.writeHead(200, { 'content-length': '9' }).write('x'), 'stalled'],
    ['that never begins', () => undefined, 'stalled'],
    ['that drips', (_, response) => drip(response), 'timed-out'],
  ])('%s', async (_, handler, code) => {
    expect(await readMetadata(handler)).toBe(code);
  });

  function endless(response: ServerResponse): void {
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536))) continue;
    };
    response.on('drain', more);
    more();
  }
  function drip(response: ServerResponse): void {
    const timer = setInterval(() => response.write('x'), 50);
    response.on('close', () => clearInterval(timer));
  }

  test.each<[string, Handler, number]>([
    ['a broken connection', broken, 3],
    ['a body that is cut off', cutOff('x', 10), 3],
    ['a stall', () => undefined, 3],
    ['a body that is too long', body('x'.repeat(101)), 1],
    ['an encoded body', body('x', { 'content-encoding': 'gzip' }), 1],
    ['a body that drips', (_, response) => drip(response), 1],
  ])('%s is tried so often: %#', async (_, handler, times) => {
    const { url, asked } = await server(handler);
    expect(await codeOf(open(url).metadata(TIMESTAMP, 100))).not.toBe('none');
    expect(asked).toHaveLength(times);
    const again = await server(inTurn(handler, body('ok')));
    expect((await codeOf(open(again.url).metadata(TIMESTAMP, 100))) === 'none').toBe(times > 1);
  });

  test('a body that is too long is not read to its end', async () => {
    const { url, aborted } = await server((_, response) => endless(response));
    await codeOf(open(url).metadata(TIMESTAMP, 100));
    await expect.poll(() => aborted).toHaveLength(1);
  });

  test('many come over few connections', async () => {
    const { url, requests } = await server(hosting(new Map([[ROOT, bytesOf('root')]])));
    const source = open(url);
    for (let version = 1; version < 20; version++) await source.metadata(`metadata/${version}.root.json`, 10);
    expect(new Set(requests.map(({ socket }) => socket)).size).toBeLessThan(4);
  });
});

describe('redirects', () => {
  const to = (location: string): Handler => status(302, { location });

  test.each([301, 302, 303, 307, 308])('%s is followed, to another host too', async (code) => {
    const other = await server(body('there'));
    const { url } = await server(status(code, { location: `${other.url}/signed?key=secret` }));
    expect(text(await open(url).metadata(TIMESTAMP, 100))).toBe('there');
    expect(other.asked).toEqual(['/signed?key=secret']);
  });

  test('a relative one is read from where it is met', async () => {
    const { url, asked } = await server(inTurn(to('../b/c'), body('there')));
    expect(text(await open(url).metadata(TIMESTAMP, 100))).toBe('there');
    expect(asked).toEqual(['/metadata/timestamp.json', '/b/c']);
  });

  test.each([
    ['a loop', '/metadata/timestamp.json', 11],
    ['a file', 'file:///etc/passwd', 1],
    ['data', 'data:text/plain,x', 1],
    ['credentials', 'http://user:secret@127.0.0.1/', 1],
    ['nonsense', 'http://[', 1],
  ])('to %s are refused', async (_, location, asks) => {
    const { url, asked } = await server(to(location));
    const reading = open(url).metadata(TIMESTAMP, 100);
    expect(await codeOf(reading)).toBe('redirect-refused');
    expect(asked).toHaveLength(asks);
    await reading.catch((error: unknown) => expect(String(error)).not.toContain('secret'));
  });

  test('ten are followed', async () => {
    const hops = Array.from({ length: 10 }, (_, i) => to(`/hop-${i}`));
    const { url } = await server(inTurn(...hops, body('there')));
    expect(text(await open(url).metadata(TIMESTAMP, 100))).toBe('there');
  });

  test('without a place are refused', async () => {
    expect(await readMetadata(status(302))).toBe('redirect-refused');
  });

  test('a signature in a URL is in no message', async () => {
    const other = await server(status(400));
    const { url } = await server(to(`${other.url}/x?signature=secret`));
    const error = await open(url)
      .metadata(TIMESTAMP, 100)
      .catch((caught: unknown) => String(caught));
    expect(error).toContain(other.url);
    expect(error).not.toContain('secret');
  });
});

describe('https', () => {
  async function certificate(): Promise<{ key: Buffer; cert: Buffer }> {
    const directory = await mkdtemp(join(tmpdir(), 'countersign-tls-'));
    cleanups.push(() => rm(directory, { recursive: true }));
    const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync('openssl', ['req', '-x509', ...curve, '-keyout', key, '-out', cert, '-days', '2', ...names], { stdio: 'ignore' });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  }
  async function tlsServer(handler: Handler) {
    const tls = await certificate();
    const started = await serve(handler, tls);
    cleanups.push(() => started.close());
    return { ...started, ca: tls.cert.toString() };
  }

  test('is read where its certificate is trusted, and only there', async () => {
    const { url, ca, asked } = await tlsServer(body('secure'));
    expect(text(await open(url, { ca }).metadata(TIMESTAMP, 100))).toBe('secure');
    expect(asked).toHaveLength(1);
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      expect(await codeOf(open(url).metadata(TIMESTAMP, 100))).toBe('certificate-refused');
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
    expect(asked).toHaveLength(1);
  });

  test('is never left for http, while another https host is fine', async () => {
    const plain = await server(body('plain'));
    const { url, ca } = await tlsServer((request, response) => {
      if (request.url === '/there') body('secure')(request, response);
      else status(302, { location: request.url === '/metadata/2.root.json' ? '/there' : `${plain.url}/x` })(request, response);
    });
    const source = open(url, { ca });
    expect(await codeOf(source.metadata(TIMESTAMP, 100))).toBe('redirect-refused');
    expect(await codeOf(source.target('targets/x', 100))).toBe('redirect-refused');
    expect(plain.asked).toEqual([]);
    expect(text(await source.metadata(ROOT, 100))).toBe('secure');
  });
});

describe('mirrors', () => {
  const good = new Map([
    [TIMESTAMP, bytesOf('new')],
    [ROOT, bytesOf('root')],
    ['targets/x', bytesOf('content')],
  ]);
  async function deadUrl(): Promise<string> {
    const listener = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => listener.once('listening', resolve));
    const { port } = listener.address() as AddressInfo;
    await new Promise((resolve) => listener.close(resolve));
    return `http://127.0.0.1:${port}`;
  }

  test('the first is asked alone while it works', async () => {
    const [first, second] = [await server(hosting(good)), await server(hosting(good))];
    const source = open([first.url, second.url]);
    expect(text(await source.metadata(TIMESTAMP, 10))).toBe('new');
    expect(await readTarget(source, 'targets/x')).toBe('content');
    expect(second.asked).toEqual([]);
  });

  test('a dead one is passed by, and is not asked again while others answer', async () => {
    const second = await server(hosting(good));
    const first = await server(inTurn(broken));
    const source = open([first.url, await deadUrl(), second.url]);
    expect(text(await source.metadata(TIMESTAMP, 10))).toBe('new');
    expect(first.asked).toHaveLength(3);
    expect(await source.metadata('metadata/9.root.json', 10)).toBeNull();
    expect(await readTarget(source, 'targets/x')).toBe('content');
    expect(first.asked).toHaveLength(6);
  });

  test('what one lacks another may have', async () => {
    const [first, second] = [await server(status(404)), await server(hosting(good))];
    const source = open([first.url, second.url]);
    expect(text(await source.metadata(ROOT, 10))).toBe('root');
    expect(await readTarget(source, 'targets/x')).toBe('content');
    expect(await source.metadata('metadata/3.root.json', 10)).toBeNull();
  });

  test.each<[string, Handler]>([
    ['refuses', status(403)],
    ['redirects badly', status(302, { location: 'file:///x' })],
    ['sends too much', body('x'.repeat(1000))],
    ['compresses', body('x', { 'content-encoding': 'gzip' })],
    ['drips', (_, response) => void setInterval(() => response.write('x'), 50).unref()],
  ])('one that %s is passed by', async (_, handler) => {
    const [first, second] = [await server(handler), await server(hosting(good))];
    expect(text(await open([first.url, second.url]).metadata(TIMESTAMP, 10))).toBe('new');
  });

  test('the error of the preferred one is told when all fail', async () => {
    const [first, second] = [await server(body('x'.repeat(1000))), await server(status(400))];
    expect(await codeOf(open([first.url, second.url]).metadata(TIMESTAMP, 10))).toBe('too-large');
  });

  test('each can be asked first, so that one that serves old files can be tried against', async () => {
    const old = new Map(good).set(TIMESTAMP, bytesOf('old'));
    const [first, second] = [await server(hosting(old)), await server(hosting(good))];
    const source = open([first.url, second.url]);
    const answers = await Promise.all(source.mirrors.map(async (mirror) => text(await mirror.metadata(TIMESTAMP, 10))));
    expect(answers).toEqual(['old', 'new', 'old', 'new']);
  });

  test('each can be asked alone for metadata, so that none answers for what another lacks', async () => {
    const [first, second] = [await server(status(404)), await server(hosting(good))];
    const source = open([first.url, second.url]);
    const roots = await Promise.all(source.mirrors.map(async (mirror) => text(await mirror.metadata(ROOT, 10))));
    expect(roots).toEqual(['root', 'root', null, 'root']);
    expect(open([first.url]).mirrors).toHaveLength(1);
  });
});

describe('targets', () => {
  const content = Array.from({ length: 5000 }, (_, i) => String(i % 10)).join('');
  const files = new Map([['targets/x', bytesOf(content)]]);
  /** Serves a range, but no more than so many bytes of it before the connection ends. */
  const breaking =
    (bytes: number, respectsRange = true): Handler =>
    (request, response) => {
      const from = respectsRange ? Number(/^bytes=([0-9]+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
      const headers = { 'content-length': String(content.length - from), 'content-range': `bytes ${from}-4999/5000` };
      response.writeHead(from === 0 ? 200 : 206, headers);
      response.write(content.slice(from, from + bytes), () => setTimeout(() => response.destroy(), 20));
    };

  test('are read from a byte on', async () => {
    const { url, requests } = await server(hosting(files));
    expect(await readTarget(open(url), 'targets/x', 5000, 4990)).toBe('0123456789');
    expect(requests[0]?.headers.range).toBe('bytes=4990-');
  });

  test('are read from a byte on where ranges are not known', async () => {
    const { url } = await server(body(content));
    expect(await readTarget(open(url), 'targets/x', 5000, 4990)).toBe('0123456789');
  });

  test('that end before that byte are of another length', async () => {
    const { url } = await server(hosting(files));
    expect(await codeOf(open(url).targetFrom?.('targets/x', 9000, 5000) ?? Promise.resolve())).toBe('length-mismatch');
  });

  test.each([
    ['another range', 'bytes 0-9/5000'],
    ['no range', ''],
  ])('with %s than was asked for, twice, are refused', async (_, range) => {
    const { url } = await server((__, response) => void response.writeHead(206, { 'content-range': range }).end('0123456789'));
    expect(await codeOf(open(url).targetFrom?.('targets/x', 5000, 4990) ?? Promise.resolve())).toBe('io');
  });

  test.each<[string, number, Record<string, string>]>([
    ['a part that begins elsewhere', 206, { 'content-range': 'bytes 0-4999/5000' }],
    ['a part that does not say where it begins', 206, {}],
    ['that this is no request', 400, {}],
  ])('are read from a byte on where a range is answered with %s', async (_, code, headers) => {
    const misled: Handler = (request, response) =>
      void response
        .writeHead(request.headers.range === undefined ? 200 : code, request.headers.range === undefined ? {} : headers)
        .end(content);
    const { url, requests } = await server(misled);
    expect(await readTarget(open(url), 'targets/x', 5000, 4990)).toBe('0123456789');
    expect(requests.map(({ headers: sent }) => sent.range)).toEqual(['bytes=4990-', undefined]);
  });

  test('that no request gets are asked for as a whole once', async () => {
    const { url, requests } = await server(status(400));
    expect(await codeOf(open(url).targetFrom?.('targets/x', 5000, 4990) ?? Promise.resolve())).toBe('io');
    expect(requests.map(({ headers }) => headers.range)).toEqual(['bytes=4990-', undefined]);
  });

  test.each([
    ['ranges', true],
    ['no ranges', false],
  ])('are gone on with where the connection broke, with %s', async (_, ranges) => {
    const { url, requests } = await server(inTurn(breaking(2000, ranges), breaking(3000, ranges), ranges ? hosting(files) : body(content)));
    expect(await readTarget(open(url), 'targets/x', 5000)).toBe(content);
    expect(requests.map(({ headers }) => headers.range).slice(0, 2)).toEqual([undefined, 'bytes=2000-']);
  });

  test('are gone on with at another mirror', async () => {
    const [first, second] = [await server(inTurn(breaking(2000), broken)), await server(hosting(files))];
    expect(await readTarget(open([first.url, second.url]), 'targets/x', 5000)).toBe(content);
    expect(second.requests.map(({ headers }) => headers.range)).toEqual(['bytes=2000-']);
  });

  test('that break again and again are given up on', async () => {
    const { url, asked } = await server(breaking(100));
    expect(await codeOf(readTarget(open(url), 'targets/x', 5000))).toBe('io');
    expect(asked).toHaveLength(3);
  });

  test('that say that they are longer are refused unread', async () => {
    const { url } = await server(hosting(files));
    expect(await codeOf(open(url).target('targets/x', 4999))).toBe('too-large');
  });

  test('of a slow reader are not stalled', async () => {
    const { url } = await server(hosting(files));
    const stream = await open(url).target('targets/x', 5000);
    let length = 0;
    for await (const chunk of stream ?? []) {
      length += chunk.length;
      await sleep(300);
    }
    expect(length).toBe(5000);
  });

  test('that nobody reads on end their connection', async () => {
    const { url, aborted } = await server((_, response) => void response.writeHead(200).write('x'));
    for await (const _ of (await open(url).target('targets/x', 5000)) ?? []) break;
    await expect.poll(() => aborted).toEqual(['/targets/x']);
  });
});
