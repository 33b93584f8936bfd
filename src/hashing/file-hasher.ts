// SPDX-License-Identifier: Apache-2.0
import type crypto from 'node:crypto';
import type fs from 'node:fs';

/** How a file was when it was looked at. Numbers as `fs.Stats` has them; times in ms since the epoch. */
export interface FileStamp {
  readonly dev: number;
  readonly ino: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

/** Files that one thread hashes in one go, in a form that is cheap to send to it. */
export interface FileBatch {
  readonly number: number;
  /** Absolute paths without symbolic links, with NUL between them: a path has none. */
  readonly sources: string;
  /** For each file its size in bytes, then `dev`, `ino`, `mtimeMs`, `ctimeMs` of its stamp; four NaN where there is no stamp. */
  readonly listed: Float64Array;
}

/** Why a file was not hashed. */
export type HashRefusal = 'file-changed' | 'file-type' | 'io';

/**
 * What a thread tells. `bytes` are those hashed since its last report, so the sum over all reports is the progress; `file` is a
 * position in the batch; `sha256` is lower-case hex, 64 digits a file, in the order of the batch.
 */
export type HashReport =
  | { readonly kind: 'progress'; readonly bytes: number }
  | { readonly kind: 'hashed'; readonly bytes: number; readonly batch: number; readonly sha256: string }
  | { readonly kind: 'refused'; readonly batch: number; readonly file: number; readonly code: HashRefusal; readonly detail: string };

interface Refused {
  readonly code: HashRefusal;
  /** Of `io` what the system calls the failure: this class runs in threads that have no words for it. */
  readonly detail: string;
}
interface Expected extends FileStamp {
  readonly size: number;
}

/**
 * Hashes files with one fixed buffer, and makes sure that what it hashed is the file that was listed, at rest throughout.
 *
 * This class's source text is also the program of the worker threads (`worker-source.ts`), so it must refer to nothing outside
 * itself but what JavaScript has: no imports other than types, no constants of this file. Node's modules come in through the constructor.
 */
export class FileHasher {
  readonly #fs: typeof fs;
  readonly #crypto: typeof crypto;
  readonly #buffer = new Uint8Array(1024 * 1024);
  readonly #flags: number;
  readonly #digest: (bytes: Uint8Array) => string;
  #unreported = 0;

  constructor(nodeFs: typeof fs, nodeCrypto: typeof crypto) {
    const { createHash } = nodeCrypto;
    // Node 20 has it from 20.12 on.
    const hash = 'hash' in nodeCrypto ? nodeCrypto.hash : null;
    this.#digest = (bytes) => (hash === null ? createHash('sha256').update(bytes).digest('hex') : hash('sha256', bytes, 'hex'));
    this.#fs = nodeFs;
    this.#crypto = nodeCrypto;
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = nodeFs.constants;
    // A link put there since is not followed, and a pipe put there can't make us wait. Windows has neither flag: undefined counts as 0.
    this.#flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
  }

  /** Hashes a batch, until the first file that is refused. It pauses at every report; leaving the loop then closes the open file. */
  *hash(batch: FileBatch): Generator<HashReport, void, void> {
    const sources = batch.sources.split('\0');
    let sha256 = '';
    for (let file = 0; file < sources.length; file++) {
      const source = sources[file] ?? '';
      const listed = this.#listed(batch.listed, 5 * file);
      // What fits with a byte to spare is read at once: the spare byte shows that the file has ended.
      const verdict = listed.size < this.#buffer.length ? this.#hashSmall(source, listed) : yield* this.#hashBig(source, listed);
      if (typeof verdict !== 'string') {
        yield { kind: 'refused', batch: batch.number, file, ...verdict };
        return;
      }
      sha256 += verdict;
    }
    yield { kind: 'hashed', bytes: this.#report(), batch: batch.number, sha256 };
  }

  #listed(numbers: Float64Array, at: number): Expected {
    return {
      size: numbers[at] ?? NaN,
      dev: numbers[at + 1] ?? NaN,
      ino: numbers[at + 2] ?? NaN,
      mtimeMs: numbers[at + 3] ?? NaN,
      ctimeMs: numbers[at + 4] ?? NaN,
    };
  }

  #report(): number {
    const bytes = this.#unreported;
    this.#unreported = 0;
    return bytes;
  }

