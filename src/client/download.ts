// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Files } from '../ports.ts';
import { errnoWords } from '../disk/errno-words.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { requireKnownDigests } from '../tuf/meta-file.ts';
import type { TargetPath } from '../tuf/names.ts';
import type { TargetFile } from '../tuf/targets.ts';
import { targetLocations } from './location.ts';
import type { Session } from './roles.ts';
import type { RepositorySource } from './source.ts';

/** A target as its role lists it. */
export interface ListedTarget {
  readonly path: TargetPath;
  readonly file: TargetFile;
}

/** Where a download goes. */
export interface Destination {
  readonly files: Files;
  /** Relative, with `/`. */
  readonly name: string;
  /** Holds the bytes until they are verified, so it needs room for them. The system's temporary directory unless told. */
  readonly temporaryDirectory?: string;
}

/** What is done with each piece of a target, in order. */
export type Sink = (chunk: Uint8Array) => Promise<void>;

function tooLong(location: string, length: number, cause?: unknown): CountersignError {
  return new CountersignError('length-mismatch', location, `expected ${String(length)} bytes, got more`, { cause });
}

/** The digests of a target's bytes so far. */
export interface TargetDigest {
  /** How many bytes there were. */
  readonly length: number;
  /** Takes the bytes that follow. */
  update(chunk: Uint8Array): void;
  /**
   * Compares with what is listed (TUF §5.7.3): length, and each digest. Nothing can be added afterwards.
   * @param location - for messages
   * @returns the sha256 in hex, whether it is listed or not
   * @throws `length-mismatch`, `hash-mismatch`, `hash-invalid` for a digest that can't be verified here
   */
  finish(location: string): string;
}

/** Digests for a target of which nothing was read yet. */
export function targetDigest(file: TargetFile): TargetDigest {
  const sha256 = createHash('sha256');
  const sha512 = file.hashes.has('sha512') ? createHash('sha512') : null;
  let length = 0;
  return {
    get length() {
      return length;
    },
    update: (chunk) => {
      length += chunk.length;
      sha256.update(chunk);
      sha512?.update(chunk);
    },
    finish: (location) => {
      // @check target-length
      if (length !== file.length) {
        throw new CountersignError('length-mismatch', location, `expected ${String(file.length)} bytes, got ${String(length)}`);
      }
      requireKnownDigests(file.hashes, location);
      const digests = new Map([['sha256', sha256.digest('hex')]]);
      if (sha512 !== null) digests.set('sha512', sha512.digest('hex'));
      for (const [algorithm, actual] of digests) {
        const expected = file.hashes.get(algorithm) ?? actual;
        // @check target-hash
        if (actual !== expected) throw new CountersignError('hash-mismatch', location, `expected ${algorithm} ${expected}, got ${actual}`);
      }
      return digests.get('sha256') ?? '';
    },
  };
}

/**
 * Reads a target file and verifies its length and each of its digests (TUF §5.7.3). `sink` is given pieces that are
 * not verified yet: they count for something only once this returns. Null where only the verdict matters.
 * @param digest - of the bytes that the reader has already: those after them are read, where the source can. When this throws, it is of all the bytes
 * that went to `sink`, so that reading may go on
 * @returns the sha256 of the bytes in hex, whether it is listed or not; null when the file is absent
 * @throws `length-mismatch`, `hash-mismatch`, `hash-invalid`, `io`
 */
export async function readTarget(
  source: RepositorySource,
  location: string,
  file: TargetFile,
  sink: Sink | null,
  digest: TargetDigest = targetDigest(file),
): Promise<string | null> {
  try {
    const stream = await openAt(source, location, file, digest.length);
    if (stream === null) return null;
    for await (const chunk of stream) {
      // Before anything is done with it: a host that sends without end must not fill the disk.
      // @check target-length-exceeded
      if (digest.length + chunk.length > file.length) throw tooLong(location, file.length);
      await sink?.(chunk);
      digest.update(chunk);
    }
  } catch (error) {
    if (error instanceof CountersignError && error.code === 'too-large') throw tooLong(location, file.length, error);
    throw error;
  }
  return digest.finish(location);
}

function openAt(source: RepositorySource, location: string, file: TargetFile, from: number): Promise<AsyncIterable<Uint8Array> | null> {
  if (from === 0) return source.target(location, file.length);
  if (source.targetFrom === undefined) throw new CountersignError('usage', location, 'expected a source that can begin in the middle');
  return source.targetFrom(location, file.length, from);
}

/**
 * Downloads a target. Nothing is seen under its name before all of it is verified.
 * @throws `not-found` when it is at none of its places, `length-mismatch`, `hash-mismatch`, `file-name` for a name that the destination refuses, `io`
 */
export async function downloadTarget(session: Session, target: ListedTarget, to: Destination): Promise<void> {
  const directory = await system('the temporary directory', () => mkdtemp(join(to.temporaryDirectory ?? tmpdir(), 'countersign-')));
  try {
    const temporary = join(directory, 'target');
    const sha256 = await fetchTo(session, target, temporary);
    await to.files.copyIn(to.name, temporary, { length: target.file.length, sha256 });
  } finally {
    await system('the temporary directory', () => rm(directory, { recursive: true, force: true }));
  }
}

async function fetchTo(session: Session, { path, file }: ListedTarget, temporary: string): Promise<string> {
  const handle = await system('the temporary file', () => open(temporary, 'wx', 0o600));
  const sink: Sink = async (chunk) => {
    await system('the temporary file', () => handle.writeFile(chunk));
  };
  try {
    for (const location of targetLocations(session.set.root.signed, path, file)) {
      const sha256 = await readTarget(session.source, location, file, sink);
      if (sha256 !== null) return sha256;
    }
  } finally {
    await handle.close();
  }
  throw new CountersignError('not-found', quote(path), 'expected the file of this target, got nothing at any of its places');
}

/** Runs one operation of this machine's file system and names its failure. */
async function system<T>(where: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) throw error;
    throw new CountersignError('io', where, `expected to use it, but ${errnoWords(error.code)}`, { cause: error });
  }
}
