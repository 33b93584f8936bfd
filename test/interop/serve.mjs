// SPDX-License-Identifier: Apache-2.0
// Serves a directory over HTTP on a free port of this machine, as a plain static host does. Prints its URL; ends with its process.
//
//   node serve.mjs <dir>
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

const root = path.resolve(process.argv[2]);

const server = createServer((request, response) => {
  void answer(request, response);
});

async function answer(request, response) {
  const file = path.join(root, decodeURIComponent(new URL(request.url, 'http://host').pathname));
  const found = file.startsWith(root + path.sep) ? await stat(file).catch(() => null) : null;
  if (!found?.isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': found.size });
  createReadStream(file).pipe(response);
}

server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
