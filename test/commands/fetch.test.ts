// SPDX-License-Identifier: Apache-2.0
import { mkdir, rm, stat, symlink } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDownloadDirectory } from '../../src/client/download-directory.ts';
import { parseRepositoryMap } from '../../src/client/repository-map.ts';
import type { FetchInput } from '../../src/commands/fetch.ts';
import type { Instant } from '../../src/tuf/instant.ts';
import { parseTargetPath } from '../../src/tuf/names.ts';
import { BEFORE, bytesOf, codeOf, file, LATER, sha256, TestRepository } from '../client/support.ts';
import { hosting, type Handler } from '../client/http-server.ts';
import { FetchScene } from './fetch-setup.ts';

let scene: FetchScene;
beforeEach(async () => {
  scene = await FetchScene.open();
});
afterEach(() => scene.close());

const APP = 'application\n'.repeat(1000);

function released(change: (all: TestRepository) => unknown = () => null): TestRepository {
  const repository = new TestRepository()
    .delegate(
      'targets',
      { name: 'releases', keys: ['releases'], paths: ['v1/*', 'v1/*/*'] },
      { 'v1/app.tar': APP, 'v1/app.sig': 'sig', 'v1/x64/app': 'x64' },
    )
    .delegate('targets', { name: 'docs', keys: ['docs'], paths: ['docs/*'] }, { 'docs/a.txt': 'a', 'elsewhere/b': 'b' });
  repository.role('targets').targets.set('top.txt', bytesOf('top'));
  change(repository);
  return repository.publish();
}

const place = (path: string, content: string): string => {
  const slash = path.lastIndexOf('/') + 1;
  return `targets/${path.slice(0, slash)}${sha256(bytesOf(content))}.${path.slice(slash)}`;
};

