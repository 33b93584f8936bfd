// SPDX-License-Identifier: Apache-2.0
// The library as people get it: built from the source as it is now, packed, unpacked where there is nothing else, compiled against, bundled and run.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { hosting, serve, type TestServer } from './http-server.ts';
import { file, TestRepository } from './support.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const execute = promisify(execFile);
const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const TSC = join(REPOSITORY, 'node_modules', 'typescript', 'bin', 'tsc');

/** A program that names each export, as one would who reads the reference. Arguments: site, root file, cache, output. */
const CONSUMER = `
import { readFile } from 'node:fs/promises';
import {
  CountersignError, DEFAULT_HTTP_LIMITS, DEFAULT_LIMITS, memoryCache, offlineSource, openCache, openClient, openDownloadDirectory,
  openHttpSource, openMappedClient, parseRepositoryMap, siteUrls,
} from 'countersign/client';
import type {
  Client, ClientCache, ClientLimits, ClientOptions, ClientSource, ClientStore, DownloadDirectory, DownloadOptions, ErrorCode, FetchedFile, Hashes,
  HttpAnswer, HttpFetch, HttpLimits, HttpSource, HttpSourceOptions, JsonObject, JsonValue, MappedClientOptions, MappedTarget, Mapping, PartFile,
  RepositoryMap, RepositorySource, SiteUrls, Target, TargetDigest, TargetFile, TargetReader, TrustCache, TrustedState, UpdateStart,
} from 'countersign/client';

/** Is one of these \`any\`, all of them are accepted. */
type IsAny<T> = 0 extends 1 & T ? true : false;
type All = [
  Client, ClientCache, ClientLimits, ClientOptions, ClientSource, ClientStore, DownloadDirectory, DownloadOptions, ErrorCode, FetchedFile, Hashes,
  HttpAnswer, HttpFetch, HttpLimits, HttpSource, HttpSourceOptions, JsonObject, JsonValue, MappedClientOptions, MappedTarget, Mapping, PartFile,
  RepositoryMap, RepositorySource, SiteUrls, Target, TargetDigest, TargetFile, TargetReader, TrustCache, TrustedState, UpdateStart,
];
const none: { [K in keyof All]: IsAny<All[K]> }[number] = false;

const [site = '', rootFile = '', cache = '', out = ''] = process.argv.slice(2);
const { metadataUrl, targetUrl }: SiteUrls = siteUrls(site);
const source: HttpSource = openHttpSource({
  metadataUrls: [metadataUrl], targetUrls: [targetUrl], limits: { ...DEFAULT_HTTP_LIMITS, maxAttempts: 1 },
});
const root: Uint8Array = await readFile(rootFile);
const options: ClientOptions = { root, source, cache: openCache(cache), limits: DEFAULT_LIMITS, at: new Date('2030-01-01T00:00:00Z') };
const client: Client = openClient(options);
const state: TrustedState = await client.update();
const target: Target | null = await client.find('v1/app');
const digest: string | undefined = target?.hashes.get('sha256');
const to: DownloadDirectory = openDownloadDirectory(out);
const fetched: FetchedFile = await client.download('v1/app', to);
const offline = openClient({ ...options, source: offlineSource(openCache(cache).store) });
const verified = await offline.verify('v1/app', to);
const text = new TextDecoder().decode(await openClient({ ...options, cache: memoryCache() }).read('v1/app', 100));
const map = parseRepositoryMap(new TextEncoder().encode(JSON.stringify({
  repositories: { one: [site] },
  mapping: [{ paths: ['v1/*'], repositories: ['one'], threshold: 1, terminating: true }],
})));
const mapped: TargetReader<MappedTarget> = openMappedClient({ map, repositories: new Map([['one', options]]) });
const agreed: readonly string[] | undefined = (await mapped.find('v1/app'))?.repositories;
let code: ErrorCode | null = null;
try {
  await client.read('nothing', 1);
} catch (error) {
  if (error instanceof CountersignError) code = error.code;
}
await source.close();
const { outcome } = fetched;
console.log(JSON.stringify({ none, root: state.root, digest: digest === fetched.sha256, outcome, again: verified.outcome, text, agreed, code }));
`;