  /** Four calls of the system in all: for thousands of small files nothing else counts. */
  #hashSmall(source: string, listed: Expected): string | Refused {
    let fd: number | undefined;
    try {
      fd = this.#fs.openSync(source, this.#flags);
      const expected = this.#settle(fd, listed);
      if ('code' in expected) return expected;
      const read = this.#fs.readSync(fd, this.#buffer, 0, this.#buffer.length, null);
      this.#unreported += read;
      return this.#compare(expected, this.#fs.fstatSync(fd), read) ?? this.#digest(this.#buffer.subarray(0, read));
    } catch (error) {
      return this.#refusal(error);
    } finally {
      if (fd !== undefined) this.#fs.closeSync(fd);
    }
  }

  *#hashBig(source: string, listed: Expected): Generator<HashReport, string | Refused, void> {
    let fd: number | undefined;
    try {
      fd = this.#fs.openSync(source, this.#flags);
      const expected = this.#settle(fd, listed);
      if ('code' in expected) return expected;
      const hash = this.#crypto.createHash('sha256');
      let done = 0;
      while (done < expected.size) {
        const read = this.#fs.readSync(fd, this.#buffer, 0, this.#buffer.length, null);
        if (read === 0) break;
        hash.update(this.#buffer.subarray(0, read));
        done += read;
        this.#unreported += read;
        if (this.#unreported >= 4 * this.#buffer.length && done < expected.size) yield { kind: 'progress', bytes: this.#report() };
      }
      // Reading took a while: the path must still lead to the file that was read, too.
      return (
        this.#compare(expected, this.#fs.fstatSync(fd), done) ??
        this.#compare(expected, this.#fs.lstatSync(source), done) ??
        hash.digest('hex')
      );
    } catch (error) {
      return this.#refusal(error);
    } finally {
      if (fd !== undefined) this.#fs.closeSync(fd);
    }
  }

  /**
   * How the file must be when it has been read: as it was listed. Kernels stamp changes with a clock that moves every 1 to 10 ms: a second
   * change within the tick of the first leaves no trace. So a file that had just changed when it was listed has no stamp, and is looked
   * at now, and read only after the clock has moved on. A time in the future (another machine's clock) is not waited for.
   */
  #settle(fd: number, listed: Expected): Expected | Refused {
    if (!Number.isNaN(listed.ctimeMs)) return listed;
    const stats = this.#fs.fstatSync(fd);
    const { dev, ino, mtimeMs, ctimeMs } = stats;
    const expected = { size: listed.size, dev, ino, mtimeMs, ctimeMs };
    const unlike = this.#compare(expected, stats, listed.size);
    if (unlike !== null) return unlike;
    const ageMs = Date.now() - ctimeMs;
    if (ageMs >= 0 && ageMs < 20) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20 - ageMs);
    return expected;
  }

  #compare(expected: Expected, actual: fs.Stats, read: number): Refused | null {
    if (!actual.isFile()) return { code: 'file-type', detail: 'expected a regular file, got a special file or a directory' };
    if (actual.dev !== expected.dev || actual.ino !== expected.ino)
      return { code: 'file-changed', detail: 'expected the file that was listed, got another in its place' };
    if (actual.size !== expected.size)
      return { code: 'file-changed', detail: `expected the ${String(expected.size)} bytes that were listed, got ${String(actual.size)}` };
    if (actual.mtimeMs !== expected.mtimeMs || actual.ctimeMs !== expected.ctimeMs)
      return { code: 'file-changed', detail: 'expected a file at rest, got one that changed after it was listed' };
    // Some file systems of the kernel's own name a size and give other bytes.
    if (read === expected.size) return null;
    return { code: 'file-changed', detail: `expected to read ${String(expected.size)} bytes, got ${String(read)}` };
  }

  #refusal(error: unknown): Refused {
    if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string' || !('syscall' in error)) throw error;
    // It was there when it was listed. O_NOFOLLOW says ELOOP for a link; opening a socket says ENXIO; reading a directory says EISDIR,
    // and reading an empty pipe that someone writes to says EAGAIN.
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR')
      return { code: 'file-changed', detail: 'expected the file that was listed, got nothing' };
    if (error.code === 'ELOOP') return { code: 'file-changed', detail: 'expected the file that was listed, got a symbolic link' };
    if (error.code === 'ENXIO' || error.code === 'EISDIR' || error.code === 'EAGAIN')
      return { code: 'file-type', detail: 'expected a regular file, got a special file or a directory' };
    return { code: 'io', detail: error.code };
  }
}
