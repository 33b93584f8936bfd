// SPDX-License-Identifier: Apache-2.0
// However a host or a proxy ends a request, the process that waits for it is told. What is told to nobody ends a process: nothing is left to wait for.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { AskOrder } from './ask-entry.ts';
import { startProxy } from '../http/proxy.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'countersign-http-ends-'));
  const entry = fileURLToPath(new URL('ask-entry.ts', import.meta.url));
  const input = await rolldown({ input: entry, platform: 'node', transform: { target: 'node20' }, onLog: () => undefined });
  await input.write({ dir: directory, format: 'esm', entryFileNames: 'ask.mjs', chunkFileNames: '[name].mjs' });
  await input.close();
});
afterAll(() => rm(directory, { recursive: true }));

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** What a server writes to a connection: a text for each thing that comes over it, null for the end. */
type Script = readonly (string | null)[];

/** A server that speaks for itself. After the last thing of its script it is silent. */
async function speaking(script: Script): Promise<number> {
  const server: Server = createServer((socket) => {
    const left = [...script];
    socket
      .on('error', () => undefined)
      .on('data', () => {
        const next = left.shift();
        if (typeof next === 'string') socket.write(next);
        if (next === null || left[0] === null) socket.end();
      });
    cleanups.push(async () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(async () => server.close());
  return (server.address() as AddressInfo).port;
}

/** Runs the process, patient where it is to be told at once: a busy machine is no host that stalls. */
async function ask(
  asked: Omit<AskOrder, 'stallMs' | 'connectMs'>,
  proxy: string | null,
  expected: readonly string[],
  connectMs: number = 5_000,
): Promise<void> {
  const order: AskOrder = { ...asked, stallMs: expected.includes('stalled') ? 300 : 15_000, connectMs };
  const env = { PATH: process.env['PATH'], ...(proxy === null ? {} : { http_proxy: proxy, https_proxy: proxy }) };
  const child = spawn(process.execPath, [join(directory, 'ask.mjs'), JSON.stringify(order)], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  // Not for ever either.
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await once(child, 'close');
  clearTimeout(timer);
  expect(stdout).toBe(JSON.stringify(expected));
}

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';
const SWITCH = 'HTTP/1.1 101 Other\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n';
const ANSWERS: readonly (readonly [name: string, script: Script, expected: string])[] = [
  ['the file', [OK], 'none'],
  ['nothing', [], 'stalled'],
  ['nothing, and ends', [null], 'io'],
  ['another protocol', [SWITCH], 'io'],
  ['another protocol, and ends', [SWITCH, null], 'io'],
  ['that it is still at it, then another protocol', [`HTTP/1.1 102 Wait\r\n\r\n${SWITCH}`], 'io'],
  ['that the body may come', ['HTTP/1.1 100 Continue\r\n\r\n'], 'stalled'],
  ['hints, and ends', ['HTTP/1.1 103 Hints\r\n\r\n', null], 'io'],
  ['half of the headers, and ends', ['HTTP/1.1 200 OK\r\ncontent', null], 'io'],
  ['half of the file', ['HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n{}'], 'stalled'],
  ['half of the file, and ends', ['HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n{}', null], 'io'],
  ['half of a chunk, and ends', ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab', null], 'io'],
];

test.each(ANSWERS)('a process is told of a host that answers %s', async (_name, script, expected) => {
  const url = `http://127.0.0.1:${String(await speaking(script))}`;
  await ask({ url, files: 1, transport: 'ours' }, null, [expected, 'none']);
});

test.each(ANSWERS)('a process is told of a host behind a proxy that answers %s', async (_name, script, expected) => {
  const proxy = await startProxy(await speaking(script));
  cleanups.push(proxy.close);
  await ask({ url: 'http://repository.test', files: 1, transport: 'ours' }, proxy.url, [expected, 'none']);
});

// Asked for a tunnel: whatever it answers, there is none.
test.each(ANSWERS)('a process is told of a proxy that answers %s', async (_name, script) => {
  const proxy = `http://127.0.0.1:${String(await speaking(script))}`;
  await ask({ url: 'https://repository.test', files: 1, transport: 'ours' }, proxy, ['io', 'none'], 500);
});

test.each([
  ['the file again', OK, 'none'],
  ['another protocol', SWITCH, 'io'],
])('a process is told of a kept connection that brings %s', async (_name, second, expected) => {
  const url = `http://127.0.0.1:${String(await speaking([OK, second]))}`;
  await ask({ url, files: 2, transport: 'ours' }, null, ['none', expected, 'none']);
});

test('a process is told of a transport that never answers and holds no connection', async () => {
  await ask({ url: 'http://repository.test', files: 1, transport: 'silent' }, null, ['stalled', 'none']);
});
