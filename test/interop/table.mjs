// SPDX-License-Identifier: Apache-2.0
// Writes matrix.json as tables for people into docs/interop.md, between its two marks; `--check` fails when what is there is something else.
//
//   node table.mjs [--check]
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DOCUMENT = fileURLToPath(new URL('../../docs/interop.md', import.meta.url));
const MATRIX = fileURLToPath(new URL('matrix.json', import.meta.url));
const [BEGIN, END] = ['<!-- matrix: begin -->', '<!-- matrix: end -->'];

/** Text as a code span, whatever it holds. */
function code(text) {
  const fence = text.includes('`') ? '``' : '`';
  return `${fence}${text.replaceAll('|', '\\|')}${fence}`;
}

function cell(result, notes) {
  if (result === 'reads') return 'reads';
  const note = `${code(result.error)} (${result.source})`;
  if (!notes.has(note)) notes.set(note, notes.size + 1);
  return `no (${notes.get(note)})`;
}

function productCell({ writable, named }) {
  const clients = (severity) =>
    Object.keys(named)
      .filter((client) => named[client] === severity)
      .join(', ');
  const [refused, warned] = [clients('refused'), clients('warning')];
  if (!writable) return refused === '' ? 'refuses' : `refuses, for ${refused}`;
  return warned === '' ? '' : `warns of ${warned}`;
}

function table({ title, features }, clients, notes) {
  const heads = ['', ...clients.map(([, { name }]) => name), 'Countersign when it is to write this'];
  const rows = features.map((row) => [row.title, ...clients.map(([id]) => cell(row.results[id], notes)), productCell(row)]);
  const lines = [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [`### ${title}`, '', ...lines, ''];
}

function render({ clients, groups }) {
  const all = Object.entries(clients);
  const notes = new Map();
  const versions = all.map(([, { name, version }]) => (version === 'this one' ? name : `${name} ${version}`)).join(', ');
  const tables = groups.flatMap((group) => table(group, all, notes));
  const list = [...notes].map(([note, number]) => `${number}. ${note}`);
  return [
    BEGIN,
    '',
    `Measured with ${versions}.`,
    '',
    ...tables,
    '### What they answer, and where in their sources',
    '',
    ...list,
    '',
    END,
  ].join('\n');
}

const document = readFileSync(DOCUMENT, 'utf8');
const [before, rest] = document.split(BEGIN);
const after = rest?.split(END)[1];
if (after === undefined) throw new Error(`docs/interop.md: expected ${BEGIN} and ${END}`);
const written = before + render(JSON.parse(readFileSync(MATRIX, 'utf8'))) + after;
if (!process.argv.includes('--check')) {
  writeFileSync(DOCUMENT, written);
} else if (written !== document) {
  console.error('docs/interop.md does not show test/interop/matrix.json; run: node test/interop/table.mjs');
  process.exitCode = 1;
}
