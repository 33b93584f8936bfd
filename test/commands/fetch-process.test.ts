// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { FetchOptions } from '../../src/cli/fetch-command.ts';
import { BEFORE, bytesOf, file, sha256, TestRepository } from '../client/support.ts';
import { hosting, type Handler } from '../client/http-server.ts';
import { FetchScene } from './fetch-setup.ts';

// Processes take their time on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const AT = '2030-01-01T00:00:00Z';
const BIG = 'x'.repeat(400_000);
const ENTRY = fileURLToPath(new URL('fetch-entry.ts', import.meta.url));

let bundle: string;
beforeAll(async () => {
  bundle = await mkdtemp(join(tmpdir(), 'countersign-fetch-bundle-'));
  const build = await rolldown({ input: ENTRY, platform: 'node', transform: { target: 'node20' }, onLog: () => undefined });
  await build.write({ dir: bundle, format: 'esm', entryFileNames: 'fetch.mjs', chunkFileNames: '[name].mjs' });
  await build.close();
});
afterAll(() => rm(bundle, { recursive: true }));

let scene: FetchScene;
let repository: TestRepository;
beforeEach(async () => {
  scene = await FetchScene.open();
  repository = new TestRepository();
  repository.role('targets').targets.set('big', bytesOf(BIG));
  repository.role('targets').targets.set('small', bytesOf('small'));
  repository.publish();
  await mkdir(scene.path('in'));
  await scene.write(Buffer.from(file(repository, 'metadata/1.root.json')).toString(), 'in', 'root.json');
});
afterEach(() => scene.close());

interface Running {
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
  kill(): void;
}

function start(options: Partial<FetchOptions>, ...targets: string[]): Running {
  const given = { root: scene.path('in', 'root.json'), out: scene.path('out'), at: AT, ...options };
  const env = { PATH: process.env['PATH'] ?? '', XDG_CACHE_HOME: scene.path('cache') };
  const child = spawn(process.execPath, [join(bundle, 'fetch.mjs'), JSON.stringify(given), ...targets], { env });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => (stdout += String(data)));
  child.stderr.on('data', (data) => (stderr += String(data)));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { ended, kill: () => void child.kill('SIGKILL') };
}
const run = (options: Partial<FetchOptions>, ...targets: string[]): Running['ended'] => start(options, ...targets).ended;

/** Serves the big target in pieces with pauses, so that there is a middle of it. */
const slowly =
  (all: TestRepository, pauseMs: number): Handler =>
  (request, response) => {
    if (!request.url?.endsWith('.big') || request.headers.range !== undefined) {
      hosting(all.files)(request, response);
      return;
    }
    response.writeHead(200, { 'content-length': BIG.length });
    let sent = 0;
    const timer = setInterval(() => {
      response.write(BIG.slice(sent, (sent += 40_000)));
      if (sent < BIG.length) return;
      clearInterval(timer);
      response.end();
    }, pauseMs);
    response.on('close', () => clearInterval(timer));
  };

