// SPDX-License-Identifier: Apache-2.0
// Plays seeded interleavings of everything that people and workflows do, on the fake GitHub, with faults, against a model of their own.
//
//   node scripts/interleavings.mjs [--runs N] [--seed S] [--plant MISTAKE] [--focus NAME] [--jobs N]
//
//   --runs N         how many seeds (1000; with --seed 1)
//   --seed S         the first seed; alone, that one is played and every step of it shown
//   --plant MISTAKE  with one of the mistakes of test/interleavings/plants.ts; ends with 0 when at least one seed shows it
//   --focus NAME     with more of some things: `drafts`, `approvals` (test/interleavings/run.ts)
//   --jobs N         processes (twice the cores: each waits for a good part of its time)
//
// Ends with 1 when any seed shows something wrong.
import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const VITEST = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
const CONFIG = path.join('test', 'interleavings', 'vitest.config.ts');

const { values } = parseArgs({
  options: {
    runs: { type: 'string' },
    seed: { type: 'string' },
    plant: { type: 'string' },
    focus: { type: 'string' },
    jobs: { type: 'string' },
  },
});

function count(name, fallback) {
  const number = values[name] === undefined ? fallback : Number(values[name]);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name}: expected a number of at least 1, got ${values[name]}`);
  return number;
}

const seed = count('seed', 1);
const runs = count('runs', values.seed === undefined ? 1000 : 1);
const jobs = Math.min(runs, count('jobs', 2 * os.availableParallelism()));

/** Plays every `jobs`-th seed from `seed + job` on. Gives how many there were and how many showed something. */
async function play(job) {
  const own = Math.ceil((runs - job) / jobs);
  const env = { ...process.env, CS_SEED: String(seed + job), CS_RUNS: String(own), CS_STRIDE: String(jobs) };
  if (values.plant !== undefined) env.CS_PLANT = values.plant;
  if (values.focus !== undefined) env.CS_FOCUS = values.focus;
  if (runs === 1) env.CS_TRACE = '1';
  const child = spawn(process.execPath, [VITEST, 'run', '--config', CONFIG], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
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
}

const started = Date.now();
const results = await Promise.all(Array.from({ length: jobs }, (_, job) => play(job)));
const played = results.reduce((sum, one) => sum + one.played, 0);
const wrong = results.reduce((sum, one) => sum + one.wrong, 0);
const seconds = Math.round((Date.now() - started) / 1000);
const planted = values.plant === undefined ? '' : ` with ${values.plant}`;
console.log(`${played} seeds${planted}, ${seed} to ${seed + runs - 1}: ${wrong} show something wrong; ${seconds} s in ${jobs} processes`);
process.exitCode = (values.plant === undefined ? wrong === 0 : wrong > 0) ? 0 : 1;
