// SPDX-License-Identifier: Apache-2.0
// Hashing against `openssl dgst -sha256` through `xargs -P`, on all cores, warm cache. Our time is that of listing and hashing in the process, because
// start-up has a row of its own; the peer's is the wall time of its pipeline, with the best of several numbers of files a process.
import { execFile } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { bundle } from './bundle.mjs';
import { run, runMeasured } from './processes.mjs';
import { compare } from './rows.mjs';

const CORES = os.availableParallelism();
const MIB = 1024 * 1024;
const PIPELINE = `find "$1" -type f -print0 | xargs -0 -s 1000000 -P ${CORES} -n "$2" openssl dgst -sha256`;

async function writeFiles(directory, count, size) {
  await fs.mkdir(directory, { recursive: true });
  const block = crypto.randomBytes(Math.min(size, MIB));
  for (let number = 0; number < count; number++) {
    const handle = await fs.open(path.join(directory, `f${String(number).padStart(5, '0')}`), 'w');
    block.writeUInt32LE(number);
    for (let done = 0; done < size; done += block.length) await handle.write(block);
    await handle.close();
  }
  await promisify(execFile)('sync');
}

function requireCount(actual, count, who) {
  if (actual !== count) throw new Error(`${who}: expected ${count} digests, got ${actual}`);
}

async function hashingRow({ name, count, size, shares }, runs) {
  const work = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), 'bench-hashing-')));
  try {
    const script = await bundle('hash-paths.mjs', work);
    const files = path.join(work, 'files');
    await writeFiles(files, count, size);
    const contenders = new Map([
      [
        'ours',
        async () => {
          const result = await runMeasured(process.execPath, [script, files]);
          requireCount(result.files, count, 'ours');
          return result.seconds;
        },
      ],
    ]);
    for (const share of shares) {
      contenders.set(`find, xargs -P${CORES}, openssl dgst on ${share} a process`, async () => {
        const { seconds, output } = await run('sh', ['-c', PIPELINE, 'sh', files, String(share)]);
        requireCount(output.trimEnd().split('\n').length, count, 'openssl');
        return seconds;
      });
    }
    return await compare(name, contenders, { runs, aim: 1 });
  } finally {
    await fs.rm(work, { recursive: true, force: true });
  }
}

/** The rows of hashing, by name. They write up to 2 GiB below the temporary directory and remove it. */
export function hashingRows({ quick }) {
  const big = quick ? 16 * MIB : 256 * MIB;
  const small = quick ? 4000 : 20_000;
  const where = 'in-process, start-up not counted, against wall time';
  return new Map([
    [
      'hash-big',
      ({ runs }) => hashingRow({ name: `hash ${(8 * big) / MIB} MiB in 8 files (${where})`, count: 8, size: big, shares: [1, 4] }, runs),
    ],
    [
      'hash-small',
      ({ runs }) =>
        hashingRow(
          {
            name: `hash ${small} files of 4 KiB (${where})`,
            count: small,
            size: 4096,
            shares: [small / 16, small / 8, small / 4, small / 2],
          },
          runs,
        ),
    ],
  ]);
}
