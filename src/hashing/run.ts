// SPDX-License-Identifier: Apache-2.0
import crypto from 'node:crypto';
import fs from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { errnoWords } from '../disk/errno-words.ts';
import { CountersignError, quotePath } from '../tuf/errors.ts';
import type { CollectedFile } from './collect.ts';
import { FileHasher, type FileBatch, type HashReport } from './file-hasher.ts';
import { startPlan } from './plan.ts';
import { startThread, type HashThread } from './threads.ts';

const MIB = 1024 * 1024;
// So much a thread is sent ahead, in bytes or what takes as long: while files are listed this thread looks after the others rarely,
// later after each slice of a file. What is sent can't be done by anyone else.
const AHEAD_WHILE_LISTING = 24 * MIB;
const AHEAD = 8 * MIB;
const DIGITS = 64;

/** How to hash. */
export interface RunOptions {
  /** At most so many threads, this one included. */
  readonly threads: number;
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
}

function encodeBatch(number: number, files: readonly CollectedFile[]): FileBatch {
  const listed = new Float64Array(5 * files.length).fill(NaN);
  for (const [index, { size, stamp }] of files.entries()) {
    const at = 5 * index;
    listed[at] = size;
    if (stamp === null) continue;
    listed[at + 1] = stamp.dev;
    listed[at + 2] = stamp.ino;
    listed[at + 3] = stamp.mtimeMs;
    listed[at + 4] = stamp.ctimeMs;
  }
  return { number, sources: files.map((file) => file.source).join('\0'), listed };
}

type State = { readonly kind: 'listing' | 'hashing' | 'stopped' } | { readonly kind: 'failed'; readonly error: unknown };

/**
 * Hashing under way, in this thread and others. Others are started when there is enough to do, and begin while files are still
 * being listed; this one joins in when all are known.
 */
export class HashRun {
  readonly #options: RunOptions;
  readonly #plan = startPlan();
  readonly #files: CollectedFile[] = [];
  readonly #sha256: string[] = [];
  readonly #given: (readonly number[])[] = [];
  readonly #threads: HashThread[] = [];
  #state: State = { kind: 'listing' };
  #totalBytes = 0;
  #doneBytes = 0;
  #doneBatches = 0;
  #wake: () => void = () => undefined;

  constructor(options: RunOptions) {
    this.#options = options;
  }

  /** Takes a file; other threads may hash it from now on. @throws what they refused so far */
  add(file: CollectedFile): void {
    this.#files.push(file);
    this.#totalBytes += file.size;
    if (!this.#plan.add(file.size)) return;
    for (const thread of this.#threads) thread.poll();
    this.#feed(AHEAD_WHILE_LISTING);
    this.#requireHealth();
  }

  /**
   * Hashes all files that were added.
   * @returns their digests, lower-case hex, in the order in which they were added
   * @throws `file-changed`, `file-type`, `io`
   */
  async finish(): Promise<readonly string[]> {
    this.#plan.close();
    this.#state = { kind: 'hashing' };
    const hasher = new FileHasher(fs, crypto);
    // The longest is for this thread: others may be about to start.
    for (let next = this.#take(); next !== null; next = this.#take()) {
      this.#feed(AHEAD);
      for (const report of hasher.hash(next.batch)) {
        this.#receive(report);
        // Lets other events through: reports, signals.
        await setImmediate();
        this.#requireHealth();
        this.#feed(AHEAD);
      }
    }
    while (this.#doneBatches < this.#given.length) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#requireHealth();
    }
    return this.#sha256;
  }

  /** Ends all threads, finished or not. Nothing is read after that. */
  async stop(): Promise<void> {
    const idle = this.#doneBatches === this.#given.length;
    this.#state = { kind: 'stopped' };
    await Promise.all(this.#threads.map((thread) => thread.end(idle ? 'idle' : 'now')));
  }

  #take(): { readonly batch: FileBatch; readonly cost: number } | null {
    const planned = this.#plan.take();
    if (planned === null) return null;
    const number = this.#given.push(planned.files) - 1;
    return {
      batch: encodeBatch(
        number,
        planned.files.map((position) => this.#file(position)),
      ),
      cost: planned.cost,
    };
  }

  #file(position: number | undefined): CollectedFile {
    const file = position === undefined ? undefined : this.#files[position];
    if (file === undefined) throw new RangeError(`expected the position of a file, got ${String(position)}`);
    return file;
  }

  /** Sends batches in turn to all threads that have little ahead. */
  #feed(ahead: number): void {
    while (this.#threads.length + 1 < this.#plan.threads(this.#options.threads)) {
      this.#threads.push(
        startThread(
          (report) => this.#receiveFromThread(report),
          (error) => this.#fail(error),
        ),
      );
    }
    for (let hungry = this.#threads; hungry.length > 0;) {
      hungry = hungry.filter((thread) => thread.load() < ahead);
      for (const thread of hungry) {
        const next = this.#take();
        if (next === null) return;
        thread.send(next.batch, next.cost);
      }
    }
  }

  #receiveFromThread(report: HashReport): void {
    try {
      this.#receive(report);
    } catch (error) {
      this.#fail(error);
    }
    this.#wake();
  }

  #receive(report: HashReport): void {
    // What a thread still tells after the end is of no interest.
    if (this.#state.kind === 'stopped' || this.#state.kind === 'failed') return;
    if (report.kind === 'refused') {
      const { typed } = this.#file(this.#given[report.batch]?.[report.file]);
      const detail = report.code === 'io' ? `expected to read it, but ${errnoWords(report.detail)}` : report.detail;
      throw new CountersignError(report.code, quotePath(typed), detail);
    }
    if (report.kind === 'hashed') {
      const positions = this.#given[report.batch] ?? [];
      for (const [index, position] of positions.entries())
        this.#sha256[position] = report.sha256.slice(DIGITS * index, DIGITS * (index + 1));
      this.#doneBatches++;
    }
    this.#doneBytes += report.bytes;
    // Until all files are known there is no total.
    if (this.#state.kind === 'hashing') this.#options.onProgress(this.#doneBytes, this.#totalBytes);
  }

  #fail(error: unknown): void {
    if (this.#state.kind !== 'stopped' && this.#state.kind !== 'failed') this.#state = { kind: 'failed', error };
    this.#wake();
  }

  #requireHealth(): void {
    if (this.#state.kind === 'failed') throw this.#state.error;
  }
}
