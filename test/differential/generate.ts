// SPDX-License-Identifier: Apache-2.0
// Writes cases with our verdicts to standard output, one JSON object a line. compare.py asks python-tuf for its own.
import { parseArgs } from 'node:util';
import { metadataCase, newKeyPool } from './metadata-cases.ts';
import { randomFrom } from './random.ts';
import { valueCase } from './values.ts';

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '20240229' },
    values: { type: 'string', default: '10000' },
    metadata: { type: 'string', default: '2000' },
  },
});

function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`expected a number, got ${JSON.stringify(text)}`);
  return value;
}

const seed = count(options.seed);
const random = randomFrom(seed);
const lines: string[] = [JSON.stringify({ kind: 'seed', seed })];
for (let i = count(options.values); i > 0; i--) lines.push(JSON.stringify(valueCase(random)));
const pool = newKeyPool();
for (let i = count(options.metadata); i > 0; i--) lines.push(JSON.stringify(metadataCase(random, pool)));
process.stdout.write(`${lines.join('\n')}\n`);