/** A program without a disk and without our HTTP: what somebody brings for another runtime. */
const OWN_SOURCE = `
import { memoryCache, openClient, type RepositorySource } from 'countersign/client';

const base = process.argv[2] ?? '';
async function get(path: string): Promise<Uint8Array | null> {
  const answer = await fetch(new URL(path, base));
  if (answer.status === 404) return null;
  return new Uint8Array(await answer.arrayBuffer());
}
const source: RepositorySource = {
  metadata: async (path) => get(path),
  target: async (path) => {
    const bytes = await get(path);
    return bytes === null ? null : (async function* () { yield bytes; })();
  },
  list: async () => null,
};
const root = await get('metadata/1.root.json');
const client = openClient({ root: root ?? new Uint8Array(), source, cache: memoryCache(), at: new Date('2030-01-01T00:00:00Z') });
console.log(new TextDecoder().decode(await client.read('v1/app', 100)));
`;

let directory = '';
let server: TestServer;
const consumer = (...names: string[]): string => join(directory, 'consumer', ...names);

async function writeConsumer(name: string, text: string): Promise<void> {
  await mkdir(dirname(consumer(name)), { recursive: true });
  await writeFile(consumer(name), text);
}

/** Builds, packs and unpacks; needs no network, because the package needs nothing beside itself. */
async function unpack(): Promise<readonly string[]> {
  const source = join(directory, 'package');
  await mkdir(source);
  for (const name of ['package.json', 'README.md', 'LICENSE', 'action.yml']) await cp(join(REPOSITORY, name), join(source, name));
  await execute(process.execPath, [join(REPOSITORY, 'scripts', 'build.mjs'), '--out', join(source, 'dist')]);
  const { stdout } = await execute('npm', ['pack', '--json', '--ignore-scripts'], { cwd: source });
  const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  await mkdir(consumer('node_modules', 'countersign'), { recursive: true });
  const archive = join(source, packed?.filename ?? '');
  await execute('tar', ['-xzf', archive, '-C', consumer('node_modules', 'countersign'), '--strip-components=1']);
  return packed?.files.map(({ path }) => path) ?? [];
}

let packed: readonly string[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'countersign-package-'));
  packed = await unpack();
  const repository = new TestRepository()
    .delegate('targets', { name: 'releases', keys: ['r'], paths: ['v1/*'] }, { 'v1/app': 'the app' })
    .publish();
  server = await serve(hosting(repository.files));
  await writeConsumer('package.json', '{ "type": "module" }');
  await writeFile(consumer('root.json'), file(repository, 'metadata/1.root.json'));
  await writeConsumer('src/consumer.ts', CONSUMER);
  await writeConsumer('src/own-source.ts', OWN_SOURCE);
});

afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