describe('the command', () => {
  test('fetches, keeps a cache of its own for each root and site, and works offline from it', async () => {
    const { url, asked } = await scene.serve(repository);
    const { code, stdout } = await run({ url }, 'small');
    expect({ code, result: JSON.parse(stdout) }).toMatchObject({
      code: 0,
      result: { files: [{ path: 'small', outcome: 'downloaded', sha256: sha256(bytesOf('small')) }], problems: [] },
    });
    expect(await scene.read('out', 'small')).toBe('small');
    expect(await readdir(scene.path('cache', 'countersign', 'fetch'))).toHaveLength(1);
    asked.length = 0;
    expect((await run({ url, offline: true }, 'small')).code).toBe(0);
    expect(asked).toEqual([]);
    await run({ url: (await scene.serve(repository)).url }, 'small');
    expect(await readdir(scene.path('cache', 'countersign', 'fetch'))).toHaveLength(2);
  });

  test('says what it did in words', async () => {
    const { url } = await scene.serve(repository);
    const { stdout, stderr } = await run({ url, json: false }, 'small');
    expect(stdout).toBe(
      `fetched small -> ${scene.path('out', 'small')}\n  5 bytes, sha256:${sha256(bytesOf('small'))}, signed by targets\n` +
        `${new URL(url).host}: root v1, timestamp v1; fresh until 2030-02-01T00:00:00Z (in 31 days)\n`,
    );
    expect(stderr).toBe('');
  });

  test('says what it could not do on standard error, as any error', async () => {
    const { url } = await scene.serve(repository);
    await run({ url }, 'small');
    await rm(scene.path('out', 'small'));
    const { code, stdout, stderr } = await run({ url, offline: true, json: false }, 'small');
    expect(code).toBe(1);
    expect(stdout).not.toContain('small');
    expect(stderr).toBe(`error[not-found] "small": expected the file "${scene.path('out', 'small')}", got none\n`);
    const asJson = await run({ url, offline: true }, 'small');
    expect({ ...asJson, stdout: JSON.parse(asJson.stdout) }).toMatchObject({
      code: 1,
      stderr: '',
      stdout: { problems: [{ code: 'not-found' }] },
    });
  });

  test.each<[string, readonly string[], number, readonly string[]]>([
    ['a role whose targets no pattern could match', ['**'], 3, ['expired']],
    ['nothing', ['small', 'docs/b'], 0, []],
    ['a file as well', ['**', 'docs/b'], 1, ['expired', 'not-found']],
  ])('ends red when it lacks %s', async (_, wanted, code, problems) => {
    repository.delegate('targets', { name: 'late', keys: ['late'], paths: ['late/*'] }, { 'late/a': 'a' });
    repository.delegate('targets', { name: 'docs', keys: ['docs'], paths: ['docs/*'] }, { 'docs/b': 'b' });
    repository.role('late').expires = BEFORE;
    repository.publish();
    if (problems.includes('not-found')) repository.files.delete(`targets/docs/${sha256(bytesOf('b'))}.b`);
    const ended = await run({ url: (await scene.serve(repository)).url }, ...wanted);
    expect(ended.code).toBe(code);
    expect(JSON.parse(ended.stdout).problems.map((one: { code: string }) => one.code)).toEqual(problems);
    expect(await scene.read('out', 'small')).toBe('small');
  });

  test('names a root file that is none', async () => {
    const { url } = await scene.serve(repository);
    await scene.write('', 'in', 'empty.json');
    const { code, stderr } = await run({ url, json: false, root: scene.path('in', 'empty.json') }, 'small');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error\[json-syntax\] \S+empty\.json: /);
  });

  test('takes metadata and targets from different places', async () => {
    const { url } = await scene.serve(repository);
    expect((await run({ metadataUrl: [`${url}/metadata`], targetsUrl: [`${url}/targets`] }, 'small')).code).toBe(0);
  });

  test('takes a map, with the roots beside it', async () => {
    const { url } = await scene.serve(repository);
    await mkdir(scene.path('in', 'one'));
    await scene.write(await scene.read('in', 'root.json'), 'in', 'one', 'root.json');
    const mapping = [{ paths: ['*'], repositories: ['one'], threshold: 1, terminating: true }];
    await scene.write(JSON.stringify({ repositories: { one: [url] }, mapping }), 'in', 'map.json');
    const { code, stdout } = await run({ map: scene.path('in', 'map.json'), root: undefined as never }, 'small');
    expect({ code, result: JSON.parse(stdout) }).toMatchObject({ code: 0, result: { files: [{ repositories: ['one'] }] } });
    expect((await run({ map: scene.path('in', 'map.json') }, 'small')).code).toBe(2);
  });

  test.each<[string, Partial<Record<keyof FetchOptions, unknown>>, readonly string[], number, string]>([
    ['no place', {}, ['small'], 2, 'usage'],
    ['a URL of another kind', { url: 'ftp://nowhere' }, ['small'], 2, 'usage'],
    ['a directory that is none', { url: 'nowhere' }, ['small'], 1, 'io'],
    ['no targets', { url: 'http://127.0.0.1:1' }, [], 2, 'usage'],
    ['no root', { url: 'http://127.0.0.1:1', root: undefined }, ['small'], 2, 'usage'],
    ['a root that is not there', { url: 'http://127.0.0.1:1', root: '/nowhere/root.json' }, ['small'], 1, 'io'],
    ['a time that is none', { url: 'http://127.0.0.1:1', at: 'now' }, ['small'], 2, 'usage'],
    ['a host that is not there', { url: 'http://127.0.0.1:1' }, ['small'], 1, 'io'],
  ])('is told %s', async (_, options, targets, code, error) => {
    const ran = await run(options as Partial<FetchOptions>, ...targets);
    expect([ran.code, JSON.parse(ran.stdout).error.code]).toEqual([code, error]);
  });
});

