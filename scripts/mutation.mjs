// SPDX-License-Identifier: Apache-2.0
// Takes out each check of src/tuf and src/client that a `// @check <id>` marks, one at a time, and asks all vectors of test/vectors again: those that name
// the check must change their answer, and no other may. A check whose absence nobody notices is not tested; a vector that another check
// also stops tests neither.
//
//   node scripts/mutation.mjs [--bounded] [--only <id>]
//
// The checks are made switchable in memory while bundling; the sources and dist/ never have the switch.
// `--bounded` is for a run with little time: it is the whole run as long as that takes less than two minutes.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { rolldown } from 'rolldown';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = ['src/tuf', 'src/client'];
const VECTORS = path.join(ROOT, 'test', 'vectors');
const MARKER = /^[ \t]*\/\/ @check (\S+)$/gm;
const ENTRY = 'vectors-of-all-attacks';

/** The marked checks of one source: the id, and where its statement stands. Throws where a marker marks nothing that can be taken out. */
function checksOf(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const statements = new Map();
  const visit = (node) => {
    if (ts.isIfStatement(node) || ts.isExpressionStatement(node) || ts.isThrowStatement(node)) statements.set(node.getStart(), node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...text.matchAll(MARKER)].map((match) => {
    const end = match.index + match[0].length;
    const start = end + /^\s*/.exec(text.slice(end))[0].length;
    const node = statements.get(start);
    if (node === undefined) throw new Error(`${file}: expected an if, a call or a throw after the marker of ${match[1]}`);
    return { id: match[1], node };
  });
}

/** `text` with a switch at each check: a condition that can be made false, a statement that can be left out. */
function withSwitches(text, checks) {
  const edits = checks.flatMap(({ id, node }) => {
    const name = JSON.stringify(id);
    if (!ts.isIfStatement(node)) return [{ at: node.getStart(), insert: `if (globalThis.__checkIsOn(${name})) ` }];
    const { expression } = node;
    return [
      { at: expression.getStart(), insert: `globalThis.__checkIsOn(${name}) && (` },
      { at: expression.getEnd(), insert: ')' },
    ];
  });
  return edits.sort((a, b) => b.at - a.at).reduce((result, { at, insert }) => result.slice(0, at) + insert + result.slice(at), text);
}

/** The sources that may have checks, as paths below the root, with `/`. */
async function sourceNames() {
  const lists = await Promise.all(
    FOLDERS.map(async (folder) => (await readdir(path.join(ROOT, folder))).map((name) => `${folder}/${name}`)),
  );
  return lists.flat().filter((name) => name.endsWith('.ts'));
}

/** All checks, by id, with the file each is in. Throws when two have one id. */
async function readChecks() {
  const found = new Map();
  const sources = new Map();
  for (const name of await sourceNames()) {
    const file = path.join(ROOT, name);
    const text = await readFile(file, 'utf8');
    const checks = checksOf(name, text);
    for (const { id } of checks) {
      if (found.has(id)) throw new Error(`${name}: expected ${id} to mark one check, got a second one (also in ${found.get(id)})`);
      found.set(id, name);
    }
    sources.set(path.normalize(file), withSwitches(text, checks));
  }
  return { files: found, sources };
}

/** The vectors by name, from a bundle in which the checks can be switched. */
async function loadVectors(sources) {
  const directories = (await readdir(VECTORS, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const names = directories.map(({ name }) => name).sort();
  const lines = names.map((name, index) => `export { vector as v${index} } from ${JSON.stringify(path.join(VECTORS, name, 'vector.ts'))};`);
  const build = await rolldown({
    cwd: ROOT,
    input: ENTRY,
    platform: 'node',
    plugins: [
      {
        name: 'switchable-checks',
        resolveId: (id) => (id === ENTRY ? id : null),
        load: (id) => (id === ENTRY ? lines.join('\n') : (sources.get(path.normalize(id)) ?? null)),
      },
    ],
  });
  const directory = await mkdtemp(path.join(tmpdir(), 'countersign-mutation-'));
  try {
    const { output } = await build.generate({ format: 'esm' });
    const file = path.join(directory, 'vectors.mjs');
    await writeFile(file, output[0].code);
    const module = await import(pathToFileURL(file).href);
    return names.map((name, index) => ({ name, vector: module[`v${index}`] }));
  } finally {
    await build.close();
    await rm(directory, { recursive: true });
  }
}

/** The switch that the bundle asks: which check is off, and which checks were asked for since `reached` was last emptied. */
const state = { off: null, reached: new Set() };
globalThis.__checkIsOn = (id) => {
  state.reached.add(id);
  return id !== state.off;
};

/** What one side of a vector answers now, as text: `accepted`, a code, or the crash of code that relied on the check that is off. */
async function answer(trial) {
  try {
    const outcome = await trial();
    return outcome.kind === 'accepted' ? 'accepted' : outcome.refusal.code;
  } catch (error) {
    return `crash: ${error instanceof Error ? error.name : String(error)}`;
  }
}

/** What a vector answers with all checks on, and which checks each side comes by: taking out another one can't change anything. */
async function measure({ name, vector }) {
  const reached = [];
  for (const [side, expected] of [
    ['twin', 'accepted'],
    ['attack', vector.code],
  ]) {
    // Asked first with nothing counted: what a vector prepares, it prepares once and with all checks on.
    const got = await answer(vector[side]);
    if (got !== expected) throw new Error(`${name}: expected the ${side} to get ${expected}, got ${got}`);
    state.reached.clear();
    await answer(vector[side]);
    reached.push({ side, expected, checks: new Set(state.reached) });
  }
  return { name, vector, named: [vector.check, ...vector.through], reached };
}

/** Switches one check off and tells which vectors noticed, and what they answered. */
async function mutate(id, measured) {
  state.off = id;
  const noticed = new Map();
  const known = new Map();
  for (const { name, vector, reached } of measured) {
    for (const { side, expected, checks } of reached) {
      if (!checks.has(id)) continue;
      const trial = vector[side];
      if (!known.has(trial)) known.set(trial, await answer(trial));
      const got = known.get(trial);
      if (got !== expected) noticed.set(name, side === 'twin' ? `twin ${got}` : got);
    }
  }
  state.off = null;
  return noticed;
}

/** The lines that say what is wrong about a mutant; none when all is as the vectors say. */
function complaints(id, file, noticed, measured) {
  const named = measured.filter((one) => one.named.includes(id)).map(({ name }) => name);
  if (named.length === 0) return [`${id} (${file}): no vector names this check`];
  const survived = named
    .filter((name) => !noticed.has(name))
    .map((name) => `${id} (${file}): ${name} names it and is refused all the same`);
  const others = [...noticed].filter(([name]) => !named.includes(name));
  return [...survived, ...others.map(([name, got]) => `${id} (${file}): ${name} does not name it and got ${got}`)];
}

async function main() {
  const { values } = parseArgs({ options: { bounded: { type: 'boolean' }, only: { type: 'string' } } });
  const started = performance.now();
  const { files, sources } = await readChecks();
  if (values.only !== undefined && !files.has(values.only)) throw new Error(`${values.only}: expected the id of a check`);
  const measured = [];
  for (const one of await loadVectors(sources)) measured.push(await measure(one));
  const unknown = measured.flatMap(({ name, named }) =>
    named.filter((id) => !files.has(id)).map((id) => `${name}: no check is called ${id}`),
  );
  const wrong = [...unknown];
  const ids = values.only === undefined ? [...files.keys()] : [values.only];
  for (const id of ids) {
    const noticed = await mutate(id, measured);
    const found = complaints(id, files.get(id), noticed, measured);
    wrong.push(...found);
    const answers = [...noticed].map(([name, got]) => `${name}: ${got}`);
    console.log(`${found.length === 0 ? 'killed  ' : 'WRONG   '} ${id.padEnd(32)} ${answers.join(', ')}`);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  for (const line of wrong) console.error(line);
  console.log(`${ids.length} checks taken out one at a time, ${measured.length} vectors, ${wrong.length} differences, ${seconds} s`);
  if (wrong.length > 0) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
