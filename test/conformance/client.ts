// SPDX-License-Identifier: Apache-2.0
// Our client behind the command protocol of theupdateframework/tuf-conformance (its CLIENT-CLI.md): what is asked for on the command line is handed to
// src/client, and nothing is decided here. Ends with 0 or 1, which is all that the suite sees; CONFORMANCE_LOG names a file that gets a line for each call,
// with the command and how it ended.
//
//   client --metadata-dir DIR init ROOT_FILE
//   client --metadata-dir DIR --metadata-url URL refresh
//   client --metadata-dir DIR --metadata-url URL --target-name PATH [--target-name PATH]... --target-dir DIR --target-base-url URL download
import { appendFile, readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { openCache, type ClientCache } from '../../src/client/directory-store.ts';
import { openDownloadDirectory } from '../../src/client/download-directory.ts';
import { fetchTarget } from '../../src/client/fetch-target.ts';
import { openHttpSource, type HttpSource } from '../../src/client/http-source.ts';
import { findTarget } from '../../src/client/roles.ts';
import { requireFound } from '../../src/client/target-selection.ts';
import { bootstrap, refresh } from '../../src/client/updater.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { instantFromSeconds, type Instant } from '../../src/tuf/instant.ts';
import { parseTargetPath } from '../../src/tuf/names.ts';

interface Download {
  readonly metadataUrl: string;
  readonly targetUrl: string;
  readonly targets: readonly string[];
  readonly directory: string;
}

async function withSource<T>(metadataUrl: string, targetUrl: string, work: (source: HttpSource) => Promise<T>): Promise<T> {
  const source = openHttpSource({ metadataUrls: [metadataUrl], targetUrls: [targetUrl] });
  try {
    return await work(source);
  } finally {
    await source.close();
  }
}

async function init(cache: ClientCache, file: string, time: Instant): Promise<void> {
  const root = await readFile(file);
  await cache.exclusively(() => bootstrap(cache.store, root, time));
}

/** One update, then the targets in their order; the first that can't be had ends it. */
async function download(cache: ClientCache, { metadataUrl, targetUrl, targets, directory }: Download, time: Instant): Promise<void> {
  const to = openDownloadDirectory(directory);
  const fetchAll = async (source: HttpSource): Promise<void> => {
    let session = await refresh(source, cache.store, { time });
    for (const name of targets) {
      const path = parseTargetPath(name, '--target-name');
      const found = await findTarget(session, path);
      session = found.session;
      const target = requireFound(path, found.result);
      await fetchTarget({ mirrors: [source], root: session.set.root.signed, to, onProgress: () => undefined }, target);
    }
  };
  try {
    await withSource(metadataUrl, targetUrl, (source) => cache.exclusively(() => fetchAll(source)));
  } finally {
    await to.tidy();
  }
}

const OPTIONS = {
  'metadata-dir': { type: 'string' },
  'metadata-url': { type: 'string' },
  'target-name': { type: 'string', multiple: true },
  'target-dir': { type: 'string' },
  'target-base-url': { type: 'string' },
} as const;

async function run({ values, positionals }: ReturnType<typeof parse>): Promise<void> {
  const given = (name: Exclude<keyof typeof OPTIONS, 'target-name'>): string => {
    const value = values[name];
    if (value === undefined) throw new CountersignError('usage', `--${name}`, 'expected a value, got none');
    return value;
  };
  // Once for everything that this call does (TUF §5.1).
  const time = instantFromSeconds(Date.now() / 1000);
  const cache = openCache(given('metadata-dir'));
  const [command, rootFile, ...more] = positionals;
  if (command === 'init' && rootFile !== undefined && more.length === 0) return init(cache, rootFile, time);
  if (command === 'refresh' && rootFile === undefined) {
    const metadataUrl = given('metadata-url');
    // Nothing asks for a target.
    return withSource(metadataUrl, metadataUrl, async (source) => {
      await cache.exclusively(() => refresh(source, cache.store, { time }));
    });
  }
  const targets = values['target-name'] ?? [];
  if (command === 'download' && rootFile === undefined && targets.length > 0) {
    const urls = { metadataUrl: given('metadata-url'), targetUrl: given('target-base-url') };
    return download(cache, { ...urls, targets, directory: given('target-dir') }, time);
  }
  throw new CountersignError('usage', 'command', 'expected init ROOT_FILE, refresh, or download with --target-name, got something else');
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
}

async function main(args: readonly string[]): Promise<number> {
  let command = 'none';
  let end = 'unforeseen';
  try {
    const parsed = parse(args);
    command = parsed.positionals[0] ?? command;
    await run(parsed);
    end = 'ok';
  } catch (error) {
    if (error instanceof CountersignError) end = error.code;
    // What is unforeseen keeps its stack: it would be a fault of ours.
    console.error(error instanceof CountersignError ? `${error.code}: ${error.message}` : error);
  }
  const log = process.env['CONFORMANCE_LOG'];
  if (log !== undefined) await appendFile(log, `${command} ${end}\n`);
  return end === 'ok' ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
