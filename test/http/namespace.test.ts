// SPDX-License-Identifier: Apache-2.0
// In a network of its own: one without IPv6, hosts whose handshakes the system itself delays, and routes that lead nowhere. Needs root and iproute2; where
// either is missing the test is skipped, aloud.
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { bundleEntry } from './bundle.ts';
import { certificateFor, type TestCertificate } from './certificates.ts';
import type { Reached } from './reach-entry.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const execute = promisify(execFile);
const NAME = `countersign-${String(process.pid)}`;
const ETC = `/etc/netns/${NAME}`;

/** What is missing to make a network; the empty text where nothing is. */
function lacking(): string {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it needs root on Linux';
  if (spawnSync('ip', ['-V']).status !== 0) return 'it needs iproute2';
  const made = spawnSync('ip', ['netns', 'add', NAME], { encoding: 'utf8' });
  return made.status === 0 ? '' : `ip netns add: ${made.stderr.trim()}`;
}

const LACKING = lacking();
if (LACKING !== '') process.stderr.write(`SKIPPED: test/http/namespace.test.ts, since ${LACKING}\n`);

/**
 * A host within the network, as a process: it listens with a queue of one, fills that, and takes nothing for `delayMs`. Until then the system drops what
 * begins a connection, which the client's system repeats: a real handshake that takes its time. It starts the process that asks, whose output is its own.
 */
const HOST = `
import { createServer } from 'node:https';
import { connect } from 'node:net';
import { readFileSync } from 'node:fs';
const [address, delayMs, key, cert, script, ...args] = process.argv.slice(2);
const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
  response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
});
server.listen({ host: address, port: 443, backlog: 1 }, async () => {
  const { spawn } = await import('node:child_process');
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
  child.on('exit', (code) => process.exit(code ?? 1));
  if (Number(delayMs) === 0) return;
  const fillers = Array.from({ length: 2 }, () => connect(443, address).on('error', () => undefined));
  const until = Date.now() + Number(delayMs);
  // Nothing is accepted while this process does nothing else.
  setImmediate(() => { while (Date.now() < until); fillers.forEach((one) => one.destroy()); });
});
`;

describe.skipIf(LACKING !== '')('in a network', () => {
  let entry: { readonly directory: string; readonly script: string };
  let certificate: TestCertificate;
  const ip = (...args: string[]) => execute('ip', ['-n', NAME, ...args]);

  beforeAll(async () => {
    entry = await bundleEntry('reach-entry.ts');
    certificate = certificateFor('DNS:site.test');
    await writeFile(`${entry.directory}/host.mjs`, HOST);
    await ip('link', 'set', 'lo', 'up');
    await ip('address', 'add', '192.0.2.1/32', 'dev', 'lo');
    await mkdir(ETC, { recursive: true });
  });
  afterAll(async () => {
    await execute('ip', ['netns', 'delete', NAME]);
    await rm(ETC, { recursive: true });
    for (const directory of [entry.directory, certificate.directory]) await rm(directory, { recursive: true });
  });

  /** Asks `site.test`, which has these addresses; the first of them is that of the host. */
  async function ask(addresses: readonly string[], delayMs: number, connectMs = 15_000): Promise<Reached> {
    await writeFile(`${ETC}/hosts`, addresses.map((address) => `${address} site.test\n`).join(''));
    const host = [`${entry.directory}/host.mjs`, addresses[0] ?? '', String(delayMs)];
    const files = [`${certificate.directory}/key.pem`, certificate.file];
    const asked = [entry.script, 'https://site.test', String(connectMs)];
    const env = { PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: certificate.file };
    const { stdout } = await execute('ip', ['netns', 'exec', NAME, process.execPath, ...host, ...files, ...asked], { env });
    return JSON.parse(stdout) as Reached;
  }

  const REACHED = { client: 'done', api: 'done' };

  test('a host with addresses of both families is reached where only IPv4 is', async () => {
    await execute('ip', ['netns', 'exec', NAME, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6']);
    expect(await ask(['192.0.2.1', '2001:db8::1', '2001:db8::2'], 0)).toMatchObject(REACHED);
  });

  test('a host whose handshake takes more than a second is reached where only IPv4 is', async () => {
    const reached = await ask(['192.0.2.1', '2001:db8::1'], 1_500);
    expect(reached).toMatchObject(REACHED);
    // Or the system did not delay it, and nothing was shown.
    expect(reached.clientMs).toBeGreaterThan(1_000);
  });

  test('addresses without a route hold nothing up', async () => {
    expect(await ask(['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1'], 0)).toMatchObject(REACHED);
  });

  test('addresses that swallow what is sent hold nothing up', async () => {
    await ip('link', 'add', 'away', 'type', 'veth', 'peer', 'name', 'nobody');
    await ip('link', 'set', 'away', 'up');
    await ip('link', 'set', 'nobody', 'up');
    await ip('route', 'add', '198.51.100.0/24', 'dev', 'away', 'src', '192.0.2.1');
    await ip('neighbour', 'add', '198.51.100.9', 'lladdr', '02:00:00:00:00:01', 'dev', 'away');
    expect(await ask(['192.0.2.1', '198.51.100.9'], 0)).toMatchObject(REACHED);
    expect(await ask(['192.0.2.1', '198.51.100.9'], 1_500)).toMatchObject(REACHED);
  });

  test('a host that can not be reached at all is told in words', async () => {
    await writeFile(`${ETC}/hosts`, '198.51.100.9 gone.test\n203.0.113.1 nowhere.test\n');
    const asked = async (name: string): Promise<unknown> => {
      const args = [process.execPath, entry.script, `https://${name}`, '700', 'client'];
      const { stdout } = await execute('ip', ['netns', 'exec', NAME, ...args], { env: { PATH: process.env['PATH'] } });
      return (JSON.parse(stdout) as { client: unknown }).client;
    };
    expect(await asked('nowhere.test')).toBe(
      'io metadata/2.root.json: https://nowhere.test can not be reached: there is no way to its address from here',
    );
    expect(await asked('gone.test')).toBe('io metadata/2.root.json: https://gone.test can not be reached: nothing came within 0.7 s');
  });
});
