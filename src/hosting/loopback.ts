// SPDX-License-Identifier: Apache-2.0
import { createReadStream } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { FileContent } from '../ports.ts';

/** Opens a file by its path in the published tree; null when there is none. */
export type OpenFile = (path: string) => Promise<Exclude<FileContent, { kind: 'blob' }> | null>;

/** A site that this machine alone can reach. */
export interface LoopbackSite {
  /** With a slash at the end. */
  readonly metadataUrl: string;
  /** With a slash at the end. */
  readonly targetsUrl: string;
  /** Paths that were asked for and given. */
  asked(): ReadonlySet<string>;
  /** What went wrong in serving, in words; null when nothing did. */
  failure(): string | null;
  close(): Promise<void>;
}

/** The file that a URL's path names: as it is, or decoded, as static hosts do. */
async function find(open: OpenFile, url: string): Promise<{ readonly path: string; readonly file: Awaited<ReturnType<OpenFile>> }> {
  const raw = (url.split(/[?#]/, 1)[0] ?? '').slice(1);
  const file = await open(raw);
  if (file !== null || !raw.includes('%')) return { path: raw, file };
  let path: string;
  try {
    path = decodeURIComponent(raw);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return { path: raw, file: null };
  }
  return { path, file: await open(path) };
}

async function send(response: ServerResponse, file: NonNullable<Awaited<ReturnType<OpenFile>>>): Promise<void> {
  if (file.kind === 'bytes') {
    response.writeHead(200, { 'content-length': String(file.bytes.length) }).end(file.bytes);
    return;
  }
  response.writeHead(200, { 'content-length': String(file.length) });
  await pipeline(createReadStream(file.path), response);
}

/** Serves files on 127.0.0.1, at a port that is free, until it is closed. @throws `io`-like errors of the system when it can't listen */
export async function openLoopback(open: OpenFile): Promise<LoopbackSite> {
  const asked = new Set<string>();
  let failure: string | null = null;
  const answer = async (url: string, response: ServerResponse): Promise<void> => {
    const { path, file } = await find(open, url);
    if (file === null) {
      response.writeHead(404, { 'content-length': '0' }).end();
      return;
    }
    asked.add(path);
    await send(response, file);
  };
  const server = createServer((request, response) => {
    // Whoever hangs up early may: what counts is how the client ends. What we could not read is our fault, and is told.
    answer(request.url ?? '', response).catch((error: unknown) => {
      if (!response.destroyed) failure ??= `a fault of ours: ${error instanceof Error ? error.message : 'unknown'}`;
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const site = `http://127.0.0.1:${String(port)}/`;
  return {
    metadataUrl: `${site}metadata/`,
    targetsUrl: `${site}targets/`,
    asked: () => asked,
    failure: () => failure,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
