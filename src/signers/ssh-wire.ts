// SPDX-License-Identifier: Apache-2.0
import type { CountersignError } from '../tuf/errors.ts';

/** Makes the error of one input from what is wrong with it: `expected X, got Y`. */
export type Refuse = (detail: string) => CountersignError;

/** Reads SSH's wire format strictly (RFC 4251 §5). Every method throws what `refuse` makes when the bytes don't fit. */
export class SshReader {
  readonly #bytes: Buffer;
  readonly #refuse: Refuse;
  #at = 0;

  constructor(bytes: Uint8Array, refuse: Refuse) {
    this.#bytes = Buffer.from(bytes);
    this.#refuse = refuse;
  }

  /** The next `length` bytes. */
  bytes(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw this.#refuse('expected more bytes, got the end of the key');
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }

  /** A `uint32`. */
  uint32(): number {
    return this.bytes(4).readUInt32BE();
  }

  /** A `string`. */
  string(): Buffer {
    return this.bytes(this.uint32());
  }

  /** A `string` that names something: printable ASCII, at most 64 characters. */
  name(): string {
    const text = this.string().toString('latin1');
    if (!/^[!-~]{1,64}$/.test(text)) throw this.#refuse('expected a name in ASCII, got other bytes');
    return text;
  }

  /** A positive `mpint`: its magnitude, big-endian, without leading zeros. */
  mpint(): Buffer {
    const bytes = this.string();
    const [first = 0, second = 0] = bytes;
    if (bytes.length === 0 || first >= 0x80) throw this.#refuse('expected a positive number, got another');
    if (first !== 0) return bytes;
    if (second < 0x80) throw this.#refuse('expected a number without needless zeros, got a longer one');
    return bytes.subarray(1);
  }

  /** Whatever is left. */
  rest(): Buffer {
    return this.bytes(this.#bytes.length - this.#at);
  }

  /** Checks that nothing is left. */
  end(): void {
    const left = this.#bytes.length - this.#at;
    if (left > 0) throw this.#refuse(`expected the end of the key, got ${left} more bytes`);
  }
}