describe('fetching', () => {
  test('brings what was asked for, and says which bytes', async () => {
    const repository = released();
    const { url } = await scene.serve(repository);
    const result = await scene.fetch(repository, [url], ['v1/app.tar', 'top.txt']);
    expect(result).toMatchObject({
      problems: [],
      repositories: [{ repository: 'main', root: 1, timestamp: 1, snapshot: 1, expires: LATER }],
      files: [
        {
          path: 'v1/app.tar',
          file: scene.path('out', 'v1/app.tar'),
          length: APP.length,
          sha256: sha256(bytesOf(APP)),
          outcome: 'downloaded',
          role: 'releases',
        },
        { path: 'top.txt', length: 3, outcome: 'downloaded', role: 'targets', repositories: ['main'] },
      ],
    });
    expect(await scene.list()).toEqual(['top.txt', 'v1/app.tar']);
    expect(await scene.read('out', 'v1', 'app.tar')).toBe(APP);
    expect(scene.progress.at(-1)).toEqual([APP.length + 3, APP.length + 3]);
  });

  test.each<[readonly string[], readonly string[]]>([
    [['v1/*'], ['v1/app.sig', 'v1/app.tar']],
    [['v1/app.???'], ['v1/app.sig', 'v1/app.tar']],
    [['v1/**'], ['v1/app.sig', 'v1/app.tar', 'v1/x64/app']],
    [['**/app*'], ['v1/app.sig', 'v1/app.tar', 'v1/x64/app']],
    [['**'], ['docs/a.txt', 'top.txt', 'v1/app.sig', 'v1/app.tar', 'v1/x64/app']],
    [
      ['*', 'docs/a.txt'],
      ['docs/a.txt', 'top.txt'],
    ],
  ])('takes patterns over what clients can reach: %j', async (patterns, expected) => {
    const repository = released();
    const { url } = await scene.serve(repository);
    await scene.fetch(repository, [url], patterns);
    expect(await scene.list()).toEqual(expected);
  });

  test('leaves what is there and right, and replaces what is not', async () => {
    const repository = released();
    const { url, asked } = await scene.serve(repository);
    await scene.fetch(repository, [url], ['v1/*']);
    await scene.write('other', 'out', 'v1', 'app.sig');
    asked.length = 0;
    const { files } = await scene.fetch(repository, [url], ['v1/*']);
    expect(files.map(({ path, outcome }) => [path, outcome])).toEqual([
      ['v1/app.sig', 'downloaded'],
      ['v1/app.tar', 'present'],
    ]);
    expect(await scene.read('out', 'v1', 'app.sig')).toBe('sig');
    expect(asked).toEqual(['/metadata/2.root.json', '/metadata/timestamp.json', `/${place('v1/app.sig', 'sig')}`]);
  });

  test.each([
    ['v1/none', 'target-unknown'],
    ['elsewhere/b', 'target-unknown'],
    ['elsewhere/*', 'none'],
    ['nothing/*', 'target-unknown'],
    ['../x', 'file-name'],
    ['/etc/passwd', 'file-name'],
    ['C:x', 'file-name'],
  ])('%s: %s, before anything is downloaded', async (target, code) => {
    const repository = released();
    const { url } = await scene.serve(repository);
    const fetching = scene.fetch(repository, [url], [target, ...(code === 'none' ? [] : ['top.txt'])]);
    expect(await codeOf(fetching)).toBe(code);
    if (code === 'target-unknown') await fetching.catch((error: unknown) => expect(String(error)).toContain(target));
    await expect(scene.list()).rejects.toThrow('ENOENT');
  });

  test('a root of someone else fetches nothing', async () => {
    const repository = released();
    const { url } = await scene.serve(repository);
    const other = new TestRepository();
    other.keys.root = ['root-c'];
    other.publishRoot(['root-c']);
    other.keys.timestamp = ['other'];
    other.publishRoot(['root-c', 'root-a', 'root-b']);
    const main = scene.repository([url], file(other, 'metadata/3.root.json'));
    expect(await codeOf(scene.run([main], ['top.txt']))).toBe('threshold');
  });

  test('an empty cache needs a root, and a full one does not', async () => {
    const repository = released();
    const { url } = await scene.serve(repository);
    expect(await codeOf(scene.run([scene.repository([url], null)], ['top.txt']))).toBe('not-found');
    await scene.fetch(repository, [url], ['top.txt']);
    expect(await codeOf(scene.run([scene.repository([url], null)], ['top.txt']))).toBe('none');
  });

  test('the time that is given is what expiry is compared with', async () => {
    const repository = released((all) => (all.expires.timestamp = BEFORE));
    const { url } = await scene.serve(repository);
    expect(await codeOf(scene.fetch(repository, [url], ['top.txt']))).toBe('freeze');
    expect(await codeOf(scene.fetch(repository, [url], ['top.txt'], { time: (BEFORE - 1) as FetchInput['time'] }))).toBe('none');
  });

  test('a harmed cache is repaired and said', async () => {
    const repository = released();
    const { url } = await scene.serve(repository);
    await scene.fetch(repository, [url], ['top.txt']);
    await scene.write('harm', 'cache', 'main', 'root.json');
    await scene.fetch(repository, [url], ['top.txt']);
    expect(scene.warnings).toHaveLength(1);
  });
});

