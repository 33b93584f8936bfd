// SPDX-License-Identifier: Apache-2.0
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { CountersignError } from '../tuf/errors.ts';
import type { FileBatch, HashReport } from './file-hasher.ts';
import { workerSource } from './worker-source.ts';

/** A thread that hashes batches in the order in which they are sent. */
export interface HashThread {
  /** The cost of all batches that it was sent and is not known to have finished. */
  load(): number;
  send(batch: FileBatch, cost: number): void;
  /** Takes what it has reported so far; for when this thread is too busy to be told. */
  poll(): void;
  /** Ends it: once it is idle, or in the middle of a file; then it has ended when the promise resolves. */
  end(when: 'idle' | 'now'): Promise<void>;
}

/**
 * Starts a thread.
 *
 * @param take - gets its reports, in this thread; must not throw
 * @param fail - is told when the thread has ended, whatever the reason
 */
export function startThread(take: (report: HashReport) => void, fail: (error: unknown) => void): HashThread {
  const { port1: here, port2: there } = new MessageChannel();
  // Workers get neither this process's environment, which may hold secrets, nor its flags.
  const worker = new Worker(workerSource, { eval: true, execArgv: [], env: {}, workerData: { port: there }, transferList: [there] });
  const costs = new Map<number, number>();
  let load = 0;
  // FileHasher's own reports: nothing else runs at the other end.
  const receive = (report: HashReport): void => {
    if (report.kind === 'hashed') load -= costs.get(report.batch) ?? 0;
    take(report);
  };
  here.on('message', receive);
  worker.on('error', fail);
  worker.on('exit', (code) => {
    fail(new CountersignError('io', 'hashing', `expected a thread to wait for work, got exit code ${String(code)}`));
  });
  return {
    load: () => load,
    send(batch, cost) {
      costs.set(batch.number, cost);
      load += cost;
      here.postMessage(batch);
    },
    poll() {
      for (;;) {
        const received: { readonly message: HashReport } | undefined = receiveMessageOnPort(here);
        if (received === undefined) return;
        receive(received.message);
      }
    },
    async end(when) {
      here.close();
      if (when === 'now') await worker.terminate();
    },
  };
}
