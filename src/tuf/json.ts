// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote } from './errors.ts';

/** A JSON object: insertion-ordered, and a Map because its keys come from input (`__proto__` is only a name). */
export type JsonObject = ReadonlyMap<string, JsonValue>;
/** JSON as TUF metadata may hold it: numbers are safe integers. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** How deep objects and arrays may nest. TUF metadata needs about eight levels; `custom` may add some. */
export const MAX_JSON_DEPTH = 64;

/** The most bytes of one document: as many characters as a string may have in V8 (Node 20 and later). */
export const MAX_JSON_BYTES: number = 2 ** 29 - 24;

/** Tells a JSON object from every other JSON value. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return value instanceof Map;
}

/** Tells a JSON array from every other JSON value. */
export function isJsonArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** The name of a value's JSON type, for messages. */
export function jsonTypeOf(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (isJsonArray(value)) return 'an array';
  if (isJsonObject(value)) return 'an object';
  return `a ${typeof value}`;
}

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

/** `path` extended by a member name, as a JSON path: `$.signed.roles`, `$.targets["a/b"]`. */
export function jsonPath(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${String(key)}]`;
  // A long name is quoted, and so capped: paths stand in messages.
  return PLAIN_KEY.test(key) ? `${path}.${key}` : `${path}[${quote(key)}]`;
}

/**
 * Reads JSON strictly, in one pass and linear time. Where `JSON.parse` would let two readers see two
 * different files, this refuses: a key given twice, a lone surrogate, a byte order mark, invalid
 * UTF-8, a number that is not a safe integer (fractions, exponents and `-0` included), nesting
 * deeper than {@link MAX_JSON_DEPTH}, more objects and lists than files of its length have. RFC 8259; TUF §4.1 (no floats in canonical JSON).
 *
 * @param bytes - UTF-8, at most {@link MAX_JSON_BYTES}
 * @throws `json-encoding`, `json-bom`, `json-syntax`, `json-duplicate-key`, `json-lone-surrogate`,
 * `json-number`, `json-depth`; each names the JSON path and the byte offset. `too-large`
 */
export function parseJson(bytes: Uint8Array): JsonValue {
  // @check json-length
  if (bytes.length > MAX_JSON_BYTES) {
    throw new CountersignError('too-large', '$', `expected at most ${String(MAX_JSON_BYTES)} bytes of JSON, got ${String(bytes.length)}`);
  }
  // @check json-bom
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw new CountersignError('json-bom', '$', 'expected JSON, got a byte order mark at offset 0');
  }
  return new Reader(decodeUtf8(bytes)).document();
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // @check json-utf8
    throw new CountersignError('json-encoding', '$', 'expected UTF-8, got other bytes', { cause: error });
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const ANY_SURROGATE = /[\ud800-\udfff]/;
// Nearly all strings, and far faster than a look at each character.
const PLAIN_STRING = /"[^"\\\x00-\x1f]*"/y;
const SPACE = /[ \n\r\t]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** How many objects and lists a file may have in any case, and one for each so many characters beyond. */
const FREE_CONTAINERS = 65_536;
const CHARACTERS_FOR_CONTAINER = 16;

class Reader {
  readonly #text: string;
  #at = 0;
  #containers = 0;
  readonly #path: (string | number)[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonValue {
    this.#space();
    const value = this.#value();
    this.#space();
    // @check json-end
    if (this.#at < this.#text.length) this.#fail('json-syntax', 'expected the end of the file');
    return value;
  }

  #fail(
    code: 'json-syntax' | 'json-duplicate-key' | 'json-lone-surrogate' | 'json-number' | 'json-depth' | 'too-large',
    what: string,
    at = this.#at,
  ): never {
    const where = this.#path.reduce<string>((path, key) => jsonPath(path, key), '$');
    const offset = new TextEncoder().encode(this.#text.slice(0, at)).length;
    const got = at < this.#text.length ? quote(this.#text.slice(at, at + 12)) : 'the end of the file';
    throw new CountersignError(code, where, `${what}, got ${got} at offset ${String(offset)}`);
  }

  #space(): void {
    if (this.#text.charCodeAt(this.#at) > 0x20) return;
    SPACE.lastIndex = this.#at;
    SPACE.test(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #value(): JsonValue {
    switch (this.#text.charCodeAt(this.#at)) {
      case 0x7b:
        return this.#object();
      case 0x5b:
        return this.#array();
      case QUOTE:
        return this.#string();
      case 0x74:
        return this.#word('true', true);
      case 0x66:
        return this.#word('false', false);
      case 0x6e:
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  #word<T extends JsonValue>(word: string, value: T): T {
    // @check json-literal
    if (!this.#text.startsWith(word, this.#at)) this.#fail('json-syntax', 'expected a value');
    this.#at += word.length;
    return value;
  }

  #number(): number {
    NUMBER.lastIndex = this.#at;
    const text = NUMBER.exec(this.#text)?.[0];
    // @check json-value
    if (text === undefined) this.#fail('json-syntax', 'expected a value');
    const value = Number(text);
    // Number() rounds silently: what does not print as it was written is not the number that was signed.
    // @check json-number
    if (!Number.isSafeInteger(value) || String(value) !== text) this.#fail('json-number', 'expected an integer within ±(2^53-1)');
    this.#at += text.length;
    return value;
  }

  #string(): string {
    PLAIN_STRING.lastIndex = this.#at;
    if (!PLAIN_STRING.test(this.#text)) return this.#unusualString();
    const start = this.#at + 1;
    this.#at = PLAIN_STRING.lastIndex;
    return this.#text.slice(start, this.#at - 1);
  }

  /** Reads a string that has an escape or a fault. */
  #unusualString(): string {
    const start = this.#at + 1;
    let at = start;
    let chunk = start;
    let value = '';
    for (;;) {
      const c = this.#text.charCodeAt(at);
      if (c === QUOTE) break;
      if (c === BACKSLASH) {
        value += this.#text.slice(chunk, at);
        this.#at = at;
        value += this.#escape();
        at = chunk = this.#at;
      } else {
        // Past the end there is NaN, which is not at least anything.
        // @check json-control-character
        if (!(c >= 0x20)) {
          this.#fail('json-syntax', Number.isNaN(c) ? 'expected the end of a string' : 'expected a string without control characters', at);
        }
        at++;
      }
    }
    value = chunk === start ? this.#text.slice(start, at) : value + this.#text.slice(chunk, at);
    // Only an escape can make a lone surrogate: the text itself was decoded from valid UTF-8.
    // @check json-lone-surrogate
    if (chunk !== start && ANY_SURROGATE.test(value) && LONE_SURROGATE.test(value)) {
      this.#fail('json-lone-surrogate', 'expected Unicode text', start - 1);
    }
    this.#at = at + 1;
    return value;
  }

  /** Reads the escape at the cursor and leaves the cursor behind it. */
  #escape(): string {
    const letter = this.#text.charAt(this.#at + 1);
    if (letter === 'u') {
      const hex = this.#text.slice(this.#at + 2, this.#at + 6);
      // @check json-unicode-escape
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) this.#fail('json-syntax', 'expected \\u and four hex digits');
      this.#at += 6;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    const value = ESCAPES.get(letter);
    // @check json-escape
    if (value === undefined) this.#fail('json-syntax', 'expected an escape that JSON has');
    this.#at += 2;
    return value;
  }

  #enter(): void {
    // An empty list is two characters and takes fifty times as much memory: without this a file would take what its length doesn't tell.
    // @check json-containers
    if (++this.#containers > FREE_CONTAINERS + this.#text.length / CHARACTERS_FOR_CONTAINER) {
      this.#fail('too-large', 'expected fewer objects and lists in a file of this length');
    }
    // @check json-depth
    if (this.#path.length >= MAX_JSON_DEPTH) this.#fail('json-depth', `expected at most ${String(MAX_JSON_DEPTH)} levels`);
    this.#at++;
    this.#space();
  }

  /** After a member: true if another follows, false at the closing bracket. */
  #more(close: number): boolean {
    this.#space();
    const c = this.#text.charCodeAt(this.#at);
    // @check json-separator
    if (c !== 0x2c && c !== close) this.#fail('json-syntax', `expected "," or "${String.fromCharCode(close)}"`);
    this.#at++;
    this.#space();
    return c === 0x2c;
  }

  #array(): readonly JsonValue[] {
    this.#enter();
    const values: JsonValue[] = [];
    if (this.#text.charCodeAt(this.#at) === 0x5d) {
      this.#at++;
      return values;
    }
    do {
      this.#path.push(values.length);
      values.push(this.#value());
      this.#path.pop();
    } while (this.#more(0x5d));
    return values;
  }

  #object(): JsonObject {
    this.#enter();
    const members = new Map<string, JsonValue>();
    if (this.#text.charCodeAt(this.#at) === 0x7d) {
      this.#at++;
      return members;
    }
    do {
      const start = this.#at;
      // @check json-key-quoted
      if (this.#text.charCodeAt(start) !== QUOTE) this.#fail('json-syntax', 'expected a key in double quotes');
      const key = this.#string();
      // @check json-duplicate-key
      if (members.has(key)) this.#fail('json-duplicate-key', 'expected each key once', start);
      this.#space();
      // @check json-colon
      if (this.#text.charCodeAt(this.#at) !== 0x3a) this.#fail('json-syntax', 'expected ":"');
      this.#at++;
      this.#space();
      this.#path.push(key);
      members.set(key, this.#value());
      this.#path.pop();
    } while (this.#more(0x7d));
    return members;
  }
}
