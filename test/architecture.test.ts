// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkForm } from './architecture/form.ts';
import { checkHumanKeys, checkLayers } from './architecture/layers.ts';
import { checkPurity } from './architecture/purity.ts';
import { parseSources, type Finding } from './architecture/source.ts';

const ROOT = new URL('../', import.meta.url);

function readSources(): ReadonlyMap<string, string> {
  const names = readdirSync(new URL('src/', ROOT), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const files = names.map((name) => `src/${name.replaceAll('\\', '/')}`).sort();
  return new Map(files.map((file) => [file, readFileSync(new URL(file, ROOT), 'utf8')]));
}

const text = ({ file, line, message }: Finding): string => `${file}:${String(line)} ${message}`;
const SPDX = '// SPDX-License-Identifier: Apache-2.0\n';

describe('the source', () => {
  const sources = parseSources(readSources());

  test('has files to check', () => {
    expect([...sources.keys()]).toContain('src/tuf/errors.ts');
  });

  test.each([
    ['imports only along the arrows', checkLayers],
    ['keeps human keys out of the action', (all: typeof sources) => checkHumanKeys(all)],
    ['uses nothing impure in pure layers', checkPurity],
    ['has the form of the house style', checkForm],
  ])('%s', (_, check) => {
    expect(check(sources).map(text)).toEqual([]);
  });
});

describe('imports along the arrows', () => {
  test.each([
    ['src/trust/a.ts', "import { x } from '../tuf/x.ts';"],
    ['src/tuf/a.ts', "import { createHash, verify } from 'node:crypto';"],
    ['src/tuf/a.ts', "import { verify, type KeyObject, type SignKeyObjectInput } from 'node:crypto';"],
    ['src/tuf/a.ts', 'function require(check: boolean): void {} require(true);'],
    ['src/tuf/a.ts', "import * as ed from '@noble/ed25519';"],
    ['src/event/a.ts', "import type { Forge } from '../ports.ts';"],
    ['src/render/a.ts', "import { x } from '../event/x.ts';"],
    ['src/ports.ts', "import type { Instant } from './tuf/instant.ts';"],
    ['src/commands/a.ts', "import { x } from '../client/x.ts';"],
    ['src/signers/a.ts', "import { readFile } from 'node:fs/promises';"],
    ['src/forge/github/a.ts', "import { x } from '../local/x.ts';"],
    ['src/cli.ts', "const x = await import('./signers/x.ts');"],
    ['src/tuf/a.ts', "// import '../cli.ts'\nconst x = \"import('../cli.ts')\"; const y = /import '..\\/cli.ts'/;"],
    ['src/tuf/a.ts', 'const x = { require: (name: string) => name }; x.require("fs");'],
  ])('%s may say %s', (file, source) => {
    expect(checkLayers(parseSources({ [file]: source }))).toEqual([]);
  });

  test.each([
    ['src/tuf/a.ts', "import { x } from '../trust/x.ts';", 'tuf must not import trust'],
    ['src/tuf/a.ts', "import type { X } from '../ports.ts';", 'tuf must not import ports'],
    ['src/tuf/a.ts', "export { x } from '../trust/x.ts';", 'tuf must not import trust'],
    ['src/tuf/a.ts', "export * from '../trust/x.ts';", 'tuf must not import trust'],
    ['src/tuf/a.ts', "const x = import('../trust/x.ts');", 'tuf must not import trust'],
    ['src/tuf/a.ts', "type X = import('../trust/x.ts').X;", 'tuf must not import trust'],
    ['src/tuf/a.ts', "import x = require('../trust/x.ts');", 'tuf must not import trust'],
    ['src/tuf/a.ts', "const x = require('node:fs');", 'tuf must not import node:fs'],
    ['src/tuf/a.ts', "const require = load; require('node:fs');", 'tuf must not import node:fs'],
    ['src/tuf/a.ts', "import 'node:fs/promises';", 'tuf must not import node:fs/promises'],
    ['src/tuf/a.ts', "import { randomBytes } from 'node:crypto';", 'pure code must not import randomBytes from node:crypto'],
    ['src/tuf/a.ts', "import { sign as verify } from 'node:crypto';", 'pure code must not import sign from node:crypto'],
    ['src/tuf/a.ts', "import * as crypto from 'node:crypto';", 'pure code must import node:crypto by name'],
    ['src/tuf/a.ts', 'const x = (name: string) => import(name);', 'imports must name their module by a plain string'],
    ['src/trust/a.ts', "import { x } from '../event/x.ts';", 'trust must not import event'],
    ['src/trust/a.ts', "import { parse } from 'yaml';", 'trust must not import yaml'],
    ['src/event/a.ts', "import { Forge } from '../ports.ts';", 'event may import only types from ports'],
    ['src/event/a.ts', "import { type Forge } from '../ports.ts';", 'event may import only types from ports'],
    ['src/event/a.ts', "import { x } from '../render/x.ts';", 'event must not import render'],
    ['src/render/a.ts', "import { x } from '../commands/x.ts';", 'render must not import commands'],
    ['src/ports.ts', "import { x } from './tuf/x.ts';", 'ports may import only types from tuf'],
    ['src/commands/a.ts', "import { x } from '../forge/x.ts';", 'commands must not import forge'],
    ['src/commands/a.ts', "import { readFile } from 'node:fs/promises';", 'commands must not import node:fs/promises'],
    ['src/signers/a.ts', "import { x } from '../forge/x.ts';", 'signers must not import forge'],
    ['src/client/a.ts', "import { x } from '../commands/x.ts';", 'client must not import commands'],
    ['src/cli.ts', "import { x } from '../test/x.ts';", 'source must not import test/x.ts'],
    ['src/extra/a.ts', '', 'no layer is called extra'],
  ])('%s must not say %s', (file, source, message) => {
    expect(checkLayers(parseSources({ [file]: source }))).toEqual([{ file, line: 1, message }]);
  });
});

describe('human keys in the action', () => {
  const signer = "import { password } from '@inquirer/prompts';";

  test.each([
    ['an import', "import './signers/ssh.ts';"],
    ['a re-export', "export { x } from './signers/ssh.ts';"],
    ['a lazy import', "const load = () => import('./signers/ssh.ts');"],
    ['a detour', "import './commands/sign.ts';"],
  ])('are found behind %s', (_, action) => {
    const commands = "import '../signers/ssh.ts';";
    const sources = parseSources({ 'src/action.ts': action, 'src/commands/sign.ts': commands, 'src/signers/ssh.ts': signer });
    expect(checkHumanKeys(sources).map(({ file }) => file)).toEqual(['src/signers/ssh.ts']);
  });

  test('the way to them is told', () => {
    const sources = parseSources({ 'src/action.ts': "import './a.ts';", 'src/a.ts': "import 'bcrypt-pbkdf/x.js';" });
    expect(checkHumanKeys(sources).map(text)).toEqual(['src/a.ts:1 the action must not reach bcrypt-pbkdf/x.js: src/action.ts → src/a.ts']);
  });

  test.each([
    ['only types are named', "import type { X } from './signers/ssh.ts';"],
    ['another entry uses them', "import './commands/sign.ts';"],
  ])('are not found when %s', (_, action) => {
    const sources = parseSources({
      'src/action.ts': action,
      'src/cli.ts': signer,
      'src/signers/ssh.ts': signer,
      'src/commands/sign.ts': '',
    });
    expect(checkHumanKeys(sources)).toEqual([]);
  });
});

describe('purity', () => {
  test.each([
    ['process', 'process.env'],
    ['process', 'const { env } = process;'],
    ['process', 'const x = { process };'],
    ['console', 'console.log(1)'],
    ['fetch', "const x = fetch('a');"],
    ['setTimeout', 'setTimeout(f, 1)'],
    ['globalThis', 'globalThis.x'],
    ['crypto', 'crypto.getRandomValues(x)'],
    ['eval', "eval('1')"],
    ['require', "const load = require; load('node:fs');"],
    ['Intl', 'new Intl.Collator()'],
    ['import.meta', 'const x = import.meta.url;'],
    ['Date.now', 'const x = Date.now();'],
    ['Date as a value', 'const { now } = Date;'],
    ['Date as a value', 'const x = Date();'],
    ['Date as a value', "const x = Date['now']();"],
    ['new Date() without arguments', 'const x = new Date();'],
    ['new Date() without arguments', 'const x = new Date;'],
    ['Math.random', 'const x = Math.random();'],
    ['Math as a value', "const x = Math['random']();"],
    ['localeCompare', 'a.localeCompare(b)'],
    ['toLocaleString', 'a.toLocaleString()'],
    ['getHours', 'a.getHours()'],
  ])('%s is found in %s', (what, source) => {
    for (const layer of ['tuf', 'trust', 'event', 'render']) {
      const file = `src/${layer}/a.ts`;
      expect(checkPurity(parseSources({ [file]: source }))).toEqual([{ file, line: 1, message: `pure code must not use ${what}` }]);
    }
  });

  test.each([
    '// process.env, Date.now()\nconst x = "console.log(process)";',
    'const x = `process ${a.process} ${a.fetch()}`;',
    'const x = { process: 1, fetch() {} }; interface Y { fetch(): void; process: string }',
    'const { process: a } = b;',
    'const x = new Date(0); const y = Date.parse(z); const w = x instanceof Date;',
    'const f = (x: Date, y: Function): number => Math.floor(x.getTime());',
    'const x = /process/;',
    'function require(check: boolean): void {} require(true);',
  ])('nothing is found in %s', (source) => {
    expect(checkPurity(parseSources({ 'src/tuf/a.ts': source }))).toEqual([]);
  });

  test('adapters may be impure', () => {
    expect(checkPurity(parseSources({ 'src/forge/a.ts': 'const x = Date.now();' }))).toEqual([]);
  });
});

describe('form', () => {
  test.each([
    ['no SPDX line', 'src/tuf/a.ts', '', 'the first line is not the SPDX line'],
    ['another licence', 'src/tuf/a.ts', '// SPDX-License-Identifier: MIT\n', 'the first line is not the SPDX line'],
    ['too long', 'src/tuf/a.ts', SPDX + '//\n'.repeat(400), '401 lines, more than 400'],
    ['a banned name', 'src/tuf/utils.ts', SPDX, '"utils": "utils" does not name a concept'],
    ['a banned word in a name', 'src/tuf/key-manager.ts', SPDX, '"key-manager": "manager" does not name a concept'],
    ['a banned folder', 'src/helpers/a.ts', SPDX, '"helpers": "helpers" does not name a concept'],
    ['camel case', 'src/tuf/trustedSet.ts', SPDX, '"trustedSet" is not kebab-case'],
    ['a function', 'src/tuf/a.ts', `${SPDX}export function f(): void {}`, 'f is exported without a TSDoc comment'],
    ['an async function', 'src/tuf/a.ts', `${SPDX}export async function f(): Promise<void> {}`, 'f is exported without a TSDoc comment'],
    ['a constant', 'src/tuf/a.ts', `${SPDX}export const c = 1;`, 'c is exported without a TSDoc comment'],
    ['a class', 'src/tuf/a.ts', `${SPDX}export class C {}`, 'C is exported without a TSDoc comment'],
    ['an interface', 'src/tuf/a.ts', `${SPDX}export interface I { x: 1 }`, 'I is exported without a TSDoc comment'],
    ['a type', 'src/tuf/a.ts', `${SPDX}export type T = 1;`, 'T is exported without a TSDoc comment'],
    ['a default function', 'src/tuf/a.ts', `${SPDX}export default function (): void {}`, 'default is exported without a TSDoc comment'],
    ['a default value', 'src/tuf/a.ts', `${SPDX}export default 1 + 1;`, 'default is exported without a TSDoc comment'],
    ['a list of exports', 'src/tuf/a.ts', `${SPDX}const c = 1; export { c as d };`, 'c is exported without a TSDoc comment'],
    ['a plain comment', 'src/tuf/a.ts', `${SPDX}// f\n/* f */\nexport const f = 1;`, 'f is exported without a TSDoc comment'],
  ])('finds %s', (_, file, source, message) => {
    expect(checkForm(parseSources({ [file]: source })).map((finding) => finding.message)).toEqual([message]);
  });

  test.each([
    ['a file of 400 lines', `${SPDX}${'//\n'.repeat(399)}`],
    [
      'overloads with one comment',
      `${SPDX}/** F. */\nexport function f(a: 1): void;\nexport function f(a: 2): void;\nexport function f(): void {}`,
    ],
    ['no comment on what is not exported', `${SPDX}/** C. */\nexport const c = 1;\nconst d = 2;\nfunction e(): void {}\nif (d) e();`],
    ['a comment where a listed export is declared', `${SPDX}/** C. */\nconst c = 1;\nexport { c };`],
    ['re-exports', `${SPDX}export * from './b.ts'; export { x } from './b.ts';`],
  ])('accepts %s', (_, source) => {
    expect(checkForm(parseSources({ 'src/tuf/key-id.ts': source }))).toEqual([]);
  });
});
