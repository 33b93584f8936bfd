// SPDX-License-Identifier: Apache-2.0
// Hosts of several addresses, of which some are far away or lead nowhere: what can be reached in time is reached, by the client and by the API.
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { serve, type TestServer } from '../client/http-server.ts';
import { bundleEntry } from './bundle.ts';
import { certificateFor, type TestCertificate } from './certificates.ts';
import type { Reached } from './reach-entry.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const PRELOAD = fileURLToPath(new URL('addresses.mjs', import.meta.url));
const execute = promisify(execFile);
let entry: { readonly directory: string; readonly script: string };
let certificate: TestCertificate;
let host: TestServer;

beforeAll(async () => {
  entry = await bundleEntry('reach-entry.ts');
  certificate = certificateFor('DNS:slow.test');
  // Both take it for what is not there.
  host = await serve((_request, response) => response.writeHead(404, { 'content-type': 'application/json' }).end('{}'), certificate);
});
afterAll(async () => {
  await host.close();
  for (const directory of [entry.directory, certificate.directory]) await rm(directory, { recursive: true });
});

type Deed = number | 'silent';
const FOUR = ['192.0.2.1', '192.0.2.2', '192.0.2.3'];
const SIX = ['2001:db8::1', '2001:db8::2', '2001:db8::3'];
const [NO_ROUTE, REFUSED] = [-101, -111];

async function ask(four: readonly Deed[], six: readonly Deed[], first: 4 | 6, connectMs = 15_000): Promise<Reached> {
  const list = (family: 4 | 6, deeds: readonly Deed[]) =>
    deeds.map((does, index) => ({ address: (family === 4 ? FOUR : SIX)[index], family, does }));
  const all = first === 4 ? [...list(4, four), ...list(6, six)] : [...list(6, six), ...list(4, four)];
  const env = {
    PATH: process.env['PATH'],
    ADDRESSES: JSON.stringify({ 'slow.test': all }),
    NODE_EXTRA_CA_CERTS: certificate.file,
  };
  const url = `https://slow.test:${new URL(host.url).port}`;
  const { stdout } = await execute(process.execPath, ['--no-deprecation', '--import', PRELOAD, entry.script, url, String(connectMs)], {
    env,
  });
  return JSON.parse(stdout) as Reached;
}

test.concurrent.each<[name: string, four: readonly Deed[], six: readonly Deed[], first: 4 | 6]>([
  ['one address, near', [10], [], 4],
  ['IPv4 alone, 300 ms away, and an IPv6 address without a route', [300], [NO_ROUTE], 4],
  ['IPv4 alone, 400 ms away, IPv6 first', [400], [NO_ROUTE], 6],
  ['IPv4 alone, 2 s away', [2_000], [NO_ROUTE], 4],
  ['IPv4 alone, 2 s away, and several IPv6 addresses without a route', [2_000], [NO_ROUTE, NO_ROUTE, NO_ROUTE], 6],
  ['IPv6 that swallows everything, IPv4 near', [10], ['silent'], 6],
  ['IPv6 that swallows everything, IPv4 1 s away', [1_000], ['silent', 'silent'], 6],
  ['IPv6 alone, 1 s away, and an IPv4 address that refuses', [REFUSED], [1_000], 4],
  ['three IPv4 addresses of which the last answers, 600 ms away', ['silent', REFUSED, 600], [], 4],
  ['all addresses 1 s away', [1_000, 1_000], [1_000, 1_000], 6],
])('a host of %s is reached', async (_name, four, six, first) => {
  expect(await ask(four, six, first)).toMatchObject({ client: 'done', api: 'done' });
});

test.concurrent.each<[name: string, four: readonly Deed[], six: readonly Deed[], said: string]>([
  ['that refuse and that have no way', [REFUSED], [NO_ROUTE, NO_ROUTE], 'can not be reached: nothing listens there'],
  ['that have no way', [NO_ROUTE], [NO_ROUTE], 'can not be reached: there is no way to its address from here'],
  ['that refuse', [REFUSED, REFUSED], [REFUSED], 'can not be reached: nothing listens there'],
])('a host of addresses %s is told in words', async (_name, four, six, said) => {
  const { client, api } = await ask(four, six, 4);
  const name = `https://slow.test:${new URL(host.url).port}`;
  expect(client).toBe(`io metadata/2.root.json: ${name} ${said}`);
  expect(api).toContain(`${name} ${said}`);
  expect(api).not.toMatch(/500|E[A-Z]{4,}/);
});

test('a host that can not be reached in the time there is is told with that time', async () => {
  const name = `https://slow.test:${new URL(host.url).port}`;
  expect((await ask([3_000], ['silent'], 6, 700)).client).toBe(
    `io metadata/2.root.json: ${name} can not be reached: nothing came within 0.7 s`,
  );
});
