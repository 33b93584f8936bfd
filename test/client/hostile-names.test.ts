// SPDX-License-Identifier: Apache-2.0
// Names of targets and roles that want to be elsewhere, through a client with files on a disk. Whatever they are, nothing is written beside the client's
// own two directories, and the host is asked for nothing outside its own.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FetchScene } from '../commands/fetch-setup.ts';
import { addTarget, build, newRepository } from '../fakes/repository-builder.ts';
import { hosting, type Handler } from './http-server.ts';
import { bytesOf, codeOf, sha256, TestRepository } from './support.ts';
import { visit, type Served } from './visit.ts';

let scene: FetchScene;
beforeEach(async () => {
  scene = await FetchScene.open();
  await mkdir(scene.path('elsewhere'));
  await writeFile(scene.path('elsewhere', 'precious'), 'precious');
});
afterEach(async () => {
  const outside = (await scene.list('.')).filter((name) => !/^(cache\/)?client(-2)?\//.test(name));
  expect(outside).toEqual(['elsewhere/precious']);
  expect(await readFile(scene.path('elsewhere', 'precious'), 'utf8')).toBe('precious');
  await scene.close();
});

/** Visits with one client; gives the code and what was asked for outside `/metadata/` and `/targets/`. */
async function run(
  repository: TestRepository,
  targets: readonly string[],
): Promise<{ readonly code: string; readonly astray: readonly string[] }> {
  const astray: string[] = [];
  const handler: Handler = (request, response) => {
    const url = request.url ?? '';
    if (!/^\/(metadata\/[^/]+|targets\/.+)$/.test(url) || /(^|\/)(\.|%2e){1,2}(\/|$)/i.test(url)) astray.push(url);
    hosting(repository.files)(request, response);
  };
  return { code: await codeOf(visit(scene, repository.files, targets, { client: 'client', handler })), astray };
}

function withTarget(name: string): TestRepository {
  const repository = new TestRepository();
  repository.role('targets').targets.set(name, bytesOf('content'));
  repository.role('targets').targets.set('good.txt', bytesOf('good'));
  return repository.publish();
}

describe('a target', () => {
  test.each([
    '../elsewhere/precious',
    '../../etc/passwd',
    'a/../../elsewhere/precious',
    'a/..',
    '..',
    '.',
    './x',
    'a//b',
    'a/',
    '/',
    '/etc/passwd',
    '//host/share',
    '..\\elsewhere\\precious',
    'a\\..\\..\\elsewhere',
    'C:\\x',
    'c:x',
    '~:x',
    'file:///etc/passwd',
    'x?y',
    'nul',
    'com1.txt',
    'a.',
    'a ',
    'a\u202egpj.exe',
    'a\u2028b',
    '\ufeffa',
    'x'.repeat(256),
    `d/${'é'.repeat(128)}`,
    '.countersign/a.part',
    '.COUNTERSIGN/a.part',
  ])('%j is refused, and the others are had', async (name) => {
    const repository = withTarget(name);
    expect(await run(repository, [name])).toEqual({ code: 'file-name', astray: [] });
    expect(await run(repository, ['**'])).toEqual({ code: 'file-name', astray: [] });
    expect(await run(repository, ['good.txt'])).toEqual({ code: 'none', astray: [] });
    expect(await scene.list('client')).toEqual(['good.txt']);
  });

  // What a control character is in can't be read at all.
  test.each(['a\u0000b', '\u0000', 'a\nb', 'a\u007fb', 'a\u009b31mb'])('%j makes its role unreadable', async (name) => {
    const files = (target: string): Served => {
      const repository = newRepository();
      addTarget(repository, 'targets', target, 'content');
      addTarget(repository, 'targets', 'good.txt', 'good');
      return build(repository);
    };
    expect(await codeOf(visit(scene, files(name), ['good.txt'], { client: 'client' }))).toBe('target-path-invalid');
    expect(await codeOf(visit(scene, files('a'), ['good.txt'], { client: 'client-2' }))).toBe('none');
  });

  test.each([
    '%2e%2e/elsewhere',
    '%2e%2e',
    '..%2felsewhere',
    '%00',
    '%2Fetc',
    '...x',
    '-rf',
    '__proto__',
    'constructor',
    'prototype/__proto__',
    'hasOwnProperty',
    'x'.repeat(180),
    `${'d'.repeat(255)}/x`,
    'a/'.repeat(40) + 'b',
    "it's (a) file!",
    '日本語/🍺',
  ])('%j is a name like any other', async (name) => {
    const repository = withTarget(name);
    expect(await run(repository, [name, 'good.txt'])).toEqual({ code: 'none', astray: [] });
    expect(await scene.list('client')).toEqual(['good.txt', name].sort());
    expect(await scene.read('client', name)).toBe('content');
  });

  test.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'valueOf'])('%s that nobody lists is not found', async (name) => {
    expect((await run(withTarget('a'), [name])).code).toBe('target-unknown');
  });

  // With its hash in front it would be longer than a file name may be where it is hosted; the client's name is only its own.
  test('whose name is as long as may be is asked for by a longer one', async () => {
    const name = 'x'.repeat(255);
    const repository = withTarget(name);
    expect(await run(repository, [name])).toEqual({ code: 'none', astray: [] });
    expect(repository.files.has(`targets/${sha256(bytesOf('content'))}.${name}`)).toBe(true);
  });
});

