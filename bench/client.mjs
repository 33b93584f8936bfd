// SPDX-License-Identifier: Apache-2.0
// Our client against those of tuf-js and python-tuf: each run is a process of its own that updates from a host on this machine, in another process. In-process
// times begin when all modules are loaded; whole processes are rows of their own. The peers don't bring what they write to the disk, we do.
import crypto from 'node:crypto';
import fs from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { withRepository } from './client-setting.mjs';
import { compare, measureInTurn, median, rowOf } from './rows.mjs';

const KIB = 1024;
const MIB = 1024 * KIB;
const TARGET_BYTES = 64 * KIB;
const PEER_LIMIT_S = 60;
const GROWTH_AIM = 10;
const FLAT_AIM = 1.25;
const METRICS = [
  { key: 'seconds', suffix: '', what: 'in-process', notes: true },
  { key: 'processSeconds', suffix: '-whole', what: 'whole process', notes: false },
];

/** What a client does, and what it has before. Each begins with what the one before it has left. */
const SCENARIOS = [
  {
    id: 'cold',
    what: 'first update and one download',
    prepare: async (state) => {
      await fs.rm(state, { recursive: true, force: true });
      await fs.mkdir(state, { recursive: true });
    },
    downloads: true,
  },
  { id: 'returning', what: 'update with nothing new', prepare: async () => undefined, downloads: false },
  {
    id: 'download',
    what: 'update with nothing new and one download',
    prepare: (state) => fs.rm(path.join(state, 'targets'), { recursive: true, force: true }),
    downloads: true,
  },
];

async function requireDownloaded({ file }, listed, who) {
  const hash = crypto.createHash('sha256');
  await pipeline(createReadStream(file), hash);
  if (hash.digest('hex') !== listed.sha256) throw new Error(`${who}: expected the bytes of ${listed.target}, got others`);
}

/**
 * Runs each client once, which warms caches, and again those that are quick: a peer that is far slower than we are, or does not finish, is named in a
 * note and counts as slower.
 *
 * @returns measurements by client, ours first, and notes
 */
async function measureScenario({ clients, listed }, scenario, lost, runs) {
  const contenders = new Map();
  const notes = [];
  let ours = null;
  for (const [who, client] of clients) {
    if (lost.has(who)) {
      notes.push(`${who} did not finish its first update`);
      continue;
    }
    const measure = async () => {
      await scenario.prepare(client.state);
      return client.run(scenario.downloads ? listed.target : undefined, PEER_LIMIT_S * 1000);
    };
    const first = await measure();
    if (first === null) {
      if (who === 'ours') throw new Error(`ours: expected an end within ${PEER_LIMIT_S} s, got none`);
      lost.add(who);
      notes.push(`${who} does not finish in ${PEER_LIMIT_S} s`);
      continue;
    }
    if (scenario.downloads) await requireDownloaded(first, listed, who);
    ours ??= first.seconds;
    if (first.seconds > Math.max(PEER_LIMIT_S / 4, 3 * ours))
      notes.push(`${who}: ${first.seconds.toFixed(1)} s, ${first.peakMib.toFixed(0)} MiB, measured once`);
    else contenders.set(who, measure);
  }
  if (contenders.size === 1) throw new Error('no peer finished');
  return { measured: await measureInTurn(contenders, { runs, warmUp: false }), notes };
}

const mediansOf = (measured, key, digits) =>
  [...measured].map(([who, values]) => `${who} ${median(values.map((value) => value[key])).toFixed(digits)}`).join(', ');

function scenarioRows(name, label, scenario, { measured, notes }) {
  return METRICS.map(({ key, suffix, what, notes: withNotes }) => {
    const numbers = new Map([...measured].map(([who, values]) => [who, values.map((value) => value[key])]));
    const row = rowOf(`${label}: ${scenario.what}, ${what}`, numbers, { aim: 1 });
    const usage = [
      `peak memory in MiB: ${mediansOf(measured, 'peakMib', 0)}`,
      `CPU in s, start-up included: ${mediansOf(measured, 'cpuSeconds', 2)}`,
      `main thread on a CPU in s: ${mediansOf(measured, 'mainThreadSeconds', 3)}`,
    ];
    return { ...row, id: `${name}-${scenario.id}${suffix}`, notes: withNotes ? [...usage, ...notes] : notes };
  });
}

