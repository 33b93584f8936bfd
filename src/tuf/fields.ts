// SPDX-License-Identifier: Apache-2.0
import { CountersignError } from './errors.ts';
import { isJsonArray, isJsonObject, jsonPath, jsonTypeOf, type JsonObject, type JsonValue } from './json.ts';

/** `value` as an object. @throws `field-type` */
export function asObject(value: JsonValue | undefined, where: string): JsonObject {
  // @check field-object
  if (!isJsonObject(value)) throw new CountersignError('field-type', where, `expected an object, got ${jsonTypeOf(value)}`);
  return value;
}

/** `value` as an array. @throws `field-type` */
export function asArray(value: JsonValue | undefined, where: string): readonly JsonValue[] {
  // @check field-array
  if (!isJsonArray(value)) throw new CountersignError('field-type', where, `expected an array, got ${jsonTypeOf(value)}`);
  return value;
}

/** `value` as a string. @throws `field-type` */
export function asString(value: JsonValue | undefined, where: string): string {
  // @check field-string
  if (typeof value !== 'string') throw new CountersignError('field-type', where, `expected a string, got ${jsonTypeOf(value)}`);
  return value;
}

function member(object: JsonObject, key: string, path: string): JsonValue {
  const value = object.get(key);
  // @check field-present
  if (value === undefined) throw new CountersignError('field-missing', jsonPath(path, key), 'expected this field, got nothing');
  return value;
}

// The path of a member is made only for one that is refused: these run for each of many thousand targets.

/** The object under `key`. `path` is where `object` stands. @throws `field-missing`, `field-type` */
export function objectField(object: JsonObject, key: string, path: string): JsonObject {
  const value = member(object, key, path);
  return isJsonObject(value) ? value : asObject(value, jsonPath(path, key));
}

/** The array under `key`. @throws `field-missing`, `field-type` */
export function arrayField(object: JsonObject, key: string, path: string): readonly JsonValue[] {
  const value = member(object, key, path);
  return isJsonArray(value) ? value : asArray(value, jsonPath(path, key));
}

/** The string under `key`. @throws `field-missing`, `field-type` */
export function stringField(object: JsonObject, key: string, path: string): string {
  const value = member(object, key, path);
  return typeof value === 'string' ? value : asString(value, jsonPath(path, key));
}

/** The integer under `key`. @throws `field-missing`, `field-type` */
export function integerField(object: JsonObject, key: string, path: string): number {
  const value = member(object, key, path);
  // @check field-integer
  if (typeof value !== 'number') {
    throw new CountersignError('field-type', jsonPath(path, key), `expected an integer, got ${jsonTypeOf(value)}`);
  }
  return value;
}

/** The boolean under `key`. @throws `field-missing`, `field-type` */
export function booleanField(object: JsonObject, key: string, path: string): boolean {
  const value = member(object, key, path);
  // @check field-boolean
  if (typeof value !== 'boolean') {
    throw new CountersignError('field-type', jsonPath(path, key), `expected true or false, got ${jsonTypeOf(value)}`);
  }
  return value;
}