describe('a role', () => {
  function delegating(name: string): TestRepository {
    return new TestRepository().delegate('targets', { name, keys: ['a'], paths: ['a/*'] }, { 'a/1': 'one' }).publish();
  }

  test.each([
    '..',
    '.',
    '../elsewhere/precious',
    '../../etc/passwd',
    '/etc/passwd',
    'a/b',
    'a\\b',
    'C:\\x',
    '%2e%2e',
    '%2F',
    'Root',
    'TIMESTAMP',
    '1.root',
    '2.root',
    'root.json',
    '.tmp-1',
    'cache.lock',
    'nul',
    '__proto__',
    'constructor',
    'a?b#c',
    '日本語 🍺',
    ' ',
    'x'.repeat(200),
  ])('called %j is read, and stays in the cache', async (name) => {
    const repository = delegating(name);
    expect(await run(repository, ['a/1'])).toEqual({ code: 'none', astray: [] });
    // Once more from the cache, whose root is still a root.
    expect(await run(repository, ['a/1'])).toEqual({ code: 'none', astray: [] });
    expect(await readFile(scene.path('cache', 'client', 'root.json'))).toEqual(
      Buffer.from(repository.files.get('metadata/1.root.json') ?? []),
    );
    expect(await scene.list('cache/client')).toHaveLength(5);
  });

  test.each([
    ['root', 'role-name-invalid'],
    ['targets', 'role-name-invalid'],
    ['snapshot', 'role-name-invalid'],
    ['timestamp', 'role-name-invalid'],
    ['mirrors', 'role-name-invalid'],
    ['', 'role-name-invalid'],
    ['a\u0000b', 'role-name-invalid'],
    ['a\nb', 'role-name-invalid'],
    ['a\u0085b', 'role-name-invalid'],
    ['x'.repeat(201), 'role-name-invalid'],
    ['é'.repeat(34), 'role-name-invalid'],
    ['é'.repeat(33), 'none'],
  ])('called %j: %s', async (name, code) => {
    const repository = new TestRepository();
    repository.role('targets').targets.set('top.txt', bytesOf('top'));
    repository.role('targets').delegations.push({ name, keys: ['a'], paths: ['a/*'] });
    expect((await run(repository.publish(), ['top.txt'])).code).toBe(code);
  });

  test('that nobody delegates to is not found in what every object has', async () => {
    const repository = delegating('a');
    expect((await run(repository, ['constructor/1'])).code).toBe('target-unknown');
    expect((await run(repository, ['a/1'])).code).toBe('none');
  });
});
