// SPDX-License-Identifier: Apache-2.0
// Bundles src/cli.ts, src/action.ts and the library src/client/index.ts, with its types, into dist/. The same sources and lock file give the same bytes, in any directory:
// `--check` builds in memory and compares with dist/, so that what is committed can be trusted to be what the source says.
//
//   node scripts/build.mjs [--check] [--out <dir>]
//
// `--out` builds into a new directory: tests run what they build, whatever dist/ holds.
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = path.join(ROOT, 'dist');
const LAYERS = ['tuf', 'trust', 'event', 'render'];
const PROGRAM = {
  groups: LAYERS.map(layerGroup),
  comments: { legal: true, annotation: false, jsdoc: false },
};
/** For whoever bundles it: what keeps files on a disk is a chunk of its own, which is left out with its packages where nobody uses it. */
const LIBRARY = {
  groups: [
    { name: 'disk', test: /[\\/](?:src[\\/]disk|node_modules)[\\/]/ },
    // First: a group takes with it what its modules need.
    { name: 'core', test: /[\\/]src[\\/](?:tuf[\\/]|version\.ts$)/, priority: 1 },
  ],
  comments: { legal: true, annotation: true, jsdoc: false },
};
const BUNDLES = [
  { entry: 'src/cli.ts', file: 'cli.js', chunks: 'chunks', shebang: true, ...PROGRAM },
  { entry: 'src/action.ts', file: 'action.js', chunks: 'action-chunks', shebang: false, ...PROGRAM },
  { entry: 'src/client/index.ts', file: 'client.js', chunks: 'client-chunks', shebang: false, ...LIBRARY },
];
const TYPES = { entry: 'src/client/index.ts', file: 'client.d.ts' };
/** Packages that say nothing at all, looked at by hand: each is needed to unpack archives, and came with a package that is asked for. */
const WITHOUT_LICENCE = new Set(['buffers@0.1.1']);
const README_FILE = /^readme(\.(md|markdown))?$/i;
const LICENCE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/**
 * Modules of a pure layer that several commands share make one chunk, named after the layer. Otherwise each set of
 * commands that share something would get a chunk of its own: many small files, whose names change with the imports.
 */
function layerGroup(layer, index) {
  return { name: layer, test: new RegExp(`[\\\\/]src[\\\\/]${layer}[\\\\/]`), minShareCount: 2, priority: LAYERS.length - index };
}

/** The name of the one package that all modules come from, fit for a file name; undefined if there is no such package. */
function packageOfAll(moduleIds) {
  const directories = new Set(moduleIds.map(packageDirectory));
  const [directory] = directories;
  if (directories.size !== 1 || directory === undefined) return undefined;
  return directory
    .split(/[\\/]node_modules[\\/]/)
    .at(-1)
    .replace(/^@/, '')
    .replace(/[\\/]/, '-');
}

/** One bundle's output chunks. Throws on anything that would leave dist/ unable to run on its own. */
async function bundle({ entry, file, chunks, groups, comments }) {
  if (!existsSync(path.join(ROOT, entry))) throw new Error(`${entry}: expected the entry of dist/${file}, got no file`);
  const build = await rolldown({
    cwd: ROOT,
    input: { [path.basename(file, '.js')]: path.join(ROOT, entry) },
    platform: 'node',
    // Module paths appear in the output: a linked node_modules must not put its own place there.
    resolve: { symlinks: false },
    transform: { target: 'node20' },
    onLog(level, log) {
      if (level === 'warn') throw new Error(`${entry}: ${log.message}`);
    },
  });
  try {
    const { output } = await build.generate({
      format: 'esm',
      entryFileNames: file,
      // No content hash: a name that stays makes a readable diff of dist/.
      chunkFileNames: (chunk) =>
        `${chunks}/${packageOfAll(chunk.facadeModuleId ? [chunk.facadeModuleId] : chunk.moduleIds) ?? '[name]'}.js`,
      codeSplitting: { groups },
      minify: false,
      comments,
    });
    refuseOpenEnds(file, output);
    return output;
  } finally {
    await build.close();
  }
}

