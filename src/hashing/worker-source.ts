// SPDX-License-Identifier: Apache-2.0
import { FileHasher } from './file-hasher.ts';

/**
 * The worker threads' program, CommonJS, for `new Worker(…, { eval: true })`: a worker gets a `port` as its data, receives batches
 * there, and posts every report back. It ends when the port is closed.
 *
 * Text, because a worker's file has no path that is right both in `dist/`, where everything is bundled into a few files, and in
 * the sources, which Node 20 can't run. The class's own text, because two versions of the check for changes would drift apart.
 */
export const workerSource: string = `'use strict';
const { port } = require('node:worker_threads').workerData;
const FileHasher = (${FileHasher.toString()});
const hasher = new FileHasher(require('node:fs'), require('node:crypto'));
port.on('message', (batch) => {
  for (const report of hasher.hash(batch)) port.postMessage(report);
});
`;
