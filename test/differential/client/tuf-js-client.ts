// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BaseFetcher, Updater } from 'tuf-js';
import { DownloadHTTPError, DownloadLengthMismatchError } from 'tuf-js/dist/error.js';
import type { Case, Visit } from './cases.ts';
import type { Client } from './verdict.ts';

const BASE = 'http://repository.invalid/';

/** Gives what a host would. */
class MapFetcher extends BaseFetcher {
  readonly #files: ReadonlyMap<string, Buffer>;

  constructor(files: ReadonlyMap<string, Buffer>) {
    super();
    this.#files = files;
  }

  #bytesAt(url: string): Buffer {
    const bytes = this.#files.get(decodeURIComponent(new URL(url).pathname.slice(1)));
    if (bytes === undefined) throw new DownloadHTTPError('Failed to download', 404);
    return bytes;
  }

  // As the base class does it, without its temporary file.
  override async downloadBytes(url: string, maxLength: number): Promise<Buffer> {
    const bytes = this.#bytesAt(url);
    if (bytes.length > maxLength) throw new DownloadLengthMismatchError('Max length reached');
    return bytes;
  }

  override async fetch(url: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const bytes = new Uint8Array(this.#bytesAt(url));
    return new ReadableStream({
      start: (controller) => {
        if (bytes.length > 0) controller.enqueue(bytes);
        controller.close();
      },
    });
  }
}

/** It has no way to be told the time. */
function setTime(updater: Updater, seconds: number): void {
  const store: unknown = Reflect.get(updater, 'trustedSet');
  if (typeof store !== 'object' || store === null || !Reflect.has(store, 'referenceTime'))
    throw new Error('this tuf-js keeps its time elsewhere');
  Reflect.set(store, 'referenceTime', new Date(seconds * 1000));
}

async function visit(metadataDir: string, targetDir: string, { time, files, targets }: Visit): Promise<string[]> {
  const updater = new Updater({
    metadataDir,
    metadataBaseUrl: `${BASE}metadata`,
    targetDir,
    targetBaseUrl: `${BASE}targets`,
    fetcher: new MapFetcher(files),
  });
  setTime(updater, time);
  await updater.refresh();
  const found: string[] = [];
  for (const name of targets) {
    const info = await updater.getTargetInfo(name);
    if (info === undefined) {
      found.push('absent');
      continue;
    }
    const file = await updater.downloadTarget(info, join(targetDir, 'target'));
    found.push(createHash('sha256').update(readFileSync(file)).digest('hex'));
  }
  return found;
}

async function visitAll(one: Case, directory: string): Promise<string[]> {
  const [metadataDir, targetDir] = [join(directory, 'metadata'), join(directory, 'targets')];
  mkdirSync(metadataDir);
  mkdirSync(targetDir);
  writeFileSync(join(metadataDir, 'root.json'), one.root);
  const targets: string[] = [];
  for (const at of one.visits) targets.push(...(await visit(metadataDir, targetDir, at)));
  return targets;
}

/** tuf-js's Updater, with its files in a directory below `scratch`. */
export function tufJsClient(scratch: string): Client {
  return async (one) => {
    const directory = mkdtempSync(join(scratch, 'tuf-js-'));
    try {
      return { kind: 'accept', targets: await visitAll(one, directory) };
    } catch (error) {
      if (error instanceof Error && error.message === 'this tuf-js keeps its time elsewhere') throw error;
      // Whatever it throws: a crash refuses as well.
      return error instanceof Error
        ? { kind: 'reject', error: error.constructor.name, text: error.message }
        : { kind: 'reject', error: typeof error, text: String(error) };
    } finally {
      rmSync(directory, { recursive: true });
    }
  };
}
