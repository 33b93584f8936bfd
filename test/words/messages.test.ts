// SPDX-License-Identifier: Apache-2.0
// Every message of ours is one that a person can read. Those that are written in the source are printed by the entries' own
// printer, each code at least once; those that come from the system are provoked by running the program.
import { mkdir, writeFile } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openConsole } from '../../src/cli/console.ts';
import { errnoWords } from '../../src/disk/errno-words.ts';
import { CountersignError, type ErrorCode } from '../../src/tuf/errors.ts';
import { CommandLine, writeFiles } from '../cli/command-line.ts';
import { newPlace, type Repository } from '../cli/repository.ts';
import { refusedIn } from './refused-words.ts';

const SOURCE = new URL('../../src/', import.meta.url);

/** A message as the source has it: what is put into it stands as `…`. */
interface Written {
  readonly file: string;
  readonly code: string | null;
  readonly text: string;
}

function textOf(node: ts.Node): string | null {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return null;
  return [node.head.text, ...node.templateSpans.map(({ literal }) => `…${literal.text}`)].join('');
}

/** Texts of `new CountersignError`, and every other that begins as a message does. */
function writtenIn(file: string): readonly Written[] {
  const source = ts.createSourceFile(file, readFileSync(new URL(file, SOURCE), 'utf8'), ts.ScriptTarget.Latest, true);
  const found: Written[] = [];
  const visit = (node: ts.Node): void => {
    const text = textOf(node);
    if (text !== null && /^(?:expected|got) |, got |, but /.test(text)) found.push({ file, code: null, text });
    if (ts.isNewExpression(node) && node.expression.getText() === 'CountersignError') {
      const [code, , detail] = node.arguments ?? [];
      const [name, words] = [code === undefined ? null : textOf(code), detail === undefined ? null : textOf(detail)];
      if (name !== null) found.push({ file, code: name, text: words ?? 'expected …, got …' });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const WRITTEN = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .flatMap(writtenIn);

/** The codes, as their type lists them. */
function codes(): readonly string[] {
  const text = readFileSync(new URL('tuf/errors.ts', SOURCE), 'utf8');
  const source = ts.createSourceFile('errors.ts', text, ts.ScriptTarget.Latest, true);
  const alias = source.statements.find((one) => ts.isTypeAliasDeclaration(one) && one.name.text === 'ErrorCode');
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isLiteralTypeNode(node) && ts.isStringLiteral(node.literal)) names.push(node.literal.text);
    ts.forEachChild(node, visit);
  };
  if (alias !== undefined) visit(alias);
  return names;
}

/** What the command line's printer makes of an error, for people and as JSON. */
function printed(error: unknown): string {
  let text = '';
  const take = (chunk: unknown): boolean => {
    text += String(chunk);
    return true;
  };
  vi.spyOn(process.stderr, 'write').mockImplementation(take);
  vi.spyOn(process.stdout, 'write').mockImplementation(take);
  openConsole(false).error(error);
  openConsole(true).error(error);
  vi.restoreAllMocks();
  return text;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('each code is printed with words that people read', () => {
  test.each(codes())('%s', (code) => {
    const texts = WRITTEN.filter((one) => one.code === code).map(({ text }) => text);
    for (const text of texts.length === 0 ? ['expected one value, got another'] : texts) {
      const shown = printed(new CountersignError(code as ErrorCode, 'place', text));
      expect(shown).toContain(`error[${code}] place: `);
      expect(refusedIn(shown)).toEqual([]);
    }
  });

  test('there are codes, and messages in the source', () => {
    expect(codes()).toContain('usage');
    expect(codes().length).toBeGreaterThan(90);
    expect(WRITTEN.length).toBeGreaterThan(400);
  });
});

test('no message of the source says what people can not read', () => {
  const bad = WRITTEN.map(({ file, text }) => ({ file, text, words: refusedIn(text) })).filter(({ words }) => words.length > 0);
  expect(bad).toEqual([]);
});

describe('a message that nobody should see is found', () => {
  test.each([
    ['expected to read it, got ENOENT', ['ENOENT']],
    ['expected an answer, got ECONNREFUSED', ['ECONNREFUSED']],
    ['expected a file, got Something else', ['something else']],
    ['expected text, got nothing of the kind', ['nothing of the kind']],
    ['expected a body, got UND_ERR_ABORTED', ['UND_ERR_ABORTED']],
    ['expected a key, got ERR_OSSL_UNSUPPORTED', ['ERR_OSSL_UNSUPPORTED']],
    ['expected COUNTERSIGN_ONLINE_KEY, or HEAD, got none', []],
  ])('%s', (text, words) => {
    expect(refusedIn(text)).toEqual(words);
  });
});

test.each(['ENOENT', 'EACCES', 'ENOSPC', 'EROFS', 'ECONNREFUSED', 'ETIMEDOUT', 'ENOTSUP', 'EMLINK', 'ENOBODYKNOWS', 'CERT_HAS_EXPIRED'])(
  'the system says %s, and people read words',
  (name) => {
    expect(errnoWords(name)).toMatch(/^[a-z][a-z ,()-]{8,}$/);
    expect(refusedIn(errnoWords(name))).toEqual([]);
  },
);

describe('what the program prints when it is run', () => {
  let cli: CommandLine;
  let place: Repository;

  beforeAll(async () => {
    cli = await CommandLine.build();
    place = await newPlace(cli);
    await mkdir(place.path('directory'));
    await writeFile(place.path('file'), 'text');
    await writeFile(place.path('bad.json'), '{');
    await writeFile(place.path('bad.yaml'), 'people: [');
    await writeFiles(place.path('in'), { 'a.txt': 'a' });
    await place.json('init');
  });

  afterAll(async () => {
    await cli.remove();
  });

  const rows: Readonly<Record<string, readonly [readonly string[], string]>> = {
    'a key file that is missing': [['sign', '1', '--as', 'alice', '--key', 'file:nope.pem'], 'there is no such file or directory'],
    'a directory as a key': [['sign', '1', '--as', 'alice', '--key', 'file:directory'], 'got a directory or a special file'],
    'a text as a key': [['sign', '1', '--as', 'alice', '--key', 'file:file'], 'a text that is no private key'],
    'no place for a key': [['keygen', 'nope/me.pem'], 'there is no such file or directory'],
    'a file where a directory is needed': [['keygen', 'file/me.pem'], 'a file stands where a directory is needed'],
    'a root file that is missing': [['verify', 'forge', '--root', 'nope.json'], 'there is no such file or directory'],
    'a directory as a root file': [['verify', 'forge', '--root', 'directory'], 'a directory stands where a file is needed'],
    'a root file that is none': [['verify', 'forge', '--root', 'bad.json'], 'bad.json'],
    'a site that is missing': [['verify', 'nope'], 'there is no such directory; the URL of a site begins with https://'],
    'a file as a site': [['verify', 'file'], 'expected the directory of a site, got a file'],
    'a policy that is missing': [['init', '--repo', 'new', '--policy', 'nope.yaml'], 'there is no such file or directory'],
    'a policy that is no YAML': [['init', '--repo', 'new', '--policy', 'bad.yaml'], 'bad.yaml'],
    'a directory that the kernel does not make': [['init', '--repo', '/proc/countersign'], '/proc/countersign'],
    'files that are missing': [['propose', '--role', 'releases', 'dist/*.zip'], '"dist/*.zip"'],
    'a host that nobody is at': [['fetch', 'a', '--url', 'http://127.0.0.1:9/', '--root', 'bad.json'], 'bad.json'],
    'a repository that is none': [['status', '--repo', 'directory'], 'expected a local repository'],
    'an event that there is not': [['abandon', '99'], '#99'],
    'a change that can not be written': [
      ['sign', '1', '--as', 'alice', '--key', 'file:keys/alice.pem', '--changes', 'nope/x'],
      'no such file',
    ],
    'a command that there is not': [['nonsense', '--help'], "unknown command 'nonsense'"],
    'an option that there is not': [['status', '--nonsense'], '--nonsense'],
    'a custom file that is missing': [
      ['propose', '--role', 'releases', '--custom', '@nope.json', 'in/a.txt'],
      'nope.json: expected an object in JSON to read, but there is no such file or directory',
    ],
  };
  test.each(Object.entries(rows))('%s', async (_name, [args, shown]) => {
    const { code, stderr, stdout } = await place.run(...args);
    expect(code).not.toBe(0);
    expect(stderr).toContain(shown);
    expect(refusedIn(stderr + stdout)).toEqual([]);
  });

  test('a key on a full disk is told, and nothing is left of it', async () => {
    // A device that is always full takes no new file; what opens it to write learns of it at the end.
    const { stderr } = await place.run('sign', '1', '--as', 'alice', '--key', 'file:keys/alice.pem', '--changes', '/dev/full');
    expect(stderr).toContain('/dev/full: expected a file to write the change to, but no space is left on the disk');
  });
});
