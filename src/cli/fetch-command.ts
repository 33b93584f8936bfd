// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openCache } from '../client/directory-store.ts';
import { openDownloadDirectory } from '../client/download-directory.ts';
import { openHttpSource, type HttpSource } from '../client/http-source.ts';
import { siteUrls } from '../client/http-url.ts';
import type { HttpLimits } from '../client/limits.ts';
import { parseRepositoryMap, type RepositoryMap } from '../client/repository-map.ts';
import { fetchTargets, type FetchRepository } from '../commands/fetch.ts';
import { orIoError } from '../disk/atomic-file.ts';
import { fetchText } from '../render/fetch-text.ts';
import { CountersignError } from '../tuf/errors.ts';
import { parseInstant } from '../tuf/instant.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';
import { currentInstant } from './local-workplace.ts';
import { optionValue } from './option-value.ts';
import { readRootFile } from './root-file.ts';
import { openSiteDirectory, siteDirectory } from './site-directory.ts';
import { timeLimits, type TimeOptions } from './time-limits.ts';
import { adviseCache, defaultCache } from './user-cache.ts';

/** What `fetch` takes. */
export interface FetchOptions extends TimeOptions {
  readonly url?: string;
  readonly root?: string;
  readonly metadataUrl: readonly string[];
  readonly targetsUrl: readonly string[];
  readonly out: string;
  readonly cache?: string;
  readonly offline: boolean;
  readonly at?: string;
  readonly map?: string;
  readonly json: boolean;
}

/** A host that replaces its timestamp (a release's asset) has none for a moment. */
const TIMESTAMP_GAP_MS = 5_000;

const limitsOf = (options: FetchOptions): Partial<HttpLimits> => ({ timestampGapMs: TIMESTAMP_GAP_MS, ...timeLimits(options) });

function usage(where: string, detail: string): CountersignError {
  return new CountersignError('usage', where, detail);
}

/** What the options say is to be fetched from, and how to let go of it. */
interface Sources {
  readonly repositories: readonly FetchRepository[];
  readonly map: RepositoryMap | null;
  readonly close: () => Promise<void>;
}

/** The root that is trusted, and the cache of the place. @throws `usage`, `io` */
async function trustOf(options: FetchOptions, url: string): Promise<Pick<FetchRepository, 'root' | 'cache'>> {
  const root = options.root === undefined ? null : await readRootFile(options.root, 'a root file');
  if (root === null && options.cache === undefined) {
    throw usage('--root', 'expected the root file that you trust, or --cache with a cache that began with it, got neither');
  }
  return { root, cache: openCache(options.cache ?? defaultCache(root ?? new Uint8Array(), url)) };
}

async function openFromDirectory(options: FetchOptions, directory: string): Promise<Sources> {
  if (options.metadataUrl.length > 0 || options.targetsUrl.length > 0) {
    throw usage('--url', 'expected a URL beside --metadata-url and --targets-url, got a directory');
  }
  const trust = await trustOf(options, pathToFileURL(directory).href);
  // What is verified offline needs no place, which may be a disk that is not there.
  const mirrors = options.offline ? [] : [await openSiteDirectory(directory)];
  return { repositories: [{ name: directory, mirrors, ...trust }], map: null, close: async () => undefined };
}

async function openOne(options: FetchOptions): Promise<Sources> {
  const directory = options.url === undefined ? null : siteDirectory(options.url, '--url');
  if (directory !== null) return openFromDirectory(options, directory);
  const site = options.url === undefined ? null : siteUrls(options.url, '--url');
  const metadataUrls = [...(site === null ? [] : [site.metadataUrl]), ...options.metadataUrl];
  const targetUrls = [...(site === null ? [] : [site.targetUrl]), ...options.targetsUrl];
  const [first] = metadataUrls;
  if (first === undefined || targetUrls.length === 0) {
    throw usage('--url', 'expected the URL or the directory of the site, or --metadata-url and --targets-url, got neither');
  }
  const trust = await trustOf(options, first);
  const source = openHttpSource({ metadataUrls, targetUrls, limits: limitsOf(options) });
  const repository = { name: new URL(first).host, mirrors: source.mirrors, ...trust };
  return { repositories: [repository], map: null, close: () => source.close() };
}

/** With a map the roots lie beside it, as TAP 4 has it: `<name>/root.json`. */
async function openMapped(options: FetchOptions, path: string): Promise<Sources> {
  if (options.url !== undefined || options.root !== undefined || options.metadataUrl.length > 0 || options.targetsUrl.length > 0) {
    throw usage('--map', 'expected no --url, --metadata-url, --targets-url or --root beside it: the map names them, got one');
  }
  const map = parseRepositoryMap(await orIoError(path, 'a map file', () => readFile(path)));
  const sources: HttpSource[] = [];
  const repositories: FetchRepository[] = [];
  for (const [name, urls] of map.repositories) {
    const sites = urls.map((url) => siteUrls(url, `repository ${name}`));
    const root = await readRootFile(join(dirname(path), name, 'root.json'), `the root of repository ${name}`);
    const source = openHttpSource({
      metadataUrls: sites.map(({ metadataUrl }) => metadataUrl),
      targetUrls: sites.map(({ targetUrl }) => targetUrl),
      limits: limitsOf(options),
    });
    sources.push(source);
    const directory = options.cache === undefined ? defaultCache(root, sites[0]?.metadataUrl ?? '') : join(options.cache, name);
    repositories.push({ name, mirrors: source.mirrors, cache: openCache(directory), root });
  }
  const close = async (): Promise<void> => {
    await Promise.all(sources.map((source) => source.close()));
  };
  return { repositories, map, close };
}

/** `countersign fetch`. */
export async function fetchCommand(options: FetchOptions, console: Console, args: readonly string[]): Promise<number> {
  const { at, map } = options;
  const time = at === undefined ? currentInstant() : optionValue('--at', () => parseInstant(at, '--at'));
  if (args.length === 0) throw usage('targets', 'expected at least one target path or pattern, got none');
  const sources = map === undefined ? await openOne(options) : await openMapped(options, map);
  try {
    const result = await fetchTargets({
      repositories: sources.repositories,
      map: sources.map,
      targets: args,
      to: openDownloadDirectory(options.out),
      time,
      mode: options.offline ? 'offline' : 'online',
      log: console.log,
    });
    console.result(result, (value, style) => fetchText(value, time, style));
    // The one document of --json has them already.
    if (!options.json) for (const { code, where, detail } of result.problems) console.error(new CountersignError(code, where, detail));
    if (result.problems.length === 0) return EXIT.ok;
    return result.problems.some(({ subject }) => subject === 'file') ? EXIT.failed : EXIT.findings;
  } catch (error) {
    throw options.cache === undefined ? adviseCache(error) : error;
  } finally {
    await sources.close();
  }
}
