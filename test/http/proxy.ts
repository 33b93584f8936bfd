// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

/** A proxy on this machine, and what it was asked for. */
export interface TestProxy {
  readonly url: string;
  readonly port: number;
  /** What CONNECT was for, as `host:port`, and what plain HTTP was for, as a URL. */
  readonly asked: readonly string[];
  /** The heads of the requests, as they came. */
  readonly heads: readonly string[];
  /** How often it was connected to. */
  readonly connections: () => number;
  readonly close: () => Promise<unknown>;
}

/** How a proxy behaves beyond leading on. */
export interface ProxyOptions {
  /** The one `Proxy-Authorization` that it takes. */
  readonly authorization?: string;
  /** Speaks TLS. */
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer };
}

/** What a proxy that leads nowhere does with the head of a request. `times` counts connections from 1. */
export type Misdeed = (socket: Socket, head: string, times: number) => void;

async function listening(server: Server, scheme: string, open: ReadonlySet<Socket>): Promise<Pick<TestProxy, 'url' | 'port' | 'close'>> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<unknown> => {
    for (const socket of open) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `${scheme}://127.0.0.1:${String(port)}`, port, close };
}

async function headOf(socket: Socket): Promise<{ readonly head: string; readonly rest: Buffer } | null> {
  let bytes = Buffer.alloc(0);
  for (;;) {
    const chunk: unknown = socket.read();
    if (chunk instanceof Buffer) bytes = Buffer.concat([bytes, chunk]);
    const end = bytes.indexOf('\r\n\r\n');
    if (end >= 0) return { head: bytes.subarray(0, end + 4).toString('latin1'), rest: bytes.subarray(end + 4) };
    if (socket.destroyed || socket.readableEnded) return null;
    await Promise.race([once(socket, 'readable'), once(socket, 'close')]);
  }
}

/** Starts a proxy that does what `deed` says with each connection whose request has come. */
export async function startMisbehaving(deed: Misdeed, onConnection?: (socket: Socket) => void): Promise<TestProxy> {
  const [asked, heads, open] = [[] as string[], [] as string[], new Set<Socket>()];
  let times = 0;
  const server = createServer((socket) => {
    times += 1;
    open.add(socket);
    socket.on('error', () => undefined).on('close', () => open.delete(socket));
    if (onConnection !== undefined) {
      onConnection(socket);
      return;
    }
    const time = times;
    void headOf(socket).then((request) => {
      if (request === null) return;
      heads.push(request.head);
      asked.push(request.head.split(' ')[1] ?? '');
      deed(socket, request.head, time);
    });
  });
  return { asked, heads, connections: () => times, ...(await listening(server, 'http', open)) };
}

/** Starts a proxy that leads every connection to the one server, by CONNECT or as plain HTTP is asked of a proxy. */
export async function startProxy(toPort: number, { authorization, tls }: ProxyOptions = {}): Promise<TestProxy> {
  const [asked, heads, open] = [[] as string[], [] as string[], new Set<Socket>()];
  let times = 0;
  const serve = (socket: Socket): void => {
    times += 1;
    open.add(socket);
    socket.on('error', () => undefined).on('close', () => open.delete(socket));
    void headOf(socket).then((request) => {
      if (request === null) return;
      const { head, rest } = request;
      heads.push(head);
      const given = /^proxy-authorization: (.*)\r$/im.exec(head)?.[1];
      if (authorization !== undefined && given !== authorization) {
        socket.end('HTTP/1.1 407 Who Are You\r\nproxy-authenticate: Basic realm="test"\r\ncontent-length: 0\r\n\r\n');
        return;
      }
      const [method, target = ''] = head.split(' ');
      asked.push(target);
      const upstream = connect(toPort, '127.0.0.1', () => {
        if (method === 'CONNECT') socket.write('HTTP/1.1 200 OK\r\n\r\n');
        else upstream.write(head.replace(/ http:\/\/[^/ ]+/, ' '));
        upstream.write(rest);
        upstream.pipe(socket).pipe(upstream);
      });
      upstream.on('error', () => socket.destroy());
      upstream.on('close', () => socket.destroy());
      socket.on('close', () => upstream.destroy());
    });
  };
  const server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  return { asked, heads, connections: () => times, ...(await listening(server, tls === undefined ? 'http' : 'https', open)) };
}
