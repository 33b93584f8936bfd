// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { encodeCanonicalJson } from '../../src/tuf/canonical.ts';
import {
  isJsonArray,
  isJsonObject,
  jsonPath,
  jsonTypeOf,
  MAX_JSON_BYTES,
  MAX_JSON_DEPTH,
  parseJson,
  type JsonValue,
} from '../../src/tuf/json.ts';
import { bytes, codeOf, errorOf } from './support.ts';

const nested = (levels: number, open: string, close: string, middle = ''): string => open.repeat(levels) + middle + close.repeat(levels);

describe('parseJson', () => {
  // Each row stands beside one that differs from it by as little as possible.
  test.each([
    ['an object', '{"a":1}', 'accepted'],
    ['a member without a value', '{"a":}', 'json-syntax'],
    ['a member without a colon', '{"a" 1}', 'json-syntax'],
    ['a comma at the end of an object', '{"a":1,}', 'json-syntax'],
    ['a key without quotes', '{a:1}', 'json-syntax'],
    ['a key in single quotes', "{'a':1}", 'json-syntax'],
    ['a number as key', '{1:1}', 'json-syntax'],
    ['an object that does not end', '{"a":1', 'json-syntax'],
    ['an object closed as an array', '{"a":1]', 'json-syntax'],
    ['the same key twice', '{"a":1,"a":1}', 'json-duplicate-key'],
    ['two keys that differ in case', '{"a":1,"A":1}', 'accepted'],
    ['the same key twice, once escaped', '{"a":1,"\\u0061":1}', 'json-duplicate-key'],
    ['the same key in two objects', '[{"a":1},{"a":1}]', 'accepted'],
    ['the same key twice in a nested object', '{"b":{"a":1,"a":2}}', 'json-duplicate-key'],
    ['composed and decomposed keys', '{"\u00e9":1,"e\u0301":1}', 'accepted'],
    ['a key that objects have already', '{"__proto__":1,"constructor":2}', 'accepted'],
    ['that key twice', '{"__proto__":1,"__proto__":2}', 'json-duplicate-key'],
    ['an array', '[1,2]', 'accepted'],
    ['a comma at the end of an array', '[1,]', 'json-syntax'],
    ['a missing element', '[1,,2]', 'json-syntax'],
    ['an array that does not end', '[1', 'json-syntax'],
    ['an array closed as an object', '[1}', 'json-syntax'],
    ['white space that JSON has', ' \t\r\n[ 1 ] \n', 'accepted'],
    ['a no-break space', '\u00a0[1]', 'json-syntax'],
    ['a form feed', '\f[1]', 'json-syntax'],
    ['a comment', '[1] // one', 'json-syntax'],
    ['two values', '[1] [1]', 'json-syntax'],
    ['no value', '', 'json-syntax'],
    ['only white space', ' ', 'json-syntax'],
    ['true', 'true', 'accepted'],
    ['True', 'True', 'json-syntax'],
    ['a longer word', 'trueish', 'json-syntax'],
    ['null', 'null', 'accepted'],
    ['undefined', 'undefined', 'json-syntax'],
    ['NaN', 'NaN', 'json-syntax'],
    ['Infinity', 'Infinity', 'json-syntax'],
    ['zero', '0', 'accepted'],
    ['negative zero', '-0', 'json-number'],
    ['a leading zero', '01', 'json-syntax'],
    ['a leading plus', '+1', 'json-syntax'],
    ['a hexadecimal number', '0x1', 'json-syntax'],
    ['a negative number', '-1', 'accepted'],
    ['a sign alone', '-', 'json-syntax'],
    ['an integer written with a fraction', '1.0', 'json-number'],
    ['a fraction', '1.5', 'json-number'],
    ['an integer written with an exponent', '1e0', 'json-number'],
    ['an exponent out of range', '1e999', 'json-number'],
    ['the largest safe integer', '9007199254740991', 'accepted'],
    ['one more', '9007199254740992', 'json-number'],
    ['two more, which a double rounds', '9007199254740993', 'json-number'],
    ['the smallest safe integer', '-9007199254740991', 'accepted'],
    ['one less', '-9007199254740992', 'json-number'],
    ['a string', '"a"', 'accepted'],
    ['a string that does not end', '"a', 'json-syntax'],
    ['a string that ends in a backslash', '"a\\', 'json-syntax'],
    ['every escape', '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9"', 'accepted'],
    ['an escape that JSON has not', '"\\x41"', 'json-syntax'],
    ['an upper-case escape', '"\\N"', 'json-syntax'],
    ['three hex digits', '"\\u00e"', 'json-syntax'],
    ['a hex digit that is none', '"\\u00eg"', 'json-syntax'],
    ['a tab in a string, escaped', '"\\t"', 'accepted'],
    ['a tab in a string, as it is', '"\t"', 'json-syntax'],
    ['a null character as it is', '"\0"', 'json-syntax'],
    ['DEL as it is', '"\u007f"', 'accepted'],
    ['a line separator as it is', '"\u2028"', 'accepted'],
    ['a surrogate pair, escaped', '"\\ud83d\\ude00"', 'accepted'],
    ['its first half', '"\\ud83d"', 'json-lone-surrogate'],
    ['its second half', '"\\ude00"', 'json-lone-surrogate'],
    ['its halves in the wrong order', '"\\ude00\\ud83d"', 'json-lone-surrogate'],
    ['its halves with something between', '"\\ud83d \\ude00"', 'json-lone-surrogate'],
    ['its first half before a pair', '"\\ud83d\\ud83d\\ude00"', 'json-lone-surrogate'],
    ['its first half in a key', '{"\\ud83d":1}', 'json-lone-surrogate'],
    ['a character beyond U+FFFF as it is', '"\u{1f600}"', 'accepted'],
    ['arrays as deep as allowed', nested(MAX_JSON_DEPTH, '[', ']'), 'accepted'],
    ['one level more', nested(MAX_JSON_DEPTH + 1, '[', ']'), 'json-depth'],
    ['objects as deep as allowed', nested(MAX_JSON_DEPTH - 1, '{"a":', '}', '{}'), 'accepted'],
    ['one level more of objects', nested(MAX_JSON_DEPTH, '{"a":', '}', '{}'), 'json-depth'],
    ['far too deep, without an end', '['.repeat(1_000_000), 'json-depth'],
  ])('%s', (_, text, expected) => {
    expect(codeOf(() => parseJson(bytes(text)))).toBe(expected);
  });

  test.each([
    ['a byte order mark', [0xef, 0xbb, 0xbf, 0x31], 'json-bom'],
    ['half a byte order mark', [0xef, 0xbb, 0x31], 'json-encoding'],
    ['UTF-16', [0xff, 0xfe, 0x31, 0x00], 'json-encoding'],
    ['Latin-1', [0x22, 0xe9, 0x22], 'json-encoding'],
    ['the same letter in UTF-8', [0x22, 0xc3, 0xa9, 0x22], 'accepted'],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22], 'json-encoding'],
    ['a surrogate in UTF-8', [0x22, 0xed, 0xa0, 0xbd, 0x22], 'json-encoding'],
    ['beyond U+10FFFF', [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], 'json-encoding'],
    ['a character cut off', [0x22, 0xe2, 0x82], 'json-encoding'],
  ])('%s', (_, data, expected) => {
    expect(codeOf(() => parseJson(Uint8Array.from(data)))).toBe(expected);
  });

  test.each([
    ['{"signed":{"version":1.5}}', 'json-number', '$.signed.version', 21],
    ['{"targets":{"a/b":{"length":01}}}', 'json-syntax', '$.targets["a/b"]', 29],
    ['{"\u00e9\u{1f600}":[1,2,x]}', 'json-syntax', '$["\u00e9\u{1f600}"][2]', 15],
    ['{"a":{"b":1,"b":2}}', 'json-duplicate-key', '$.a', 12],
    ['[0,"\\ud800"]', 'json-lone-surrogate', '$[1]', 3],
    ['[1,2', 'json-syntax', '$', 4],
  ])('%s says where: %s at %s, byte %i', (text, code, where, offset) => {
    const error = errorOf(() => parseJson(bytes(text)));
    expect(error).toMatchObject({ code, where });
    expect(error?.detail.endsWith(`at offset ${String(offset)}`)).toBe(true);
  });

  test('keeps the order of keys and every kind of value', () => {
    const value = parseJson(bytes('{"b":[true,false,null,-3,"\\u0041"],"a":{},"10":1}'));
    expect(value).toEqual(
      new Map<string, JsonValue>([
        ['b', [true, false, null, -3, 'A']],
        ['a', new Map()],
        ['10', 1],
      ]),
    );
    expect([...(isJsonObject(value) ? value.keys() : [])]).toEqual(['b', 'a', '10']);
  });

  test('copies: bytes that change afterwards change nothing that was read', () => {
    const source = bytes('{"a":"b"}');
    const value = parseJson(source);
    source.fill(0x20);
    expect(Buffer.from(encodeCanonicalJson(value)).toString()).toBe('{"a":"b"}');
  });

  test('quotes at most a little of a hostile file in its message', () => {
    const error = errorOf(() => parseJson(bytes(`{"${'k'.repeat(500)}":${'x'.repeat(500)}}`)));
    expect(error?.code).toBe('json-syntax');
    expect(error?.message.length).toBeLessThan(200);
  });
});

