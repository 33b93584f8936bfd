// SPDX-License-Identifier: Apache-2.0
import type { Log } from '../ports.ts';
import type { Runner } from './runner.ts';

/** A line of progress this often at most: a log is read afterwards, and each line stays. */
const PROGRESS_EVERY_MS = 5_000;

/** Progress and warnings as lines and annotations of a run. */
export function stepLog(runner: Runner): Log {
  let last = performance.now();
  return {
    info: (text) => runner.info(text),
    warn: (text) => runner.annotate('warning', 'countersign', text),
    progress: (what, done, total) => {
      const now = performance.now();
      if (now - last < PROGRESS_EVERY_MS || total === 0) return;
      last = now;
      runner.info(`${what}: ${String(Math.floor((100 * done) / total))} %`);
    },
  };
}
