// SPDX-License-Identifier: Apache-2.0
// Serves a directory over HTTP on a free port of this machine, as a plain static host does. Prints its URL; ends with its process.
// Below `/redirected/` each file is said to be elsewhere, as releases do; below `/compressed/` it is compressed for those who take that, as Pages do.
//
//   node serve.mjs <dir>
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const root = path.resolve(process.argv[2]);
const NOT_FOUND = '<!doctype html><title>404</title><p>There is no such file.</p>\n';

const server = createServer((request, response) => {
  void answer(request, response);
});

/** The path that is asked for below `prefix`, as it is in the request; null when it is elsewhere. */
function below(prefix, url) {
  return url.startsWith(prefix) ? url.slice(prefix.length - 1) : null;
}

async function find(url) {
  let name;
  try {
    name = decodeURIComponent(url.split('?')[0]);
  } catch {
    return null;
  }
  const file = path.join(root, name);
  if (!file.startsWith(root + path.sep) || name.includes('\0')) return null;
  const found = await stat(file).catch(() => null);
  return found?.isFile() && !name.endsWith('/') ? readFile(file) : null;
}

async function answer(request, response) {
  const redirected = below('/redirected/', request.url);
  if (redirected !== null) {
    response.writeHead(302, { location: redirected }).end();
    return;
  }
  const compressed = below('/compressed/', request.url);
  const bytes = await find(compressed ?? request.url);
  if (bytes === null) {
    response.writeHead(404, { 'content-type': 'text/html' }).end(NOT_FOUND);
    return;
  }
  const gzip = compressed !== null && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  const body = gzip ? gzipSync(bytes) : bytes;
  const encoding = gzip ? { 'content-encoding': 'gzip' } : {};
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': body.length, ...encoding }).end(body);
}

server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
