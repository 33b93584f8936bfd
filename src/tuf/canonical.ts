// SPDX-License-Identifier: Apache-2.0
import { CountersignError } from './errors.ts';
import { isJsonArray, isJsonObject, jsonPath, type JsonObject, type JsonValue } from './json.ts';
import { isNfc } from './normal-form.ts';

const NON_ASCII = /[^\x00-\x7f]/;
const SURROGATE = /[\ud800-\udfff]/;
const TO_ESCAPE = /["\\]/;
const ALL_TO_ESCAPE = /["\\]/g;
// What JSON.stringify may write otherwise than as it is.
const UNLIKE_JSON = /["\\\x00-\x1f\ud800-\udfff]/;

/** Compares by Unicode code point. JavaScript's own order is by UTF-16 unit, which differs beyond U+FFFF. */
export function compareCodePoints(a: string, b: string): number {
  if (!SURROGATE.test(a) && !SURROGATE.test(b)) return a < b ? -1 : a > b ? 1 : 0;
  const [x, y] = [Array.from(a), Array.from(b)];
  for (let i = 0; i < x.length && i < y.length; i++) {
    const difference = (x[i]?.codePointAt(0) ?? 0) - (y[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return x.length - y.length;
}

/** An object's keys in code point order. */
export function sortedKeys(object: JsonObject): string[] {
  const keys = [...object.keys()];
  // The default sort is by UTF-16 unit and several times faster; it is the same order without surrogates.
  return keys.some((key) => SURROGATE.test(key)) ? keys.sort(compareCodePoints) : keys.sort();
}

/** Whether keys are in code point order already, as in the files that we write. May be false though they are. */
function isInOrder(object: JsonObject): boolean {
  if (object.size < 2) return true;
  let previous: string | undefined;
  for (const key of object.keys()) {
    if (SURROGATE.test(key) || (previous !== undefined && previous >= key)) return false;
    previous = key;
  }
  return true;
}

const CHUNK = 8192;

/**
 * UTF-8 in the making. Strings stay short-lived until there is a chunk of them, and bytes are allocated once, when their number is known:
 * millions of pieces kept to be joined, and buffers that grow, both make the collector go through all of the metadata again and again.
 */
class Utf8Writer {
  readonly #chunks: string[] = [];
  #pending = '';
  #byteLength = 0;

  put(text: string): void {
    this.#pending += text;
    if (this.#pending.length >= CHUNK) this.#flush();
  }

  #flush(): void {
    // Counting also makes one string of the pieces.
    this.#byteLength += Buffer.byteLength(this.#pending);
    this.#chunks.push(this.#pending);
    this.#pending = '';
  }

  finish(): Uint8Array {
    this.#flush();
    // Not allocUnsafe: that gives parts of a buffer that others have parts of.
    const bytes = Buffer.alloc(this.#byteLength);
    let at = 0;
    for (const chunk of this.#chunks) at += bytes.write(chunk, at);
    return new Uint8Array(bytes.buffer);
  }
}

function canonicalString(text: string): string {
  // Only the quote and the backslash are escaped; control characters and non-ASCII stay as they are.
  return TO_ESCAPE.test(text) ? `"${text.replace(ALL_TO_ESCAPE, '\\$&')}"` : `"${text}"`;
}

/** `before` is what stands before the value: one piece costs less than two. */
function putCanonical(value: JsonValue, before: string, out: Utf8Writer): void {
  if (typeof value === 'string') {
    out.put(before + canonicalString(value));
  } else if (isJsonObject(value)) {
    let opening = `${before}{`;
    const put = (item: JsonValue, key: string): void => {
      putCanonical(item, `${opening}${canonicalString(key)}:`, out);
      opening = ',';
    };
    forEachInOrder(value, put);
    out.put(value.size === 0 ? `${opening}}` : '}');
  } else if (isJsonArray(value)) {
    let opening = `${before}[`;
    for (const item of value) {
      putCanonical(item, opening, out);
      opening = ',';
    }
    out.put(value.length === 0 ? `${opening}]` : ']');
  } else {
    out.put(before + String(value));
  }
}

function forEachInOrder(object: JsonObject, step: (value: JsonValue, key: string) => void): void {
  if (isInOrder(object)) object.forEach(step);
  else for (const key of sortedKeys(object)) step(object.get(key) ?? null, key);
}

/**
 * Encodes a value as OLPC canonical JSON, UTF-8: what TUF signatures are made over (TUF §4.1, §4.2.1).
 * Keys are sorted by code point; there is no white space.
 */
export function encodeCanonicalJson(value: JsonValue): Uint8Array {
  const out = new Utf8Writer();
  putCanonical(value, '', out);
  return out.finish();
}

/**
 * Encodes a value as the JSON text that we write to files: one space of indentation so that a diff
 * reads well, keys sorted by code point so that equal values give equal bytes, a newline at the end.
 */
export function encodeJsonFile(value: JsonValue): Uint8Array {
  const out = new Utf8Writer();
  putPretty(value, '\n', out);
  out.put('\n');
  return out.finish();
}

function putJsonString(text: string, out: Utf8Writer): void {
  if (UNLIKE_JSON.test(text)) {
    out.put(JSON.stringify(text));
    return;
  }
  out.put('"');
  out.put(text);
  out.put('"');
}

function putPretty(value: JsonValue, newline: string, out: Utf8Writer): void {
  const inner = `${newline} `;
  if (isJsonObject(value)) {
    let separator = '{';
    const put = (item: JsonValue, key: string): void => {
      out.put(separator);
      out.put(inner);
      putJsonString(key, out);
      out.put(': ');
      putPretty(item, inner, out);
      separator = ',';
    };
    forEachInOrder(value, put);
    out.put(value.size === 0 ? '{}' : `${newline}}`);
  } else if (isJsonArray(value)) {
    let separator = '[';
    for (const item of value) {
      out.put(separator);
      out.put(inner);
      putPretty(item, inner, out);
      separator = ',';
    }
    out.put(value.length === 0 ? '[]' : `${newline}]`);
  } else if (typeof value === 'string') {
    putJsonString(value, out);
  } else {
    out.put(String(value));
  }
}

/**
 * Requires every string of a value that we are about to write to be in Unicode normal form C: tough
 * normalizes before it verifies, so another form would break the signature there (docs: tuf.md, trap "canonical JSON").
 * @throws `json-not-nfc`, with the JSON path
 */
export function requireNfc(value: JsonValue, path = '$'): void {
  if (typeof value === 'string') {
    // @check text-nfc
    if (!isNfc(value)) {
      throw new CountersignError('json-not-nfc', path, 'expected text in Unicode normal form C');
    }
  } else if (isJsonArray(value)) {
    value.forEach((item, index) => {
      requireNfc(item, jsonPath(path, index));
    });
  } else if (isJsonObject(value)) {
    for (const [key, item] of value) {
      // @check member-name-nfc
      requireNfc(key, path);
      // The path is built only for a member that needs one: this runs over every target of large files.
      if (typeof item === 'string' && !NON_ASCII.test(item)) continue;
      if (typeof item === 'number') continue;
      requireNfc(item, jsonPath(path, key));
    }
  }
}
