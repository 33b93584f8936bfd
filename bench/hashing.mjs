// SPDX-License-Identifier: Apache-2.0
// Hashing against `openssl dgst -sha256` through `xargs -P`, on all cores, warm cache. Both sides include the start of their processes.
import { execFile, spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';

const SOURCES = fileURLToPath(new URL('../src/hashing/', import.meta.url));
const CORES = os.availableParallelism();
const MIB = 1024 * 1024;

const LISTED = `
import fs from 'node:fs';
import { hashFiles } from './hash-files.mjs';
const files = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const hashed = await hashFiles(files);
process.stdout.write(hashed.map((file) => file.sha256 + '  ' + file.source + '\\n').join(''));
`;

const WALKED = `
import { collectFiles } from './collect.mjs';
import { hashFiles } from './hash-files.mjs';
const hashed = await hashFiles(collectFiles([process.argv[2]]));
process.stdout.write(hashed.map((file) => file.sha256 + '  ' + file.source + '\\n').join(''));
`;

async function bundle(directory) {
  for (const name of ['hash-files', 'collect']) {
    const build = await rolldown({ input: path.join(SOURCES, `${name}.ts`), platform: 'node' });
    await build.write({ file: path.join(directory, `${name}.mjs`), format: 'esm' });
    await build.close();
  }
  await fs.writeFile(path.join(directory, 'listed.mjs'), LISTED);
  await fs.writeFile(path.join(directory, 'walked.mjs'), WALKED);
}

async function writeFiles(directory, count, size) {
  await fs.mkdir(directory, { recursive: true });
  const block = crypto.randomBytes(Math.min(size, MIB));
  for (let number = 0; number < count; number++) {
    const handle = await fs.open(path.join(directory, `f${String(number).padStart(5, '0')}`), 'w');
    block.writeUInt32LE(number);
    for (let done = 0; done < size; done += block.length) await handle.write(block);
    await handle.close();
  }
}

/** Seconds that a command takes, its output read and counted as a caller would. */
function time(command, args) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let lines = 0;
    child.stdout.on('data', (chunk) => {
      for (const byte of chunk) if (byte === 10) lines++;
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve({ seconds: (performance.now() - start) / 1000, lines }) : reject(new Error(`${command} ended with ${code}`)),
    );
  });
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

async function compare({ name, count, ours, peers }, runs, log) {
  const commands = new Map([['ours', ours], ...peers]);
  const seconds = new Map([...commands.keys()].map((who) => [who, []]));
  // The first round only warms the cache.
  for (let run = 0; run <= runs; run++) {
    for (const [who, [command, ...args]] of commands) {
      const result = await time(command, args);
      if (result.lines !== count) throw new Error(`${who}: expected ${count} lines, got ${result.lines}`);
      if (run > 0) seconds.get(who).push(result.seconds);
    }
  }
  const mine = median(seconds.get('ours'));
  seconds.delete('ours');
  // The peer counts with the best of its settings.
  const [[peer, best]] = [...seconds].map(([who, values]) => [who, median(values)]).sort(([, a], [, b]) => a - b);
  const row = { name, ours: mine, peer: best, ratio: mine / best, aim: 1.0 };
  log?.(`${name}: ours ${mine.toFixed(3)} s, ${peer} ${best.toFixed(3)} s, ratio ${row.ratio.toFixed(2)}`);
  return row;
}

const XARGS = `xargs -0 -s 1000000 -P ${CORES}`;

/** Shell commands over a list that is terminated by NULs. */
function peersOver(list, shares) {
  return new Map(
    shares.map((share) => [`openssl, ${share} a process`, ['sh', '-c', `${XARGS} -a "$1" -n ${share} openssl dgst -sha256`, 'sh', list]]),
  );
}

async function writeLists(work, name, files) {
  const [json, nul] = [path.join(work, `${name}.json`), path.join(work, `${name}.nul`)];
  await fs.writeFile(json, JSON.stringify(files));
  await fs.writeFile(nul, files.map((file) => `${file.source}\0`).join(''));
  return { json, nul };
}

async function prepare(work) {
  await bundle(work);
  const { collectFiles } = await import(pathToFileURL(path.join(work, 'collect.mjs')).href);
  const [all, big, small] = ['all', 'all/big', 'all/small'].map((name) => path.join(work, name));
  await writeFiles(big, 8, 256 * MIB);
  await writeFiles(small, 20_000, 4096);
  await promisify(execFile)('sync');
  const lists = {
    big: await writeLists(work, 'big', collectFiles([big])),
    small: await writeLists(work, 'small', collectFiles([small])),
    all: await writeLists(work, 'all', collectFiles([all])),
  };
  return { small, lists };
}

/**
 * Measures hashing. In each row `ours` and `peer` are medians in seconds, `ratio` is ours / peer, and `aim` is the largest ratio wanted.
 * It writes 2.2 GB below the temporary directory and removes it.
 */
export async function benchHashing({ runs = 5, log } = {}) {
  const work = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), 'bench-hashing-')));
  try {
    const { small, lists } = await prepare(work);
    const listed = [process.execPath, path.join(work, 'listed.mjs')];
    const both = `${XARGS} -a "$1" -n 1 openssl dgst -sha256 && ${XARGS} -a "$2" -n 2500 openssl dgst -sha256`;
    const walk = `find "$1" -type f -print0 | ${XARGS} -n 2500 openssl dgst -sha256`;
    const cases = [
      { name: 'hash 2 GiB in 8 files', count: 8, ours: [...listed, lists.big.json], peers: peersOver(lists.big.nul, [1, 4]) },
      {
        name: 'hash 20,000 files of 4 KiB',
        count: 20_000,
        ours: [...listed, lists.small.json],
        peers: peersOver(lists.small.nul, [1250, 2500, 5000, 10_000]),
      },
      {
        name: 'hash 2 GiB and 20,000 files',
        count: 20_008,
        ours: [...listed, lists.all.json],
        peers: new Map([['openssl, 1 then 2500 a process', ['sh', '-c', both, 'sh', lists.big.nul, lists.small.nul]]]),
      },
      {
        name: 'list, check and hash 20,000 files of 4 KiB',
        count: 20_000,
        ours: [process.execPath, path.join(work, 'walked.mjs'), small],
        peers: new Map([['find and openssl, 2500 a process', ['sh', '-c', walk, 'sh', small]]]),
      },
    ];
    const rows = [];
    for (const one of cases) rows.push(await compare(one, runs, log));
    return rows;
  } finally {
    await fs.rm(work, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await benchHashing({ log: (line) => console.log(line) });
}
