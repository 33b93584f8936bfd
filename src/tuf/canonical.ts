// SPDX-License-Identifier: Apache-2.0
import { CountersignError } from './errors.ts';
import { isJsonArray, isJsonObject, jsonPath, type JsonObject, type JsonValue } from './json.ts';

const NON_ASCII = /[^\x00-\x7f]/;
const SURROGATE = /[\ud800-\udfff]/;
const TO_ESCAPE = /["\\]/g;

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

function canonicalString(text: string): string {
  // Only the quote and the backslash are escaped; control characters and non-ASCII stay as they are.
  return `"${text.replace(TO_ESCAPE, '\\$&')}"`;
}

function append(value: JsonValue, out: string[]): void {
  if (isJsonObject(value)) {
    let separator = '{';
    for (const key of sortedKeys(value)) {
      out.push(separator, canonicalString(key), ':');
      append(value.get(key) ?? null, out);
      separator = ',';
    }
    out.push(value.size === 0 ? '{}' : '}');
  } else if (isJsonArray(value)) {
    let separator = '[';
    for (const item of value) {
      out.push(separator);
      append(item, out);
      separator = ',';
    }
    out.push(value.length === 0 ? '[]' : ']');
  } else if (typeof value === 'string') {
    out.push(canonicalString(value));
  } else {
    out.push(String(value));
  }
}

/**
 * Encodes a value as OLPC canonical JSON, UTF-8: what TUF signatures are made over (TUF §4.1, §4.2.1).
 * Keys are sorted by code point; there is no white space.
 */
export function encodeCanonicalJson(value: JsonValue): Uint8Array {
  const out: string[] = [];
  append(value, out);
  return new TextEncoder().encode(out.join(''));
}

/**
 * Encodes a value as the JSON text that we write to files: one space of indentation so that a diff
 * reads well, keys sorted by code point so that equal values give equal bytes, a newline at the end.
 */
export function encodeJsonFile(value: JsonValue): Uint8Array {
  const out: string[] = [];
  appendPretty(value, '\n', out);
  out.push('\n');
  return new TextEncoder().encode(out.join(''));
}

function appendPretty(value: JsonValue, newline: string, out: string[]): void {
  const inner = `${newline} `;
  if (isJsonObject(value)) {
    let separator = '{';
    for (const key of sortedKeys(value)) {
      out.push(separator, inner, JSON.stringify(key), ': ');
      appendPretty(value.get(key) ?? null, inner, out);
      separator = ',';
    }
    out.push(value.size === 0 ? '{}' : `${newline}}`);
  } else if (isJsonArray(value)) {
    let separator = '[';
    for (const item of value) {
      out.push(separator, inner);
      appendPretty(item, inner, out);
      separator = ',';
    }
    out.push(value.length === 0 ? '[]' : `${newline}]`);
  } else {
    out.push(JSON.stringify(value));
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
    if (NON_ASCII.test(value) && value.normalize('NFC') !== value) {
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
