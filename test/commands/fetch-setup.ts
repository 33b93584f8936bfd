// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { openCache } from '../../src/client/directory-store.ts';
import { openDownloadDirectory } from '../../src/client/download-directory.ts';
import { openHttpSource } from '../../src/client/http-source.ts';
import { fetchTargets, type FetchInput, type FetchRepository, type FetchResult } from '../../src/commands/fetch.ts';
import { file, NOW, type TestRepository } from '../client/support.ts';
import { hosting, QUICK, serve, type Handler, type TestServer } from '../client/http-server.ts';

/** A directory for one test, with servers that end with it. */
export class FetchScene {
  readonly directory: string;
  readonly progress: [number, number][] = [];
  readonly warnings: string[] = [];
  readonly #cleanups: (() => Promise<unknown>)[] = [];

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async open(): Promise<FetchScene> {
    return new FetchScene(await mkdtemp(join(tmpdir(), 'countersign-fetch-')));
  }

  async close(): Promise<void> {
    for (const cleanup of this.#cleanups.reverse()) await cleanup();
    await rm(this.directory, { recursive: true });
  }

  path(...names: string[]): string {
    return join(this.directory, ...names);
  }

  async serve(handler: Handler | TestRepository): Promise<TestServer> {
    const server = await serve(typeof handler === 'function' ? handler : hosting(handler.files));
    this.#cleanups.push(() => server.close());
    return server;
  }

  /** A repository at these sites, with the cache `name`. */
  repository(urls: readonly string[], root: Uint8Array | null, name = 'main'): FetchRepository {
    const source = openHttpSource({
      metadataUrls: urls.map((url) => `${url}/metadata/`),
      targetUrls: urls.map((url) => `${url}/targets/`),
      limits: QUICK,
    });
    this.#cleanups.push(() => source.close());
    return { name, mirrors: source.mirrors, cache: openCache(this.path('cache', name)), root };
  }

  /** Fetches `targets` of one repository into `out`. */
  async fetch(
    of: TestRepository,
    urls: readonly string[],
    targets: readonly string[],
    change: Partial<FetchInput> = {},
  ): Promise<FetchResult> {
    return this.run([this.repository(urls, file(of, 'metadata/1.root.json'))], targets, change);
  }

  run(repositories: readonly FetchRepository[], targets: readonly string[], change: Partial<FetchInput> = {}): Promise<FetchResult> {
    return fetchTargets({
      repositories,
      map: null,
      targets,
      to: openDownloadDirectory(this.path('out')),
      time: NOW,
      mode: 'online',
      log: {
        info: () => undefined,
        warn: (text) => void this.warnings.push(text),
        progress: (_, done, total) => void this.progress.push([done, total]),
      },
      ...change,
    });
  }

  read(...names: string[]): Promise<string> {
    return readFile(this.path(...names), 'utf8');
  }

  async write(content: string, ...names: string[]): Promise<void> {
    await writeFile(this.path(...names), content);
  }

  /** All files below `name`, relative to it. */
  async list(name = 'out'): Promise<readonly string[]> {
    const root = this.path(name);
    const entries = await readdir(root, { withFileTypes: true, recursive: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .sort();
  }
}
