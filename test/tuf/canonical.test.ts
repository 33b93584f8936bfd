// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { compareCodePoints, encodeCanonicalJson, encodeJsonFile, requireNfc, sortedKeys } from '../../src/tuf/canonical.ts';
import { parseJson, type JsonValue } from '../../src/tuf/json.ts';
import { bytes, codeOf, errorOf, json } from './support.ts';

const canonical = (value: JsonValue): string => Buffer.from(encodeCanonicalJson(value)).toString();

describe('canonical JSON (TUF §4.1)', () => {
  test.each([
    ['nothing in it', '{}', '{}'],
    ['empty inside', '{"a":[],"b":{}}', '{"a":[],"b":{}}'],
    ['white space', ' { "b" : [ 1 , 2 ] , "a" : true } ', '{"a":true,"b":[1,2]}'],
    ['every scalar', '[null,true,false,0,-1,"x"]', '[null,true,false,0,-1,"x"]'],
    ['quote and backslash', '"\\"\\\\"', '"\\"\\\\"'],
    ['a slash', '"\\/"', '"/"'],
    ['a line end stays a line end', '"a\\nb"', '"a\nb"'],
    ['a null character stays one', '"\\u0000"', '"\0"'],
    ['non-ASCII is not escaped', '"\\u00e9\\u2028"', '"\u00e9\u2028"'],
    ['text is not normalized', '"e\\u0301"', '"e\u0301"'],
    ['digits are sorted as text', '{"10":1,"9":2,"1":3}', '{"1":3,"10":1,"9":2}'],
    ['upper case before lower', '{"a":1,"B":2}', '{"B":2,"a":1}'],
    ['by code point, not by UTF-16 unit', '{"\u{10000}":1,"\uffff":2}', '{"\uffff":2,"\u{10000}":1}'],
    ['large integers', '[9007199254740991,-9007199254740991]', '[9007199254740991,-9007199254740991]'],
  ])('%s', (_, text, expected) => {
    expect(canonical(parseJson(bytes(text)))).toBe(expected);
  });

  test('keys that objects have already are only names', () => {
    expect(canonical(parseJson(bytes('{"toString":1,"__proto__":{"a":2}}')))).toBe('{"__proto__":{"a":2},"toString":1}');
  });
});

describe('the order of keys', () => {
  test.each([
    ['a', 'b', -1],
    ['a', 'a', 0],
    ['a', 'ab', -1],
    ['\u{1f600}', '\uffff', 1],
    ['\ue000', '\u{1f600}', -1],
    ['\u{1f600}a', '\u{1f600}', 1],
    ['\u{1f600}a', '\u{1f600}b', -1],
    ['', 'a', -1],
  ])('%j and %j', (a, b, sign) => {
    expect(Math.sign(compareCodePoints(a, b))).toBe(sign);
    expect(Math.sign(compareCodePoints(b, a))).toBe(0 - sign);
  });

  test('is the same with and without characters beyond U+FFFF', () => {
    const object = new Map<string, JsonValue>(['b', 'a', '\uffff', 'c'].map((key) => [key, 1]));
    expect(sortedKeys(object)).toEqual(['a', 'b', 'c', '\uffff']);
    object.set('\u{1f600}', 1);
    expect(sortedKeys(object)).toEqual(['a', 'b', 'c', '\uffff', '\u{1f600}']);
  });
});

describe('the files that we write', () => {
  test('are indented by one space, sorted, and end in a line end', () => {
    const text = Buffer.from(encodeJsonFile(json({ b: [1, { c: 'é\n' }], a: {}, d: [] }))).toString();
    expect(text).toBe('{\n "a": {},\n "b": [\n  1,\n  {\n   "c": "é\\n"\n  }\n ],\n "d": []\n}\n');
  });

  test('are the same for equal values', () => {
    expect(encodeJsonFile(json({ a: 1, b: 2 }))).toEqual(encodeJsonFile(json({ b: 2, a: 1 })));
  });
});

describe('text that we write is in normal form C', () => {
  test.each([
    ['composed text', { a: 'é' }, 'accepted', undefined],
    ['decomposed text', { a: 'e\u0301' }, 'json-not-nfc', '$.a'],
    ['decomposed text in an array', { a: ['x', 'e\u0301'] }, 'json-not-nfc', '$.a[1]'],
    ['a decomposed key', { b: { 'e\u0301': 1 } }, 'json-not-nfc', '$.b'],
    ['a composed key', { b: { é: 1 } }, 'accepted', undefined],
    ['a letter that has a canonical twin', { a: '\u212b' }, 'json-not-nfc', '$.a'],
    ['a letter that has only a compatible one', { a: '\ufb01' }, 'accepted', undefined],
    ['numbers, words, ASCII', { a: [1, true, null, 'x'] }, 'accepted', undefined],
  ])('%s', (_, value, code, where) => {
    expect(codeOf(() => requireNfc(json(value)))).toBe(code);
    expect(errorOf(() => requireNfc(json(value)))?.where).toBe(where);
  });
});
