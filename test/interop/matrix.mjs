// SPDX-License-Identifier: Apache-2.0
// Runs every client against every repository, and compares what comes of it with matrix.json. Any difference fails, an improvement included.
//
//   node matrix.mjs [--update] [--only TEXT] [--clients ID,ID] DIR
//
// DIR is served; each `*.json` in it lists repositories, as repositories/generate.ts writes them. `--update` writes what was measured into
// matrix.json, for somebody to look at and explain; `--only` runs the repositories whose ids have that text in them, `--clients`
// those clients; with an empty list it is only what the product says that is looked at.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CLIENTS, ENVIRONMENT } from './clients.mjs';

const MATRIX = fileURLToPath(new URL('matrix.json', import.meta.url));
const SERVER = fileURLToPath(new URL('serve.mjs', import.meta.url));
const CLIENT_TIMEOUT_MS = 120_000;
const READS = 'reads';

const { values: options, positionals } = parseArgs({
  options: {
    update: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    clients: { type: 'string', default: Object.keys(CLIENTS).join(',') },
  },
  allowPositionals: true,
});
const [served] = positionals;
if (served === undefined) throw new Error('usage: node matrix.mjs [--update] [--only TEXT] [--clients ID,ID] DIR');
const selected = new Set(options.clients.split(',').filter((id) => id !== ''));
for (const id of selected)
  if (!(id in CLIENTS)) throw new Error(`--clients: expected some of ${Object.keys(CLIENTS).join(', ')}, got ${id}`);

/** Runs a program to its end; what it prints, and how it exits. */
function runProgram([program, ...args]) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'], timeout: CLIENT_TIMEOUT_MS });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** An error without what differs from run to run: ports, directories, and what depends on fresh signatures. */
function stable(text, url, work) {
  return text
    .replaceAll(url, '<site>')
    .replaceAll(work, '<work>')
    .replace(/\b[0-9a-f]{64}\b/g, '<sha256>')
    .replace(/127\.0\.0\.1:\d+/g, '<host>')
    .replace(/\bline \d+ column \d+/g, 'line <n> column <n>')
    .replace(/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)?(?: [+-]\d{4} UTC)?/g, '<time>');
}

/** What a client makes of one state: `reads`, or an error, for each target. */
async function ask(client, repository, state, targets, url, work) {
  const files = path.join(work, 'files');
  rmSync(files, { recursive: true, force: true });
  const { metadata, targets: at } = repository.states[state];
  const names = targets.map((target) => target.path);
  const place = [`${url}/${metadata}`, `${url}/${at}`, path.join(served, repository.root), work];
  const { code, stdout, stderr } = await runProgram([...client, ...place, ...names]);
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  const reads = lines.every((line) => line.result === READS);
  if (code !== (reads ? 0 : 1) || lines.length !== names.length) {
    throw new Error(`${client.join(' ')}: expected a line for each target, got exit code ${code}\n${stdout}${stderr}`);
  }
  return lines.map((line, index) => {
    const file = path.join(files, String(index));
    if (line.target !== names[index]) throw new Error(`expected ${names[index]}, got ${line.target}`);
    if (line.result !== READS) return existsSync(file) ? `wrote a file, and: ${line.error}` : stable(line.error, url, work);
    return readFileSync(file).equals(readFileSync(path.join(served, targets[index].file))) ? READS : 'other bytes';
  });
}

/** What a client makes of each feature of a repository. */
async function measure(client, repository, url) {
  const work = mkdtempSync(path.join(tmpdir(), 'countersign-interop-'));
  try {
    const targets = repository.features.flatMap((feature) => feature.targets);
    let outcomes = [];
    for (const state of repository.states.keys()) {
      outcomes = await ask(client, repository, state, targets, url, work);
      const isLast = state === repository.states.length - 1;
      if (!isLast && outcomes[0] !== READS) return new Map(repository.features.map(({ id }) => [id, `at first: ${outcomes[0]}`]));
    }
    const results = new Map();
    for (const { id, targets: own } of repository.features) {
      const mine = outcomes.splice(0, own.length);
      results.set(id, mine.find((outcome) => outcome !== READS) ?? READS);
    }
    return results;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Whether the product writes what a feature is about, and the clients that it names when it reviews it. */
function productOn(repository, feature) {
  const about = repository.findings.filter(
    ({ subject }) => repository.features.length === 1 || feature.targets.some((target) => target.path === subject),
  );
  const named = {};
  for (const { severity, clients } of about) {
    for (const client of clients) if (client in CLIENTS && named[client] !== 'refused') named[client] = severity;
  }
  return { writable: repository.writable, named: Object.fromEntries(Object.entries(named).sort()) };
}

function startServer() {
  const child = spawn(process.execPath, [SERVER, served], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    child.stdout.setEncoding('utf8').once('data', (text) => resolve({ url: text.trim(), stop: () => child.kill() }));
  });
}

/** Does `work` for all items, a few at once. */
async function forAll(items, work) {
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: Math.max(2, Math.min(8, availableParallelism())) }, worker));
}