/** The declarations of the library in one file, which needs nothing but Node's own. Throws on anything else that it would import. */
async function declarations({ entry, file }) {
  const build = await rolldown({
    cwd: ROOT,
    input: { [path.basename(file, '.d.ts')]: path.join(ROOT, entry) },
    external: isBuiltin,
    // The sources say all their types (`isolatedDeclarations`), so no type checker is needed to tell them.
    plugins: [dts({ emitDtsOnly: true, oxc: true, tsconfig: false })],
  });
  try {
    const { output } = await build.generate({ format: 'esm', entryFileNames: file.replace(/\.ts$/, '.js') });
    const [{ code }] = output;
    if (output.length !== 1) throw new Error(`dist/${file}: expected one file, got ${output.map(({ fileName }) => fileName).join(', ')}`);
    if (/^import |\bimport\(|^\/\/\/ /m.test(code)) throw new Error(`dist/${file}: expected no import`);
    return `// SPDX-License-Identifier: Apache-2.0\n${code.trimEnd()}\n`;
  } finally {
    await build.close();
  }
}

/**
 * Every import must be a Node module or a chunk of this bundle. None may be of the entry: a lazy chunk that waits for
 * an entry which is itself waiting for that chunk never loads.
 */
function refuseOpenEnds(file, output) {
  const chunks = new Set(output.map(({ fileName }) => fileName));
  for (const chunk of output) {
    if (chunk.type !== 'chunk') throw new Error(`dist/${file}: expected only JavaScript, got ${chunk.fileName}`);
    for (const name of [...chunk.imports, ...chunk.dynamicImports]) {
      if (name === file) throw new Error(`dist/${chunk.fileName}: expected no import of its entry`);
      if (!chunks.has(name) && !isBuiltin(name))
        throw new Error(`dist/${chunk.fileName}: expected everything bundled, got an import of ${name}`);
    }
  }
}

/** The directory of the package that a module belongs to: the one below the last `node_modules`. */
function packageDirectory(moduleId) {
  const match = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(moduleId);
  return match?.[0];
}

/** The licences of all packages of which a module was bundled, in the order of their names and versions. */
async function licences(outputs) {
  const directories = new Set(outputs.flatMap((chunk) => chunk.moduleIds.map(packageDirectory)));
  directories.delete(undefined);
  const sections = new Map();
  for (const directory of directories) {
    const { name, version, license } = JSON.parse(await readFile(path.join(directory, 'package.json'), 'utf8'));
    const files = (await readdir(directory)).filter((file) => LICENCE_FILE.test(file)).sort();
    const texts = await Promise.all(files.map((file) => readFile(path.join(directory, file), 'utf8')));
    if (texts.length === 0) texts.push(await licenceInReadme(directory, `${name}@${version}`, license));
    const body = texts.map((text) => text.replaceAll('\r\n', '\n').trim()).join('\n\n');
    sections.set(`${name}@${version}`, `${name} ${version} (${license ?? 'no licence named'})\n\n${body}\n`);
  }
  const sorted = [...sections.keys()].sort().map((id) => sections.get(id));
  return ['dist/ contains code of these packages.\n', ...sorted].join(`\n${'-'.repeat(80)}\n\n`);
}

/** What a package without a licence file says of it: a section of its README, or only its name. Throws when there is not even that. */
async function licenceInReadme(directory, id, license) {
  const readme = (await readdir(directory)).find((file) => README_FILE.test(file));
  const text = readme === undefined ? '' : await readFile(path.join(directory, readme), 'utf8');
  const section = /^#+[ \t]*licen[cs]e[^\n]*\n([\s\S]*?)(?=^#|(?![\s\S]))/im.exec(text)?.[1]?.trim() ?? '';
  if (section.length >= 100) return section;
  if (typeof license === 'string' && license !== '') return 'The package names this licence and holds no text of it.';
  if (WITHOUT_LICENCE.has(id)) return 'The package names no licence. It is part of what @actions/artifact brings.';
  throw new Error(`${id}: expected a licence, got none`);
}

/** All of dist/: text by path, with `/`. */
async function build() {
  const files = new Map();
  const outputs = [];
  for (const options of BUNDLES) {
    const output = await bundle(options);
    outputs.push(...output);
    for (const chunk of output) {
      const shebang = options.shebang && chunk.fileName === options.file ? '#!/usr/bin/env node\n' : '';
      files.set(chunk.fileName, `${shebang}${chunk.code.trimEnd()}\n`);
    }
  }
  files.set(TYPES.file, await declarations(TYPES));
  files.set('licenses.txt', await licences(outputs));
  for (const [file, text] of files) {
    if (text.includes(ROOT)) throw new Error(`dist/${file}: expected no path of this machine`);
  }
  return files;
}

async function write(files, directory) {
  for (const [file, text] of files) {
    const target = path.join(directory, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, text);
    if (text.startsWith('#!')) await chmod(target, 0o755);
  }
}

/** What is wrong with dist/, one line for each file. */
async function differences(files) {
  const found = existsSync(DIST) ? await readdir(DIST, { recursive: true, withFileTypes: true }) : [];
  const present = found
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(DIST, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'));
  const lines = present.filter((file) => !files.has(file)).map((file) => `dist/${file}: not built from the source`);
  for (const [file, text] of files) {
    const target = path.join(DIST, file);
    if (!present.includes(file)) lines.push(`dist/${file}: missing`);
    else if (!Buffer.from(text).equals(await readFile(target))) lines.push(`dist/${file}: differs`);
    else if (text.startsWith('#!') && process.platform !== 'win32' && ((await stat(target)).mode & 0o111) === 0) {
      lines.push(`dist/${file}: not executable`);
    }
  }
  return lines.sort();
}

async function main(args) {
  const { values } = parseArgs({ args, options: { check: { type: 'boolean', default: false }, out: { type: 'string' } } });
  if (values.check && values.out !== undefined) throw new Error('--check compares with dist/: expected it without --out');
  const files = await build();
  if (!values.check) {
    if (values.out === undefined) await rm(DIST, { recursive: true, force: true });
    else if (existsSync(values.out)) throw new Error(`${values.out}: expected a directory that does not exist yet`);
    await write(files, values.out === undefined ? DIST : path.resolve(values.out));
    console.log(`${values.out ?? 'dist/'}: ${files.size} files written`);
    return;
  }
  const lines = await differences(files);
  if (lines.length === 0) {
    console.log(`dist/: ${files.size} files are what the source gives`);
    return;
  }
  console.error([...lines, 'run `npm run build` and commit dist/'].join('\n'));
  process.exitCode = 1;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
