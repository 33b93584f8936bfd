// SPDX-License-Identifier: Apache-2.0
// Writes README's tables of the action's inputs and outputs from action.yml, between the markers `<!-- action:inputs -->` and
// `<!-- /action:inputs -->`, and likewise for outputs.
//
//   node scripts/action-docs.mjs [--check]
//
// `--check` writes nothing and fails when the tables are not what action.yml says.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';

const README = fileURLToPath(new URL('../README.md', import.meta.url));
const ACTION = fileURLToPath(new URL('../action.yml', import.meta.url));

/** Text as it may stand in a cell of a table. */
function cell(text) {
  return String(text).replaceAll('|', '\\|').replaceAll('\n', ' ').trim();
}

function code(text) {
  return text === '' ? '' : `\`${cell(text)}\``;
}

/** A table whose columns are as wide as prettier makes them. */
function table(head, rows) {
  const widths = head.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((text, column) => text.padEnd(widths[column])).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** `text` with what is between the markers of `name` replaced. */
function replaced(text, name, content) {
  const [open, close] = [`<!-- action:${name} -->`, `<!-- /action:${name} -->`];
  const [start, end] = [text.indexOf(open), text.indexOf(close)];
  if (start < 0 || end < start) throw new Error(`README.md: expected ${open} and after it ${close}`);
  return `${text.slice(0, start)}${open}\n\n${content}\n\n${text.slice(end)}`;
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const action = parse(await readFile(ACTION, 'utf8'));
const inputs = Object.entries(action.inputs).map(([name, { description, default: value }]) => [code(name), cell(description), code(value)]);
const outputs = Object.entries(action.outputs).map(([name, { description }]) => [code(name), cell(description)]);
const before = await readFile(README, 'utf8');
const after = replaced(
  replaced(before, 'inputs', table(['input', 'what it is', 'default'], inputs)),
  'outputs',
  table(['output', 'what it is'], outputs),
);
if (after === before) {
  console.log('README.md says what action.yml says');
} else if (values.check) {
  console.error('README.md: expected the tables of action.yml, got others; run node scripts/action-docs.mjs');
  process.exitCode = 1;
} else {
  await writeFile(README, after);
  console.log('README.md written');
}