/** The clients that are run now, built. */
function buildClients() {
  try {
    return Object.entries(CLIENTS)
      .filter(([id]) => selected.has(id))
      .map(([id, { command }]) => ({ id, command: command() }));
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}

async function measureAll(repositories) {
  const commands = buildClients();
  const measured = new Map();
  const { url, stop } = await startServer();
  try {
    const runs = repositories.flatMap((repository) => commands.map((client) => ({ repository, client })));
    await forAll(runs, async ({ repository, client }) => {
      for (const [feature, outcome] of await measure(client.command, repository, url)) {
        measured.set(`${feature} ${client.id}`, outcome);
      }
    });
  } finally {
    stop();
  }
  return measured;
}

const outcomeOf = (result) => (typeof result === 'string' ? result : result?.error);

/** One line for each difference between what is written down and what was measured. */
function differences(matrix, features, measured) {
  const found = [];
  const say = (feature, client, expected, got) => found.push(`${client}, ${feature}: expected ${expected}, got ${got}`);
  for (const [client, { version }] of Object.entries(CLIENTS)) {
    if (matrix.clients[client].version !== version) say('version', client, matrix.clients[client].version, version);
  }
  const rows = new Map(matrix.groups.flatMap((group) => group.features.map((row) => [row.id, row])));
  for (const [id, product] of features) {
    const row = rows.get(id);
    if (row === undefined) say(id, 'matrix.json', 'a row', 'none');
    if (row === undefined) continue;
    const noted = JSON.stringify({ writable: row.writable, named: row.named });
    if (noted !== JSON.stringify(product)) say(id, 'the product', noted, JSON.stringify(product));
    for (const client of selected) {
      const [expected, got] = [outcomeOf(row.results[client]), measured.get(`${id} ${client}`)];
      if (expected !== got) say(id, client, expected, got);
      if (expected !== READS && !row.results[client]?.source) say(id, client, 'a source that explains it', 'none');
      if (expected !== READS && row.core) say(id, client, `${READS}, as all of the core profile`, expected);
    }
  }
  if (options.only === '')
    for (const id of rows.keys()) if (!features.has(id)) say(id, 'matrix.json', 'a repository with this feature', 'none');
  return found;
}

/** `matrix` with what was measured. What explained an error that is the same still does. */
function updated(matrix, features, measured) {
  const rows = new Map(matrix.groups.flatMap((group) => group.features.map((row) => [row.id, row])));
  const news = { title: 'New', features: [] };
  for (const [id, product] of features) {
    const row = rows.get(id) ?? { id, title: id };
    if (!rows.has(id)) news.features.push(row);
    const before = row.results ?? {};
    Object.assign(row, product, { results: {} });
    for (const client of Object.keys(CLIENTS)) {
      if (!selected.has(client)) {
        row.results[client] = before[client];
        continue;
      }
      const got = measured.get(`${id} ${client}`);
      const same = outcomeOf(before[client]) === got;
      row.results[client] = same ? before[client] : got === READS ? READS : { error: got, source: '' };
    }
  }
  for (const [client, { version }] of Object.entries(CLIENTS)) matrix.clients[client].version = version;
  if (news.features.length > 0) matrix.groups.push(news);
  return matrix;
}

const matrix = JSON.parse(readFileSync(MATRIX, 'utf8'));
const repositories = readdirSync(served)
  .filter((name) => name.endsWith('.json'))
  .flatMap((name) => JSON.parse(readFileSync(path.join(served, name), 'utf8')))
  .filter(({ id }) => id.includes(options.only));
const features = new Map(repositories.flatMap((one) => one.features.map((feature) => [feature.id, productOn(one, feature)])));
const measured = await measureAll(repositories);
if (options.update) {
  writeFileSync(MATRIX, `${JSON.stringify(updated(matrix, features, measured), null, 2)}\n`);
} else {
  const found = differences(matrix, features, measured);
  for (const line of found) console.log(line);
  const reads = [...measured.values()].filter((outcome) => outcome === READS).length;
  console.log(
    `${features.size} features, ${selected.size} clients: ${reads} read, ${measured.size - reads} refused, ${found.length} differ from matrix.json`,
  );
  process.exitCode = found.length === 0 ? 0 : 1;
}
