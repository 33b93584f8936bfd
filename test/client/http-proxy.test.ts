// SPDX-License-Identifier: Apache-2.0
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { openHttpSource } from '../../src/client/http-source.ts';
import { bytesOf } from './support.ts';
import { hosting, serve } from './http-server.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A proxy that leads every connection to the one server, and the places that it was asked for. */
async function startProxy(toPort: number) {
  const asked: string[] = [];
  const server = createServer();
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    const upstream = connect(toPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, asked, close };
}

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
