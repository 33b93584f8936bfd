// SPDX-License-Identifier: Apache-2.0
// Through a real squid, as Debian has it. The test installs nothing: without squid it is skipped, aloud.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openHttpSource } from '../../src/client/http-source.ts';
import { openOctokit } from '../../src/forge/github/octokit.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { hosting, serve, type TestServer } from '../client/http-server.ts';
import { bytesOf } from '../client/support.ts';
import { certificateFor, type TestCertificate } from './certificates.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const SQUID = ['/usr/sbin/squid', '/usr/local/sbin/squid'].find((path) => spawnSync(path, ['-v']).status === 0) ?? '';
if (SQUID === '') process.stderr.write('SKIPPED: test/http/squid.test.ts, since there is no squid (Debian: apt-get install squid)\n');

const FILES = new Map([['metadata/2.root.json', bytesOf('root')]]);
const LOG = { info: () => undefined, warn: () => undefined, progress: () => undefined };

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.skipIf(SQUID === '')('squid', () => {
  let directory = '';
  let squid: ChildProcess;
  let proxy = '';
  let certificate: TestCertificate;
  let [plain, secure]: (TestServer | undefined)[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'countersign-squid-'));
    await chmod(directory, 0o777);
    certificate = certificateFor('IP:127.0.0.1');
    plain = await serve(hosting(FILES));
    secure = await serve((request, response) => {
      if (request.url === '/meta') response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":1}');
      else hosting(FILES)(request, response);
    }, certificate);
    const port = await freePort();
    proxy = `127.0.0.1:${String(port)}`;
    const [open, closed] = [new URL(secure.url).port, new URL(plain.url).port];
    // As Debian's own configuration: tunnels to some ports alone. A password is asked for to reach one host.
    const config = [
      `http_port 127.0.0.1:${String(port)}`,
      `pid_filename ${directory}/pid`,
      `access_log stdio:${directory}/access.log`,
      `cache_log ${directory}/cache.log`,
      'cache deny all',
      'shutdown_lifetime 0 seconds',
      'connect_timeout 2 seconds',
      `auth_param basic program /usr/lib/squid/basic_ncsa_auth ${directory}/passwords`,
      'acl known proxy_auth REQUIRED',
      'acl private dstdomain private.test',
      'acl CONNECT method CONNECT',
      `acl tunnels port ${open} 1`,
      'http_access deny CONNECT !tunnels',
      'http_access deny private !known',
      'http_access allow all',
      `acl unused port ${closed}`,
    ];
    await writeFile(join(directory, 'squid.conf'), `${config.join('\n')}\n`);
    const hash = spawnSync('openssl', ['passwd', '-apr1', 'secret'], { encoding: 'utf8' }).stdout.trim();
    await writeFile(join(directory, 'passwords'), `user:${hash}\n`);
    squid = spawn(SQUID, ['-N', '-f', join(directory, 'squid.conf')], { stdio: 'ignore' });
    for (let tries = 0; tries < 100; tries++) {
      if ((await readFile(join(directory, 'cache.log'), 'utf8').catch(() => '')).includes('Accepting HTTP')) return;
      await sleep(100);
    }
    throw new Error(await readFile(join(directory, 'cache.log'), 'utf8'));
  });
  afterAll(async () => {
    squid.kill('SIGTERM');
    if (squid.exitCode === null) await once(squid, 'exit');
    await plain?.close();
    await secure?.close();
    await rm(directory, { recursive: true });
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  async function read(base: string, name: string): Promise<string> {
    vi.stubEnv('http_proxy', name);
    vi.stubEnv('https_proxy', name);
    const source = openHttpSource({
      metadataUrls: [`${base}/metadata`],
      targetUrls: [base],
      limits: { maxAttempts: 2, firstWaitMs: 4, connectMs: 8_000 },
      ca: certificate.cert.toString(),
    });
    try {
      return Buffer.from((await source.metadata('metadata/2.root.json', 100)) ?? []).toString();
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      return `${error.code} ${error.message}`;
    } finally {
      await source.close();
    }
  }

  const seen = async (): Promise<string> => readFile(join(directory, 'access.log'), 'utf8');

  test('gives a tunnel to https', async () => {
    expect(await read(secure?.url ?? '', proxy)).toBe('root');
    // Which squid writes down once the tunnel has ended.
    await vi.waitFor(async () => expect(await seen()).toMatch(/CONNECT 127\.0\.0\.1:\d+/), 5_000);
  });

  test('is asked for plain http, to whose port it gives no tunnel', async () => {
    expect(await read(plain?.url ?? '', `http://${proxy}`)).toBe('root');
    expect(await seen()).toContain(`GET ${plain?.url ?? ''}/metadata/2.root.json`);
  });

  test('that gives no tunnel to a port is named with what it said', async () => {
    const closed = (plain?.url ?? '').replace('http:', 'https:');
    expect(await read(closed, proxy)).toBe(
      `io metadata/2.root.json: the proxy http://${proxy} answered 403 "Forbidden" when it was asked for ${new URL(closed).host}`,
    );
  });

  test('that wants a password is named, and takes the right one', async () => {
    expect(await read('http://private.test', proxy)).toMatch(/got HTTP 407: the proxy wants a user and password/);
    expect(await read('https://private.test:1', proxy)).toMatch(
      /answered 407 "Proxy Authentication Required" when it was asked for private\.test:1; put a user/,
    );
    expect(await read('https://private.test:1', `user:wrong@${proxy}`)).toMatch(/it does not take the user and password of https_proxy/);
    // The name has no address: squid says so once it knows who asks.
    expect(await read('https://private.test:1', `user:secret@${proxy}`)).toMatch(/answered 50[03] "/);
  });

  test('that finds nobody there is tried again, and named', async () => {
    const before = (await seen()).match(/CONNECT 127\.0\.0\.1:1 /g)?.length ?? 0;
    expect(await read('https://127.0.0.1:1', proxy)).toMatch(
      /the proxy http:\/\/127.* answered 503 "Service Unavailable" when it was asked for 127\.0\.0\.1:1$/,
    );
    await sleep(200);
    expect(((await seen()).match(/CONNECT 127\.0\.0\.1:1 /g)?.length ?? 0) - before).toBe(2);
  });

  test('is not asked where no_proxy says so', async () => {
    vi.stubEnv('no_proxy', '10.0.0.0/8,127.0.0.0/8');
    const before = await seen();
    expect(await read(plain?.url ?? '', 'http://127.0.0.1:9')).toBe('root');
    expect(await seen()).toBe(before);
  });

  test('carries the API', async () => {
    // The API on this machine is always asked directly, so that the name is one of another.
    vi.stubEnv('https_proxy', proxy);
    const { octokit } = openOctokit({ token: 'hunter2', apiUrl: 'https://api.github.test:1', log: LOG });
    const asked = octokit.request('GET /meta', { request: { retries: 0 } });
    await expect(asked).rejects.toThrow(/the proxy http:\/\/127.* answered 50[03] ".*" when it was asked for api\.github\.test:1$/);
    expect(await seen()).toContain('CONNECT api.github.test:1');
  });
});
