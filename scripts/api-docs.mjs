// SPDX-License-Identifier: Apache-2.0
// Writes docs/api/client.md, the reference of `countersign/client`, from the docstrings of what src/client/index.ts exports. The same sources
// and lock file give the same bytes.
//
//   node scripts/api-docs.mjs [--check]
//
// `--check` writes nothing and fails when the file is not what the docstrings say. Either way an export without a docstring, a
// link that leads nowhere, and a type that is named and not exported are errors.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Application, LogLevel } from 'typedoc';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DOCUMENT = 'docs/api/client.md';
const NOTE = '<!-- Written by `npm run docs:api` from the docstrings in src/client. Change those. -->\n\n';

const OPTIONS = {
  name: 'countersign/client',
  entryPoints: [path.join(ROOT, 'src/client/index.ts')],
  tsconfig: path.join(ROOT, 'tsconfig.json'),
  // `npm run typecheck` is for that.
  skipErrorChecking: true,
  plugin: ['typedoc-plugin-markdown'],
  readme: 'none',
  disableSources: true,
  excludeExternals: true,
  githubPages: false,
  logLevel: LogLevel.Warn,
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
  validation: { notExported: true, invalidLink: true, rewrittenLink: true, notDocumented: true, unusedMergeModuleWith: true },
  requiredToBeDocumented: ['Class', 'Interface', 'TypeAlias', 'Function', 'Variable'],
  // All on one page, and in the order of the source where that says something.
  router: 'module',
  entryFileName: 'client',
  sort: ['source-order'],
  sortEntryPoints: false,
  groupOrder: ['Functions', 'Interfaces', 'Type Aliases', 'Variables', 'Classes'],
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  expandObjects: false,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  propertyMembersFormat: 'table',
  tableColumnSettings: { hideDefaults: true, hideInherited: true, hideModifiers: false, hideOverrides: true, hideSources: true },
};

/** The reference, as the docstrings have it now. */
async function reference() {
  const out = await mkdtemp(path.join(tmpdir(), 'countersign-api-'));
  try {
    const application = await Application.bootstrapWithPlugins({ ...OPTIONS, out }, []);
    const project = await application.convert();
    if (project === undefined) throw new Error('src/client/index.ts: expected docstrings, got none');
    application.validate(project);
    await application.generateOutputs(project);
    if (application.logger.hasErrors() || application.logger.hasWarnings()) throw new Error(`${DOCUMENT}: not written, see above`);
    const files = await readdir(out);
    if (files.length !== 1) throw new Error(`${DOCUMENT}: expected one file, got ${files.join(', ')}`);
    const text = await readFile(path.join(out, files[0]), 'utf8');
    if (text.includes(ROOT)) throw new Error(`${DOCUMENT}: expected no path of this machine`);
    return `${NOTE}${text.replace(/[ \t]+$/gm, '').trimEnd()}\n`;
  } finally {
    await rm(out, { recursive: true });
  }
}

async function main(args) {
  const { values } = parseArgs({ args, options: { check: { type: 'boolean', default: false } } });
  const text = await reference();
  const target = path.join(ROOT, DOCUMENT);
  const before = await readFile(target, 'utf8').catch(() => null);
  if (text === before) {
    console.log(`${DOCUMENT} says what the docstrings say`);
  } else if (values.check) {
    console.error(`${DOCUMENT}: expected what the docstrings say, got something else; run npm run docs:api`);
    process.exitCode = 1;
  } else {
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, text);
    console.log(`${DOCUMENT} written`);
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
