// SPDX-License-Identifier: Apache-2.0
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';

/** A proxy on this machine, and the places that it was asked for. */
export interface TestProxy {
  readonly url: string;
  readonly asked: readonly string[];
  readonly close: () => Promise<unknown>;
}

/** Starts a proxy that leads every connection to the one server. */
export async function startProxy(toPort: number): Promise<TestProxy> {
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