/** Compiles the consumer's files as strictly as can be, declarations of the package included. Gives what the compiler says. */
async function compile(files: readonly string[], change: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    target: 'es2023',
    lib: ['es2023'],
    module: 'nodenext',
    types: ['node'],
    typeRoots: ['node_modules/@types'],
    rootDir: 'src',
    outDir: 'out',
    ...change,
  };
  await writeConsumer('tsconfig.json', JSON.stringify({ compilerOptions, files }));
  try {
    await execute(process.execPath, [TSC, '-p', consumer()]);
    return '';
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

async function withNodeTypes(): Promise<void> {
  await mkdir(consumer('node_modules', '@types'), { recursive: true });
  for (const name of ['@types/node', 'undici-types']) {
    await symlink(join(REPOSITORY, 'node_modules', name), consumer('node_modules', name)).catch(() => undefined);
  }
}

const run = async (script: string, ...args: string[]): Promise<string> =>
  (await execute(process.execPath, [script, ...args])).stdout.trim();
const EXPECTED = {
  none: false,
  root: 1,
  digest: true,
  outcome: 'downloaded',
  again: 'present',
  text: 'the app',
  agreed: ['one'],
  code: 'target-unknown',
};

test('the package holds the library with its types, and nothing that it needs is missing', async () => {
  expect(packed).toEqual(expect.arrayContaining(['dist/client.js', 'dist/client.d.ts', 'dist/cli.js', 'dist/action.js', 'LICENSE']));
  expect(packed.filter((path) => path.startsWith('src/'))).toEqual([]);
  expect(await readdir(consumer('node_modules'))).toContain('countersign');
});

test('its declarations stand alone, and say no `any`', async () => {
  const text = await readFile(consumer('node_modules', 'countersign', 'dist', 'client.d.ts'), 'utf8');
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*/g, '');
  expect(code).not.toMatch(/\bany\b|\bimport\b|\bBuffer\b|\bNodeJS\b/);
  expect(code).toMatch(/declare function openClient\(/);
});

describe('a program that uses it', () => {
  test('compiles strictly for Node, and fetches', async () => {
    await withNodeTypes();
    expect(await compile(['src/consumer.ts', 'src/own-source.ts'])).toBe('');
    const script = consumer('out', 'consumer.js');
    expect(JSON.parse(await run(script, server.url, consumer('root.json'), consumer('cache'), consumer('downloads')))).toEqual(EXPECTED);
    expect(await readFile(consumer('downloads', 'v1', 'app'), 'utf8')).toBe('the app');
  });

  test('compiles for a bundler, without the types of Node', async () => {
    await writeConsumer('src/plain.ts', OWN_SOURCE.replace("process.argv[2] ?? ''", "''"));
    const bundler = { module: 'esnext', moduleResolution: 'bundler', lib: ['es2023', 'dom', 'dom.iterable'], types: [], noEmit: true };
    expect(await compile(['src/plain.ts'], bundler)).toBe('');
  });

  test('does not compile with options that are wrong', async () => {
    await withNodeTypes();
    const cases = [
      ['right', '{ root, source, cache: memoryCache() }'],
      ['without-a-root', '{ source, cache: memoryCache() }'],
      ['without-a-cache', '{ root, source }'],
      ['a-url-for-a-source', "{ root, source: 'https://example.org', cache: memoryCache() }"],
      ['a-text-for-a-time', "{ root, source, cache: memoryCache(), at: '2030-01-01T00:00:00Z' }"],
    ] as const;
    const imports = "import { memoryCache, offlineSource, openClient } from 'countersign/client';";
    const places = 'const [root, source] = [new Uint8Array(), offlineSource(memoryCache().store)];';
    for (const [name, options] of cases) await writeConsumer(`src/${name}.ts`, `${imports}\n${places}\nopenClient(${options});\n`);
    const said = await compile(cases.map(([name]) => `src/${name}.ts`));
    const refused = [...said.matchAll(/src\/([a-z-]+)\.ts\(3,\d+\): error TS2/g)].map(([, name]) => name);
    expect(refused.sort()).toEqual(['a-text-for-a-time', 'a-url-for-a-source', 'without-a-cache', 'without-a-root']);
    expect(said.match(/error TS/g)).toHaveLength(4);
  });

  test('sees nothing but the library through the package', async () => {
    await writeConsumer('deep.mjs', "await import('countersign/dist/cli.js')");
    await expect(run(consumer('deep.mjs'))).rejects.toMatchObject({ stderr: expect.stringContaining('ERR_PACKAGE_PATH_NOT_EXPORTED') });
    await writeConsumer('main.mjs', "console.log(typeof (await import('countersign/client')).openClient)");
    expect(await run(consumer('main.mjs'))).toBe('function');
  });

  // Node 20.19 and 22.12 brought it.
  test.runIf('require_module' in process.features && process.features.require_module)('may be CommonJS', async () => {
    await writeConsumer('main.cjs', "console.log(typeof require('countersign/client').openClient)");
    expect(await run(consumer('main.cjs'))).toBe('function');
  });
});

describe('a bundle of such a program', () => {
  /** Bundles without anything that tells the bundler about us. */
  async function bundleOf(script: string): Promise<{ readonly file: string; readonly text: string }> {
    const out = await mkdtemp(join(directory, 'bundle-'));
    const build = await rolldown({
      cwd: consumer(),
      input: consumer('src', script),
      platform: 'node',
      external: /^node:/,
      logLevel: 'silent',
    });
    await build.write({ dir: out, format: 'esm', entryFileNames: 'main.mjs', minify: false });
    await build.close();
    const names = (await readdir(out, { recursive: true })).filter((name) => /\.m?js$/.test(name));
    const texts = await Promise.all(names.map((name) => readFile(join(out, name), 'utf8')));
    return { file: join(out, 'main.mjs'), text: texts.join('\n') };
  }

  test('runs where no package is', async () => {
    const { file: script, text } = await bundleOf('consumer.ts');
    expect(text).toContain('proxy-authorization');
    expect(text).toContain('.lock');
    const args = [server.url, consumer('root.json'), join(directory, 'cache-2'), join(directory, 'downloads-2')];
    expect(JSON.parse(await run(script, ...args))).toEqual(EXPECTED);
  });

  test('leaves out what is not used: HTTP, locks and files of a disk', async () => {
    const { file: script, text } = await bundleOf('own-source.ts');
    expect(text).not.toMatch(/proxy-authorization|proper-lockfile|node:https?"|graceful-fs/);
    // A fifth of it is ML-DSA, for which Node 20 has nothing.
    expect(text.length).toBeLessThan(125_000);
    expect(await run(script, `${server.url}/`)).toBe('the app');
  });
});
