// SPDX-License-Identifier: Apache-2.0
// The start of the command line, above that of Node itself.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { run } from './processes.mjs';
import { compare, failedRow } from './rows.mjs';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const AIM_MS = 80;
const NAME = `cold start of dist/cli.js --version, above node -e 0, for each ${AIM_MS} ms`;

async function startUpRow(runs) {
  if (!existsSync(CLI)) return failedRow(NAME, 'expected dist/cli.js, got nothing: run `npm run build`', 1);
  const contenders = new Map([
    ['ours', async () => (await run(process.execPath, [CLI, '--version'])).seconds * 1000],
    ['node -e 0', async () => (await run(process.execPath, ['-e', '0'])).seconds * 1000],
  ]);
  const row = await compare(NAME, contenders, { runs: 2 * runs, aim: 1, unit: 'ms', combine: (ours, bare) => (ours - bare) / AIM_MS });
  return { ...row, notes: [`${(row.ours / row.peer).toFixed(2)} times bare node`] };
}

/** The row of the start, by name. */
export function startUpRows() {
  return new Map([['start-up', ({ runs }) => startUpRow(runs)]]);
}
