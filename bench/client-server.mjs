// SPDX-License-Identifier: Apache-2.0
// A plain host: serves the files of a directory on this machine until its standard input ends. Prints its URL.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const directory = process.argv[2];
const KEPT_BYTES = 64 * 1024 * 1024;
const kept = new Map();

/** The file's bytes; null when it is too large to keep, undefined when there is none. */
function bytesOf(file) {
  if (kept.has(file)) return kept.get(file);
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) return undefined;
  kept.set(file, stat.size > KEPT_BYTES ? null : fs.readFileSync(file));
  return kept.get(file);
}

const server = http.createServer((request, response) => {
  const file = path.join(directory, path.posix.normalize(new URL(request.url, 'http://host').pathname));
  const bytes = bytesOf(file);
  if (bytes === undefined) {
    response.writeHead(404, { 'content-length': 0 }).end();
  } else if (bytes === null) {
    response.writeHead(200, { 'content-length': fs.statSync(file).size });
    fs.createReadStream(file, { highWaterMark: 1024 * 1024 }).pipe(response);
  } else {
    response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
  }
});
// Many processes come and go: a connection that one has left open must not be waited for.
process.stdin.resume().on('end', () => process.exit());
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
