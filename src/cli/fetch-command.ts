// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { openCache } from '../client/directory-store.ts';
import { openDownloadDirectory } from '../client/download-directory.ts';
import { openHttpSource, type HttpSource } from '../client/http-source.ts';
import { siteUrls } from '../client/http-url.ts';
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from '../client/limits.ts';
import { parseRepositoryMap, type RepositoryMap } from '../client/repository-map.ts';
import { fetchTargets, type FetchRepository } from '../commands/fetch.ts';
import { orIoError } from '../disk/atomic-file.ts';
import { fetchText } from '../render/fetch-text.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { parseInstant } from '../tuf/instant.ts';
import { payloadDigest } from '../tuf/metadata.ts';
import { parseRoot } from '../tuf/root.ts';
import { sha256Hex } from '../tuf/sha256.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';
import { currentInstant } from './local-workplace.ts';
import { optionValue } from './option-value.ts';
import { readRootFile } from './root-file.ts';

/** What `fetch` takes. */
export interface FetchOptions {
  readonly url?: string;
  readonly root?: string;
  readonly metadataUrl: readonly string[];
  readonly targetsUrl: readonly string[];
  readonly out: string;
  readonly cache?: string;
  readonly offline: boolean;
  readonly at?: string;
  readonly map?: string;
  /** Seconds without a byte. */
  readonly stallSeconds?: string;
  /** Seconds for one file, from its first byte to its last. */
  readonly totalSeconds?: string;
  readonly json: boolean;
}

/** A host that replaces its timestamp (a release's asset) has none for a moment. */
const TIMESTAMP_GAP_MS = 5_000;

/** Where programs keep what they can get again, on this system. */
function userCacheDirectory(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, home: string): string {
  const named = env['XDG_CACHE_HOME'] ?? '';
  // The specification says that a relative one is to be ignored.
  if (named.startsWith('/')) return named;
  if (platform === 'win32') return env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local');
  return platform === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache');
}

/** One directory for each root and place, so that what was trusted through another root never counts. */
function defaultCache(root: Uint8Array, url: string): string {
  const name = sha256Hex(Buffer.from(JSON.stringify([payloadDigest(parseRoot(root).payload), url])));
  return join(userCacheDirectory(process.env, process.platform, homedir()), 'countersign', 'fetch', name);
}

/** Seconds as milliseconds. @throws `usage` */
function milliseconds(text: string, where: string): number {
  if (/^[1-9][0-9]{0,5}$/.test(text)) return Number(text) * 1000;
  throw usage(where, `expected seconds, from 1 to 999999, got ${quote(text)}`);
}

function limitsOf({ stallSeconds, totalSeconds }: FetchOptions): Partial<HttpLimits> {
  const stallMs = stallSeconds === undefined ? null : milliseconds(stallSeconds, '--stall-seconds');
  const totalMs = totalSeconds === undefined ? null : milliseconds(totalSeconds, '--total-seconds');
  return {
    timestampGapMs: TIMESTAMP_GAP_MS,
    ...(stallMs === null ? {} : { stallMs }),
    ...(totalMs === null ? {} : { targetTotalMs: totalMs, metadataTotalMs: Math.min(totalMs, DEFAULT_HTTP_LIMITS.metadataTotalMs) }),
  };
}

function usage(where: string, detail: string): CountersignError {
  return new CountersignError('usage', where, detail);
}

/** What the options say is to be fetched from, and how to let go of it. */
interface Sources {
  readonly repositories: readonly FetchRepository[];
  readonly map: RepositoryMap | null;
  readonly close: () => Promise<void>;
}

async function openOne(options: FetchOptions): Promise<Sources> {
  const site = options.url === undefined ? null : siteUrls(options.url, '--url');
  const metadataUrls = [...(site === null ? [] : [site.metadataUrl]), ...options.metadataUrl];
  const targetUrls = [...(site === null ? [] : [site.targetUrl]), ...options.targetsUrl];
  const [first] = metadataUrls;
  if (first === undefined || targetUrls.length === 0) {
    throw usage('--url', 'expected the URL of the site, or --metadata-url and --targets-url, got neither');
  }
  const root = options.root === undefined ? null : await readRootFile(options.root, 'a root file');
  if (root === null && options.cache === undefined) {
    throw usage('--root', 'expected the root file that you trust, or --cache with a cache that began with it, got neither');
  }
  const directory = options.cache ?? defaultCache(root ?? new Uint8Array(), first);
  const source = openHttpSource({ metadataUrls, targetUrls, limits: limitsOf(options) });
  const repository = { name: new URL(first).host, mirrors: source.mirrors, cache: openCache(directory), root };
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
  } finally {
    await sources.close();
  }
}
