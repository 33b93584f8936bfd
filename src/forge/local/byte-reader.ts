// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote } from '../../tuf/errors.ts';

const NEWLINE = 0x0a;
/** A header of git's is some 60 bytes; more means that something else is talking. */
const MAX_LINE_BYTES = 1024;

/** Takes lines and counted bytes, as git mixes them, from a stream of chunks. */
export class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /**
   * The next line, without its newline.
   * @throws `git` when the stream ends before it, or the line is longer than any header
   */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf(NEWLINE);
      if (end >= 0) {
        const line = this.#rest.toString('latin1', 0, end);
        this.#rest = this.#rest.subarray(end + 1);
        return line;
      }
      if (this.#rest.length > MAX_LINE_BYTES) throw new CountersignError('git', 'git', 'expected a short line, got a long one');
      this.#rest = Buffer.concat([this.#rest, await this.#next()]);
    }
  }

  /**
   * The next `length` bytes, and the newline that ends them.
   * @throws `git` when the stream ends before, or no newline follows
   */
  async counted(length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      if (this.#rest.length === 0) this.#rest = await this.#next();
      const part = this.#rest.subarray(0, length - filled);
      bytes.set(part, filled);
      filled += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    const rest = await this.line();
    if (rest !== '') throw new CountersignError('git', 'git', `expected the end of the object, got ${quote(rest)}`);
    return bytes;
  }

  /**
   * Makes sure that the stream ends here.
   * @throws `git` when more follows
   */
  async end(): Promise<void> {
    if (this.#rest.length > 0 || (await this.#source.next()).done !== true)
      throw new CountersignError('git', 'git', 'expected the end of its output, got more');
  }

  async #next(): Promise<Buffer> {
    const next = await this.#source.next();
    if (next.done === true) throw new CountersignError('git', 'git', 'expected more output, got its end');
    return next.value;
  }
}
