// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote } from '../tuf/errors.ts';
import type { KeyReader } from '../tuf/key.ts';
import type { Root } from '../tuf/root.ts';
import { readTarget, type ListedTarget } from './download.ts';
import type { DownloadDirectory } from './download-directory.ts';
import { targetLocations } from './location.ts';
import type { PartFile } from './part-file.ts';
import type { RepositorySource } from './source.ts';

/** A target's file on this machine, whose length and digests are those that are signed. */
export interface FetchedFile {
  /** The target's path, as metadata has it. */
  readonly path: string;
  /** Where it is, absolute. */
  readonly file: string;
  /** In bytes. */
  readonly length: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** `present`: it was there and nothing was downloaded. */
  readonly outcome: 'downloaded' | 'present';
}

/** What a target is fetched with. */
export interface FetchContext {
  /** In order of preference. */
  readonly mirrors: readonly RepositorySource[];
  readonly root: Root<KeyReader>;
  readonly to: DownloadDirectory;
  /** Told how many bytes of the file are there; may be called often. */
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Brings one target to its directory: what is there and right stays, what an earlier run has left is gone on with, and nothing is seen under its name
 * before all of it is verified.
 * @throws `not-found` when no mirror has it, `length-mismatch`, `hash-mismatch`, `file-name`, `file-type`, `symlink-escape`, `io`, `stalled`,
 * `timed-out`, `redirect-refused`
 */
export async function fetchTarget(context: FetchContext, target: ListedTarget): Promise<FetchedFile> {
  const { to } = context;
  const { path, file } = target;
  const found = { path, file: to.locate(path), length: file.length };
  const there = await to.verify(path, file);
  if (there !== null) return { ...found, sha256: there, outcome: 'present' };
  return { ...found, ...(await to.receive(path, file, (part) => fill(context, target, part))) };
}

/** Tries each mirror, with what there is first and, where that turns out to be wrong, from the start. */
async function fill(context: FetchContext, target: ListedTarget, part: PartFile): Promise<string> {
  let first: CountersignError | null = null;
  for (const source of context.mirrors) {
    for (;;) {
      const resumes = part.digest.length > 0;
      try {
        const sha256 = await fillFrom(source, context, target, part);
        if (sha256 !== null) return sha256;
        break;
      } catch (error) {
        if (!(error instanceof CountersignError)) throw error;
        first ??= error;
        if (error.code !== 'hash-mismatch' && error.code !== 'length-mismatch') break;
        // Nothing says whose bytes were wrong, so none of them is kept. What one mirror has begun another one can't finish then.
        await part.restart();
        if (!resumes) break;
      }
    }
  }
  throw (
    first ?? new CountersignError('not-found', quote(target.path), 'expected the file of this target, got nothing at any of its places')
  );
}

async function fillFrom(source: RepositorySource, context: FetchContext, target: ListedTarget, part: PartFile): Promise<string | null> {
  const { root, onProgress } = context;
  const { path, file } = target;
  if (part.digest.length === file.length) return part.digest.finish(path);
  if (source.targetFrom === undefined && part.digest.length > 0) await part.restart();
  const sink = async (chunk: Uint8Array): Promise<void> => {
    await part.append(chunk);
    onProgress(part.digest.length + chunk.length, file.length);
  };
  for (const location of targetLocations(root, path, file)) {
    const sha256 = await readTarget(source, location, file, sink, part.digest);
    if (sha256 !== null) return sha256;
  }
  return null;
}

/**
 * Verifies one target that is there already, without a network.
 * @throws `not-found` when there is no file, `hash-mismatch` when there is another, and as {@link DownloadDirectory} does
 */
export async function verifyPresent(to: DownloadDirectory, { path, file }: ListedTarget): Promise<FetchedFile> {
  const sha256 = await to.verify(path, file);
  const place = to.locate(path);
  if (sha256 !== null) return { path, file: place, length: file.length, sha256, outcome: 'present' };
  if (!(await to.has(path))) throw new CountersignError('not-found', quote(path), `expected the file ${quote(place)}, got none`);
  const expected = [...file.hashes].map(([name, hex]) => `${name} ${hex}`).join(', ');
  throw new CountersignError('hash-mismatch', quote(path), `expected ${String(file.length)} bytes with ${expected}, got another file`);
}