describe('hostile names', () => {
  const HOSTILE = [
    '../escaped',
    '/escaped',
    'a/../../escaped',
    'C:\\escaped',
    'a\\b',
    'nul',
    'a.',
    '.countersign/x',
    'v1/..',
    'd/CON',
    'v1//x',
  ];
  const hostile = (name: string): TestRepository => released((all) => all.role('targets').targets.set(name, bytesOf('bad')));
  const ALL = ['docs/a.txt', 'top.txt', 'v1/app.sig', 'v1/app.tar', 'v1/x64/app'];

  test.each(HOSTILE)('%j is refused by its name', async (name) => {
    const repository = hostile(name);
    const { url } = await scene.serve(repository);
    expect(await codeOf(scene.fetch(repository, [url], [name]))).toBe('file-name');
    expect(await codeOf(scene.fetch(repository, [url], ['top.txt']))).toBe('none');
    expect(await scene.list('.')).not.toContain('escaped');
  });

  test.each(HOSTILE)('%j is left out of what a pattern matches, and told; the rest is fetched', async (name) => {
    const repository = hostile(name);
    const { url } = await scene.serve(repository);
    const { files, problems } = await scene.fetch(repository, [url], ['**']);
    expect(problems).toMatchObject([{ subject: 'name', code: 'file-name', where: JSON.stringify(name) }]);
    expect(problems).toHaveLength(1);
    expect(files.map(({ path }) => path).sort()).toEqual(ALL);
    expect((await scene.list('.')).filter((file) => file.includes('escaped'))).toEqual([]);
  });

  test.each<[string, string, readonly string[], string, string]>([
    // In the order in which they are listed.
    ['differ by case only', 'TOP.txt', ['*'], 'TOP.txt', 'top.txt'],
    ['differ by case only, of which one was asked for', 'TOP.txt', ['*', 'top.txt'], 'top.txt', 'TOP.txt'],
    ['differ by case in a directory', 'V1/app.tar', ['**/app.tar'], 'V1/app.tar', 'v1/app.tar'],
    ['are a file and its directory', 'top.txt/x', ['**'], 'top.txt', 'top.txt/x'],
    ['are a directory and its file', 'v1', ['v1', 'v1/*'], 'v1', 'v1/app.tar'],
  ])('of two names that %s one is left out and told', async (_, name, wanted, kept, out) => {
    const repository = hostile(name);
    const { url } = await scene.serve(repository);
    const { files, problems } = await scene.fetch(repository, [url], wanted);
    expect(files.map(({ path }) => path)).toContain(kept);
    expect(files.map(({ path }) => path)).not.toContain(out);
    expect(problems).toContainEqual(expect.objectContaining({ subject: 'name', code: 'file-name', where: JSON.stringify(out) }));
    expect(problems.every(({ subject }) => subject === 'name')).toBe(true);
  });

  test('two names that exclude each other are refused when both are asked for, and had apart', async () => {
    const repository = hostile('TOP.txt');
    const { url } = await scene.serve(repository);
    expect(await codeOf(scene.fetch(repository, [url], ['top.txt', 'TOP.txt']))).toBe('file-name');
    for (const one of ['top.txt', 'TOP.txt']) {
      expect(
        await codeOf(
          scene.run([scene.repository([url], file(repository, 'metadata/1.root.json'))], [one], {
            to: openDownloadDirectory(scene.path(one === 'top.txt' ? 'a' : 'b')),
          }),
        ),
      ).toBe('none');
    }
  });

  test.each<[string, (path: (...names: string[]) => string) => Promise<unknown>, string]>([
    ['a link on the way', (path) => symlink(path('elsewhere'), path('out', 'v1')), 'symlink-escape'],
    [
      'a link at its place',
      (path) => mkdir(path('out', 'v1')).then(() => symlink(path('elsewhere'), path('out', 'v1', 'app.tar'))),
      'file-type',
    ],
    ['a directory at its place', (path) => mkdir(path('out', 'v1', 'app.tar'), { recursive: true }), 'file-type'],
    ['a file on the way', async () => scene.write('x', 'out', 'v1'), 'file-type'],
    ['a link where parts wait', (path) => symlink(path('elsewhere'), path('out', '.countersign')), 'symlink-escape'],
  ])('%s is not followed', async (_, prepare, code) => {
    const repository = released();
    const { url } = await scene.serve(repository);
    await mkdir(scene.path('out'));
    await mkdir(scene.path('elsewhere'));
    await prepare((...names) => scene.path(...names));
    const fetching = scene.fetch(repository, [url], ['v1/app.tar']);
    expect((await fetching).problems.map((problem) => problem.code)).toEqual([code]);
    expect(await scene.list('elsewhere')).toEqual([]);
  });
});

describe('a delegated role that is garbage', () => {
  test('is left out of what a pattern matches, and told; the rest is fetched', async () => {
    const repository = released();
    repository.files.set('metadata/1.docs.json', bytesOf('garbage'));
    const { url } = await scene.serve(repository);
    const { files, problems } = await scene.fetch(repository, [url], ['**']);
    expect(files.map(({ path }) => path).sort()).toEqual(['top.txt', 'v1/app.sig', 'v1/app.tar', 'v1/x64/app']);
    expect(problems).toMatchObject([{ subject: 'role', code: 'length-mismatch' }]);
  });
});

