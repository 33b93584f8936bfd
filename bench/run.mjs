// SPDX-License-Identifier: Apache-2.0
// Measures us against others, and against what we aim at. Ends with 1 if an aim is missed by more than 25 %.
//   --only NAME  rows whose name contains NAME    --runs N   interleaved runs of each (5)
//   --quick      small sizes, one run: shows that the bench works, proves nothing    --json  for machines
import os from 'node:os';
import { parseArgs } from 'node:util';
import { clientRows } from './client.mjs';
import { hashingRows } from './hashing.mjs';
import { metadataRows } from './metadata.mjs';
import { describe, failedRow, verdictOf } from './rows.mjs';
import { startUpRows } from './start-up.mjs';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    runs: { type: 'string', default: '5' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const { only, quick, json } = values;
const runs = quick ? 1 : Number(values.runs);
if (!Number.isSafeInteger(runs) || runs < 1) throw new Error(`--runs: expected a number of at least 1, got ${values.runs}`);
const all = [...hashingRows({ quick }), ...metadataRows({ quick }), ...clientRows({ quick }), ...startUpRows()];
const selected = all.filter(([name]) => name.includes(only));
if (selected.length === 0) throw new Error(`--only: expected part of a row's name, got ${only}`);

const say = (line) => json || console.log(line);
say(
  `${os.availableParallelism()} cores, load ${os.loadavg()[0].toFixed(1)}, Node ${process.version}${quick ? ', quick: not for claims' : ''}`,
);
const rows = [];
for (const [name, measure] of selected) {
  let measured;
  try {
    measured = await measure({ runs });
  } catch (error) {
    measured = failedRow(name, error.message, 1);
  }
  for (const row of [measured].flat()) {
    rows.push({ id: name, ...row, verdict: verdictOf(row) });
    say(describe(row));
  }
}
const missed = rows.filter(({ verdict }) => verdict !== 'met' && verdict !== 'told');
say(missed.length === 0 ? 'all aims are met' : `not met: ${missed.map(({ id, verdict }) => `${id} (${verdict})`).join(', ')}`);
if (json) console.log(JSON.stringify({ node: process.version, cores: os.availableParallelism(), quick, rows }, null, 1));
if (missed.some(({ verdict }) => verdict !== 'missed')) process.exitCode = 1;
