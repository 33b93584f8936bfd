// SPDX-License-Identifier: Apache-2.0
// Metadata at scale: parse a role, add a target, sign and write it; bytes in, bytes out, in processes that have loaded their modules.
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';
import { run, runMeasured } from './processes.mjs';
import { pythonWithTuf } from './python.mjs';
import { compare, median } from './rows.mjs';

const TUF_JS = fileURLToPath(new URL('metadata-tuf-js.mjs', import.meta.url));
const PYTHON_TUF = fileURLToPath(new URL('metadata_python_tuf.py', import.meta.url));
const PEER_LIMIT_S = 30;
const CPU_AIM_S = 2;
const GROWTH_AIM = 10;
const NODE_ARGS = ['--max-old-space-size=8192'];

async function withInputs(sizes, step) {
  const work = await fs.mkdtemp(path.join(os.tmpdir(), 'bench-metadata-'));
  try {
    const script = await bundle('metadata-ours.mjs', work);
    const inputs = [];
    for (const size of sizes) {
      const file = path.join(work, `${size}.json`);
      await run(process.execPath, [...NODE_ARGS, script, 'write', String(size), file]);
      inputs.push(file);
    }
    return await step((file) => runMeasured(process.execPath, [...NODE_ARGS, script, 'edit', file]), inputs);
  } finally {
    await fs.rm(work, { recursive: true, force: true });
  }
}

/** `whole` gets the times of whole processes, start-up and loading included. */
const timeOf =
  (measure, whole = []) =>
  async () => {
    const { seconds, processSeconds } = await measure();
    whole.push(processSeconds);
    return seconds;
  };

/** Against both peers. A peer that takes longer than the limit is tried once and named in a note. */
function peersRow(size, runs) {
  return withInputs([size], async (ours, [file]) => {
    const python = await pythonWithTuf();
    const peers = new Map([
      ['python-tuf', () => runMeasured(python, [PYTHON_TUF, 'edit', file], { timeoutMs: PEER_LIMIT_S * 1000 })],
      ['@tufjs/models', () => runMeasured(process.execPath, [...NODE_ARGS, TUF_JS, 'edit', file], { timeoutMs: PEER_LIMIT_S * 1000 })],
    ]);
    const wholes = new Map([['ours', []]]);
    const contenders = new Map([['ours', timeOf(() => ours(file), wholes.get('ours'))]]);
    const notes = [];
    const { payload } = await ours(file);
    for (const [who, measure] of peers) {
      const first = await measure();
      if (first === null) {
        notes.push(`${who} does not finish in ${PEER_LIMIT_S} s`);
        continue;
      }
      // Otherwise they did not do the same.
      if (first.payload !== payload) throw new Error(`${who} signed another payload than we did`);
      if (first.seconds > PEER_LIMIT_S / 10) notes.push(`${who}: ${first.seconds.toFixed(1)} s, measured once`);
      else {
        wholes.set(who, []);
        contenders.set(who, timeOf(measure, wholes.get(who)));
      }
    }
    if (contenders.size === 1) throw new Error('no peer finished');
    const row = await compare(`metadata of ${size} targets: parse, add one, sign, write`, contenders, { runs, aim: null });
    const wholeTimes = [...wholes].map(([who, times]) => `${who} ${median(times).toFixed(2)} s`);
    return { ...row, notes: [...notes, `whole processes, start-up included: ${wholeTimes.join(', ')}`] };
  });
}

function cpuRow(size, runs) {
  return withInputs([size], async (ours, [file]) => {
    const contenders = new Map([
      ['ours', async () => (await ours(file)).cpuSeconds],
      ['the aim', async () => CPU_AIM_S],
    ]);
    return compare(`metadata of ${size} targets: CPU time`, contenders, { runs, aim: 1 });
  });
}

/** In CPU time: the larger size takes long enough for the load of a shared machine to change meanwhile. */
function growthRow(small, runs) {
  return withInputs([10 * small, small], async (ours, [tenfold, one]) => {
    const contenders = new Map([
      ['ours', async () => (await ours(tenfold)).cpuSeconds],
      [`ours with ${small}`, async () => (await ours(one)).cpuSeconds],
    ]);
    return compare(`metadata of ${10 * small} targets: growth of CPU time`, contenders, { runs, aim: GROWTH_AIM, warmUp: false });
  });
}

/** The rows of metadata, by name. */
export function metadataRows({ quick }) {
  const sizes = quick ? [1000] : [1000, 10_000, 100_000];
  const largest = sizes.at(-1);
  return new Map([
    ...sizes.map((size) => [`metadata-${size}`, ({ runs }) => peersRow(size, runs)]),
    ['metadata-cpu', ({ runs }) => cpuRow(largest, runs)],
    ['metadata-growth', ({ runs }) => growthRow(largest, Math.min(runs, 3))],
  ]);
}