describe('what a value is called', () => {
  test.each<[JsonValue | undefined, string]>([
    [undefined, 'nothing'],
    [null, 'null'],
    [[], 'an array'],
    [new Map(), 'an object'],
    ['', 'a string'],
    [0, 'a number'],
    [false, 'a boolean'],
  ])('%j is %s', (value, name) => {
    expect(jsonTypeOf(value)).toBe(name);
    expect(isJsonArray(value)).toBe(name === 'an array');
    expect(isJsonObject(value)).toBe(name === 'an object');
  });

  test.each([
    ['signed', '$.signed'],
    ['x-countersign', '$.x-countersign'],
    ['a b', '$["a b"]'],
    ['1', '$["1"]'],
    ['', '$[""]'],
    [3, '$[3]'],
  ])('the path of %j is %s', (key, path) => {
    expect(jsonPath('$', key)).toBe(path);
  });
});

test('a document may be as long as a string, and no longer', () => {
  expect(MAX_JSON_BYTES).toBeLessThanOrEqual(constants.MAX_STRING_LENGTH);
  expect(codeOf(() => parseJson(new Uint8Array(MAX_JSON_BYTES + 1)))).toBe('too-large');
  expect(codeOf(() => parseJson(bytes(`${' '.repeat(100_000)}1`)))).toBe('accepted');
});

describe('objects and lists are bounded by the length of the file', () => {
  const repeat = (text: string, count: number): string => Array.from({ length: count }, () => text).join(',');
  test.each([
    ['60,000 empty lists', `[${repeat('[]', 60_000)}]`, 'accepted'],
    ['100,000 empty lists', `[${repeat('[]', 100_000)}]`, 'too-large'],
    ['100,000 empty objects', `[${repeat('{}', 100_000)}]`, 'too-large'],
    ['100,000 objects of one member', `[${repeat('{"a":1}', 200_000)}]`, 'too-large'],
    ['lists in lists', `[${repeat('[[],[[]]]', 60_000)}]`, 'too-large'],
    [
      '200,000 entries of a snapshot',
      `{${Array.from({ length: 200_000 }, (_, i) => `"r${String(i)}.json":{"version":1}`).join(',')}}`,
      'accepted',
    ],
    ['a million numbers', `[${repeat('1', 1_000_000)}]`, 'accepted'],
  ])('%s: %s', (_, text, code) => {
    expect(codeOf(() => parseJson(bytes(text)))).toBe(code);
  });
});