describe('processes', () => {
  test('two at once share a cache and a directory', async () => {
    const { url } = await scene.serve(slowly(repository, 20));
    const both = await Promise.all([run({ url }, 'big', 'small'), run({ url }, 'big', 'small')]);
    expect(both.map(({ stdout }) => JSON.parse(stdout).problems)).toEqual([[], []]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(await scene.read('out', 'big')).toBe(BIG);
    expect(await scene.list()).toEqual(['big', 'small']);
  });

  async function killedInDownload(): Promise<void> {
    const { url, requests } = await scene.serve(slowly(repository, 60));
    const part = scene.path('out', '.countersign', `${sha256(bytesOf(BIG))}.part`);
    const first = start({ url }, 'big');
    await expect.poll(async () => (await stat(part).catch(() => ({ size: 0 }))).size, { timeout: 20_000 }).toBeGreaterThan(100_000);
    first.kill();
    await first.ended;
    const { size } = await stat(part);
    expect(size).toBeLessThan(BIG.length);
    expect((await run({ url }, 'big')).code).toBe(0);
    expect(requests.at(-1)?.headers.range).toBe(`bytes=${size}-`);
    expect(await scene.read('out', 'big')).toBe(BIG);
    expect(await scene.list()).toEqual(['big']);
  }

  async function killedInUpdate(): Promise<void> {
    const held: (() => void)[] = [];
    const { url, asked } = await scene.serve((request, response) => {
      if (held.length === 0 && request.url === '/metadata/1.snapshot.json') held.push(() => response.destroy());
      else hosting(repository.files)(request, response);
    });
    const out = scene.path('other');
    const first = start({ url, out }, 'small');
    await expect.poll(() => held.length, { timeout: 20_000 }).toBe(1);
    first.kill();
    await first.ended;
    expect((await run({ url, out }, 'small')).code).toBe(0);
    expect(asked.filter((path) => path === '/metadata/1.snapshot.json')).toHaveLength(2);
  }

  // Together, because each waits until the lock of the process that was killed is stale.
  test('that are killed in a download and in an update leave what the next ones go on with', async () => {
    await Promise.all([killedInDownload(), killedInUpdate()]);
  });
});

describe('its own limits', () => {
  /** Sends the big target a byte at a time, so that it never stalls and never ends. */
  const dripping: Handler = (request, response) => {
    if (!request.url?.endsWith('.big')) {
      hosting(repository.files)(request, response);
      return;
    }
    response.writeHead(200, { 'content-length': BIG.length });
    const timer = setInterval(() => response.write('x'), 50);
    response.on('close', () => clearInterval(timer));
  };

  test('a host that drips is given up after the total time, and what came stays for the next run', async () => {
    const { url } = await scene.serve(dripping);
    const { code, stdout } = await run({ url, totalSeconds: '1' }, 'big');
    expect({ code, problems: JSON.parse(stdout).problems.map((one: { code: string }) => one.code) }).toEqual({
      code: 1,
      problems: ['timed-out'],
    });
    const good = await scene.serve(repository);
    expect((await run({ url: good.url, totalSeconds: '60', stallSeconds: '30' }, 'big')).code).toBe(0);
  });

  test.each<[string, Partial<FetchOptions>]>([
    ['no seconds to stall', { stallSeconds: '0' }],
    ['a total that is no number', { totalSeconds: '1h' }],
  ])('%s is a wrong command line', async (_name, limits) => {
    const { code, stdout } = await run({ url: 'http://127.0.0.1:9', ...limits }, 'big');
    expect({ code, error: JSON.parse(stdout).error.code }).toEqual({ code: 2, error: 'usage' });
  });
});
