// SPDX-License-Identifier: Apache-2.0
// Runs one process and measures it.
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

/**
 * Runs a command to its end, its output read as a caller would.
 *
 * @returns wall time in seconds and standard output; null when it was ended after `timeoutMs`
 */
export function run(command, args, { timeoutMs, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let late = false;
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            late = true;
            child.kill('SIGKILL');
          }, timeoutMs);
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      const seconds = (performance.now() - start) / 1000;
      if (late) resolve(null);
      else if (code === 0) resolve({ seconds, output: Buffer.concat(chunks).toString() });
      else reject(new Error(`${command} ended with ${code}`));
    });
  });
}

/**
 * Runs a command that measures itself and prints JSON, to which `processSeconds` is added: the wall time of the whole process. Null when it was
 * ended after `timeoutMs`.
 */
export async function runMeasured(command, args, options) {
  const result = await run(command, args, options);
  return result === null ? null : { ...JSON.parse(result.output), processSeconds: result.seconds };
}