describe('a role that has run out', () => {
  /** `docs` runs out when told; all others hold. */
  async function serveUntil(expires: Instant): Promise<{ repository: TestRepository; url: string }> {
    const repository = released((all) => (all.role('docs').expires = expires));
    return { repository, url: (await scene.serve(repository)).url };
  }
  const expired = { subject: 'role', code: 'expired', where: 'docs@1' };

  test.each<[string, Instant, readonly string[], readonly string[], readonly object[]]>([
    ['is none as long as it holds', LATER, ['**/a*'], ['docs/a.txt', 'v1/app.sig', 'v1/app.tar', 'v1/x64/app'], []],
    ['is told beside what the others sign', BEFORE, ['**/a*'], ['v1/app.sig', 'v1/app.tar', 'v1/x64/app'], [expired]],
    ['does not matter to names', BEFORE, ['v1/app.tar'], ['v1/app.tar'], []],
  ])('%s', async (_, expires, targets, files, problems) => {
    const { repository, url } = await serveUntil(expires);
    const result = await scene.fetch(repository, [url], targets);
    expect(result).toMatchObject({ problems });
    expect(result.problems).toHaveLength(problems.length);
    expect(await scene.list()).toEqual(files);
  });

  test('is told by the name of its repository where there are several', async () => {
    const [{ repository, url }, other] = [await serveUntil(BEFORE), released()];
    const repositories = [
      scene.repository([url], file(repository, 'metadata/1.root.json'), 'one'),
      scene.repository([(await scene.serve(other)).url], file(other, 'metadata/1.root.json'), 'two'),
    ];
    const mapping = [{ paths: ['v1/*'], repositories: ['one', 'two'], threshold: 2, terminating: true }];
    const map = parseRepositoryMap(
      bytesOf(JSON.stringify({ repositories: { one: ['https://one.test'], two: ['https://two.test'] }, mapping })),
    );
    const { files, problems } = await scene.run(repositories, ['v1/*.tar'], { map });
    expect(files).toMatchObject([{ path: 'v1/app.tar', repositories: ['one', 'two'] }]);
    expect(problems).toMatchObject([{ ...expired, where: 'one: docs@1' }]);
  });
});