function peersRows(name, label, repository, runs) {
  return withRepository({ length: TARGET_BYTES, ...repository }, async (setting) => {
    const rows = [];
    const lost = new Set();
    for (const scenario of SCENARIOS) {
      rows.push(...scenarioRows(name, label, scenario, await measureScenario(setting, scenario, lost, runs)));
    }
    return rows;
  });
}

const [COLD] = SCENARIOS;

/** Our first update and download of a repository, prepared each time. */
const coldRun =
  ({ clients, listed }, key, who = 'ours') =>
  async () => {
    const client = clients.get(who);
    await COLD.prepare(client.state);
    const result = await client.run(listed.target);
    await requireDownloaded(result, listed, who);
    return result[key];
  };

/** In CPU time, without start-up, which would hide growth. */
function growthRow(small, runs) {
  return withRepository({ count: 10 * small, length: TARGET_BYTES }, (tenfold) =>
    withRepository({ count: small, length: TARGET_BYTES }, (one) => {
      const contenders = new Map([
        ['ours', coldRun(tenfold, 'workCpuSeconds')],
        [`ours with ${small}`, coldRun(one, 'workCpuSeconds')],
      ]);
      const name = `client, ${10 * small} targets: growth of the CPU time of a first update and one download`;
      return compare(name, contenders, { runs, aim: GROWTH_AIM });
    }),
  );
}

/** However large a file is, it must not be in memory. */
function largeFileRow(large, small, runs) {
  return withRepository({ count: 1, length: large }, (big) =>
    withRepository({ count: 1, length: small }, async (little) => {
      const contenders = new Map([
        ['ours', coldRun(big, 'peakMib')],
        [`ours with ${small / MIB} MiB`, coldRun(little, 'peakMib')],
      ]);
      const name = `client, one file of ${large / MIB} MiB: peak memory`;
      const row = await compare(name, contenders, { runs, aim: FLAT_AIM, unit: 'MiB', warmUp: false });
      const notes = [];
      for (const who of big.clients.keys()) {
        const seconds = await coldRun(big, 'seconds', who)();
        const peakMib = await coldRun(big, 'peakMib', who)();
        notes.push(`${who}: ${seconds.toFixed(2)} s, and ${peakMib.toFixed(0)} MiB at most`);
        await COLD.prepare(big.clients.get(who).state);
      }
      return { ...row, notes };
    }),
  );
}

/** The rows of the client, by name; each name stands for several. */
export function clientRows({ quick }) {
  const sizes = quick ? [100, 1000] : [100, 10_000, 100_000];
  const binned = quick ? 1000 : 100_000;
  const bits = quick ? [6] : [10, 12];
  const largest = sizes.at(-1);
  const bins = bits.flatMap((count) => ['hash-prefixes', 'succinct'].map((kind) => ({ kind, bits: count })));
  return new Map([
    ...sizes.map((count) => [
      `client-${count}`,
      ({ runs }) => peersRows(`client-${count}`, `client, ${count} targets`, { count, bins: null }, runs),
    ]),
    ...bins.map((kindAndBits) => {
      const number = 2 ** kindAndBits.bits;
      const name = `client-bins-${number}-${kindAndBits.kind}`;
      const label = `client, ${binned} targets in ${number} bins (${kindAndBits.kind})`;
      return [name, ({ runs }) => peersRows(name, label, { count: binned, bins: kindAndBits }, runs)];
    }),
    ['client-growth', ({ runs }) => growthRow(largest / 10, Math.min(runs, 3))],
    ['client-large-file', ({ runs }) => largeFileRow((quick ? 128 : 1024) * MIB, 16 * MIB, Math.min(runs, 3))],
  ]);
}
