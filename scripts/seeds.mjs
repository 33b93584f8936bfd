// SPDX-License-Identifier: Apache-2.0
// Plays seeds in several processes, each of which is vitest with one file that reads the seeds from its environment and tells of each in a line.
import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const VITEST = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');

/** A number of at least 1 from the command line. */
export function count(values, name, fallback) {
  const number = values[name] === undefined ? fallback : Number(values[name]);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name}: expected a number of at least 1, got ${values[name]}`);
  return number;
}

/** Twice the cores: each process waits for a good part of its time. */
export const JOBS = 2 * os.availableParallelism();

/**
 * Plays `runs` seeds from `seed` on. With a planted mistake at least one of them must show something, else none may; the exit code says whether that is so.
 * @param env - more variables for the processes
 */
export async function playSeeds({ config, seed, runs, jobs, plant, env }) {
  const processes = Math.min(runs, jobs);
  /** Plays every `processes`-th seed from `seed + job` on. Gives how many there were and how many showed something. */
  const play = async (job) => {
    const own = Math.ceil((runs - job) / processes);
    const seeds = { CS_SEED: String(seed + job), CS_RUNS: String(own), CS_STRIDE: String(processes) };
    const all = {
      ...process.env,
      ...seeds,
      ...(plant === undefined ? {} : { CS_PLANT: plant }),
      ...(runs === 1 ? { CS_TRACE: '1' } : {}),
      ...env,
    };
    const child = spawn(process.execPath, [VITEST, 'run', '--config', config], {
      cwd: ROOT,
      env: all,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => child.on('close', resolve));
    const other = [];
    let result = null;
    for await (const line of readline.createInterface({ input: child.stdout })) {
      const end = /^\| end (\d+) (\d+)$/.exec(line);
      if (end !== null) result = { played: Number(end[1]), wrong: Number(end[2]) };
      else if (line.startsWith('| ')) console.log(line.slice(2));
      else other.push(line);
    }
    const code = await ended;
    if (result === null) throw new Error(`a process ended with ${code} before its seeds were played:\n${other.slice(-40).join('\n')}`);
    return result;
  };
  const started = Date.now();
  const results = await Promise.all(Array.from({ length: processes }, (_, job) => play(job)));
  const played = results.reduce((sum, one) => sum + one.played, 0);
  const wrong = results.reduce((sum, one) => sum + one.wrong, 0);
  const seconds = Math.round((Date.now() - started) / 1000);
  const planted = plant === undefined ? '' : ` with ${plant}`;
  console.log(
    `${played} seeds${planted}, ${seed} to ${seed + runs - 1}: ${wrong} show something wrong; ${seconds} s in ${processes} processes`,
  );
  process.exitCode = (plant === undefined ? wrong === 0 : wrong > 0) ? 0 : 1;
}