describe('hosts that do not serve', () => {
  /** Serves the repository, but for one path. */
  const but =
    (repository: TestRepository, path: string, handler: Handler): Handler =>
    (request, response) => {
      if (request.url === `/${path}`) handler(request, response);
      else hosting(repository.files)(request, response);
    };
  const app = place('v1/app.tar', APP);

  test.each<[string, Handler, string]>([
    ['nothing', (_, response) => void response.writeHead(404).end(), 'not-found'],
    ['other bytes of that length', (_, response) => void response.end('x'.repeat(APP.length)), 'hash-mismatch'],
    ['one byte more', (_, response) => void response.end(`${APP}x`), 'length-mismatch'],
    ['one byte less', (_, response) => void response.end(APP.slice(1)), 'length-mismatch'],
    ['an endless body', (_, response) => void setInterval(() => response.write(APP), 1).unref(), 'length-mismatch'],
    [
      'half of it',
      (_, response) => void response.writeHead(200, { 'content-length': APP.length }).write('x', () => response.destroy()),
      'io',
    ],
    ['a stall', () => undefined, 'stalled'],
    ['a redirect to a file', (_, response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end(), 'redirect-refused'],
  ])('%s in place of a file is told, and the others are had', async (_, handler, code) => {
    const repository = released();
    const { url } = await scene.serve(but(repository, app, handler));
    const result = await scene.fetch(repository, [url], ['v1/app.tar', 'v1/app.sig']);
    expect(result.problems.map((problem) => problem.code)).toEqual([code]);
    expect(result.files.map(({ path }) => path)).toEqual(['v1/app.sig']);
    expect((await scene.list()).filter((path) => !path.startsWith('.countersign'))).toEqual(['v1/app.sig']);
    expect(await codeOf(scene.fetch(repository, [(await scene.serve(repository)).url], ['v1/app.tar']))).toBe('none');
    expect(await scene.list()).toEqual(['v1/app.sig', 'v1/app.tar']);
  });

  test.each<[string, Handler]>([
    ['has nothing', (_, response) => void response.writeHead(404).end()],
    ['has other bytes', (_, response) => void response.end('x'.repeat(APP.length))],
    [
      'breaks off after other bytes',
      (_, response) => void response.writeHead(200, { 'content-length': APP.length }).write('x', () => response.destroy()),
    ],
  ])('a mirror that %s does not matter when another has the file', async (_, handler) => {
    const repository = released();
    const [bad, good] = [await scene.serve(but(repository, app, handler)), await scene.serve(repository)];
    const { problems } = await scene.fetch(repository, [bad.url, good.url], ['v1/app.tar']);
    expect(problems).toEqual([]);
    expect(await scene.read('out', 'v1', 'app.tar')).toBe(APP);
  });

  test('a mirror with old metadata does not matter when another has the new', async () => {
    const old = released();
    const now = released();
    now.role('targets').targets.set('new.txt', bytesOf('new'));
    now.role('targets').version++;
    now.publish();
    const [first, second] = [await scene.serve(old), await scene.serve(now)];
    await scene.fetch(now, [second.url], ['new.txt']);
    const { repositories } = await scene.fetch(now, [first.url, second.url], ['new.txt']);
    expect(repositories).toMatchObject([{ timestamp: 2 }]);
  });
});

describe('what an earlier run has left', () => {
  const part = (content: string): string[] => ['out', '.countersign', `${sha256(bytesOf(content))}.part`];
  const leave = async (bytes: string): Promise<void> => {
    await mkdir(scene.path('out', '.countersign'), { recursive: true });
    await scene.write(bytes, ...part(APP));
  };

  test.each<[string, string, readonly (string | undefined)[]]>([
    ['the beginning', APP.slice(0, 5000), ['bytes=5000-']],
    ['nothing', '', [undefined]],
    ['all of it', APP, []],
    ['other bytes', 'x'.repeat(5000), ['bytes=5000-', undefined]],
    ['other bytes of that length', 'x'.repeat(APP.length), [undefined]],
    ['too many bytes', `${APP}x`, [undefined]],
  ])('%s', async (_, bytes, ranges) => {
    const repository = released();
    const { url, requests } = await scene.serve(repository);
    await leave(bytes);
    const { problems } = await scene.fetch(repository, [url], ['v1/app.tar']);
    expect(problems).toEqual([]);
    expect(await scene.list()).toEqual(['v1/app.tar']);
    expect(await scene.read('out', 'v1', 'app.tar')).toBe(APP);
    expect(requests.filter((request) => request.url?.startsWith('/targets/')).map(({ headers }) => headers.range)).toEqual(ranges);
  });

  test.each<[string, Handler]>([
    ['all of the file, as it may', (_request, response) => void response.writeHead(200).end(APP)],
    [
      'all of the file, as if it were the rest',
      (_request, response) => void response.writeHead(206, { 'content-range': `bytes 0-${APP.length - 1}/${APP.length}` }).end(APP),
    ],
    ['a range that it does not name', (_request, response) => void response.writeHead(206).end(APP.slice(5000))],
    ['a refusal', (_request, response) => void response.writeHead(400).end()],
  ])('is given up for a host that answers with %s', async (_, answer) => {
    const repository = released();
    const { url } = await scene.serve((request, response) => {
      (request.headers.range === undefined ? hosting(repository.files) : answer)(request, response);
    });
    await leave(APP.slice(0, 5000));
    expect(await scene.fetch(repository, [url], ['v1/app.tar'])).toMatchObject({ problems: [] });
    expect(await scene.read('out', 'v1', 'app.tar')).toBe(APP);
  });

  test('is kept when the host fails, for the next run', async () => {
    const repository = released();
    const cut: Handler = (request, response) => {
      if (!request.url?.startsWith('/targets/')) hosting(repository.files)(request, response);
      else if (request.headers.range === undefined) {
        response.writeHead(200, { 'content-length': APP.length }).write(APP.slice(0, 4000), () => setTimeout(() => response.destroy(), 20));
      } else response.writeHead(503).end();
    };
    const { problems } = await scene.fetch(repository, [(await scene.serve(cut)).url], ['v1/app.tar']);
    expect(problems).toMatchObject([{ code: 'io' }]);
    expect((await stat(scene.path(...part(APP)))).size).toBe(4000);
    const { url, requests } = await scene.serve(repository);
    await scene.fetch(repository, [url], ['v1/app.tar']);
    expect(requests.at(-1)?.headers.range).toBe('bytes=4000-');
  });
});

describe('offline', () => {
  test('what is there is verified with what the cache holds, and no host is asked', async () => {
    const repository = released();
    const server = await scene.serve(repository);
    await scene.fetch(repository, [server.url], ['v1/app.tar', 'v1/app.sig']);
    server.asked.length = 0;
    const offline = () => scene.fetch(repository, [server.url], ['v1/app.tar', 'v1/app.sig'], { mode: 'offline' });
    expect(await offline()).toMatchObject({ problems: [], files: [{ outcome: 'present' }, { outcome: 'present' }] });
    await scene.write('other', 'out', 'v1', 'app.sig');
    expect(await offline()).toMatchObject({ problems: [{ code: 'hash-mismatch' }], files: [{ path: 'v1/app.tar' }] });
    await rm(scene.path('out', 'v1', 'app.sig'));
    expect(await offline()).toMatchObject({ problems: [{ code: 'not-found' }], files: [{ path: 'v1/app.tar' }] });
    expect(await codeOf(scene.fetch(repository, [server.url], ['docs/a.txt'], { mode: 'offline' }))).toBe('not-found');
    expect(await codeOf(scene.fetch(repository, [server.url], ['top.txt'], { mode: 'offline', time: LATER }))).toBe('expired');
    expect(server.asked).toEqual([]);
  });
});

describe('a map of repositories', () => {
  const other = (content: string, path = 'v1/app.tar'): TestRepository => {
    const repository = new TestRepository();
    repository.role('targets').targets.set(path, bytesOf(content));
    return repository.publish();
  };
  const map = (mapping: readonly object[]) =>
    parseRepositoryMap(bytesOf(JSON.stringify({ repositories: { one: ['https://one.test'], two: ['https://two.test'] }, mapping })));
  const both = { paths: ['v1/*'], repositories: ['one', 'two'], threshold: 2, terminating: true };

  test.each<[string, string, object[], string]>([
    ['both sign the same', APP, [both], 'none'],
    ['they sign different files', 'other', [both], 'threshold'],
    ['they sign different files and one is enough', 'other', [{ ...both, threshold: 1 }], 'none'],
    ['nothing is for the path', APP, [{ ...both, paths: ['v2/*'] }], 'target-unknown'],
    [
      'they differ, and a later entry may decide',
      'other',
      [
        { ...both, terminating: false },
        { ...both, repositories: ['one'], threshold: 1 },
      ],
      'none',
    ],
  ])('%s', async (_, content, mapping, code) => {
    const [one, two] = [released(), other(content)];
    const repositories = [
      scene.repository([(await scene.serve(one)).url], file(one, 'metadata/1.root.json'), 'one'),
      scene.repository([(await scene.serve(two)).url], file(two, 'metadata/1.root.json'), 'two'),
    ];
    const fetching = scene.run(repositories, ['v1/app.tar'], { map: map(mapping) });
    expect(await codeOf(fetching)).toBe(code);
    if (code === 'none') expect(await scene.read('out', 'v1', 'app.tar')).toBe(APP);
  });

  test('patterns are over all of them, and the file is had from whichever hosts it', async () => {
    const [one, two] = [released(), other(APP)];
    one.files.delete(place('v1/app.tar', APP));
    const repositories = [
      scene.repository([(await scene.serve(one)).url], file(one, 'metadata/1.root.json'), 'one'),
      scene.repository([(await scene.serve(two)).url], file(two, 'metadata/1.root.json'), 'two'),
    ];
    const mapping = [both];
    const result = await scene.run(repositories, ['v1/*.tar'], { map: map(mapping) });
    expect(result).toMatchObject({ problems: [], files: [{ path: 'v1/app.tar', repositories: ['one', 'two'] }] });
    expect(parseTargetPath('v1/app.tar', 'test')).toBe(result.files[0]?.path);
  });

  test('one that is down counts for nothing, and stops what would need it', async () => {
    const [one, two] = [released(), other(APP)];
    const down = await scene.serve((_, response) => void response.writeHead(400).end());
    const repositories = [
      scene.repository([down.url], file(one, 'metadata/1.root.json'), 'one'),
      scene.repository([(await scene.serve(two)).url], file(two, 'metadata/1.root.json'), 'two'),
    ];
    const last = { ...both, repositories: ['two'], threshold: 1 };
    expect(await codeOf(scene.run(repositories, ['v1/app.tar'], { map: map([{ ...both, terminating: false }, last]) }))).toBe('io');
    expect(await codeOf(scene.run(repositories, ['v1/app.tar'], { map: map([{ ...both, threshold: 1 }]) }))).toBe('none');
  });
});
