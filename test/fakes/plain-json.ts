// SPDX-License-Identifier: Apache-2.0
import type { JsonObject, JsonValue } from '../../src/tuf/json.ts';

/** JSON as plain objects, which are pleasant to write and to change in a test. Members that are undefined are left out. */
export type Plain = string | number | boolean | null | Plain[] | PlainObject;
/** A plain JSON object. */
export interface PlainObject {
  [member: string]: Plain | undefined;
}

/** `value` as the source's JSON. */
export function fromPlain(value: Plain): JsonValue {
  if (Array.isArray(value)) return value.map(fromPlain);
  return typeof value === 'object' && value !== null ? objectFromPlain(value) : value;
}

/** `value` as the source's JSON object. */
export function objectFromPlain(value: PlainObject): JsonObject {
  const members = new Map<string, JsonValue>();
  for (const [key, member] of Object.entries(value)) if (member !== undefined) members.set(key, fromPlain(member));
  return members;
}
