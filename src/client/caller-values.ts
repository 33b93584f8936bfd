// SPDX-License-Identifier: Apache-2.0
// What programs without types give to the library: every failure is promised to be one of ours, and a TypeError deep inside says nothing.
import { isDate, isUint8Array } from 'node:util/types';
import { CountersignError } from '../tuf/errors.ts';

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return value === undefined ? 'nothing' : `a value of the type ${typeof value}`;
}

function refuse(where: string, expected: string, value: unknown): CountersignError {
  return new CountersignError('usage', where, `expected ${expected}, got ${nameOf(value)}`);
}

/** A text of the caller. @throws `usage` */
export function requireText(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  throw refuse(where, 'a text', value);
}

/** A moment of the caller. @throws `usage` */
export function requireDate(value: unknown, where: string): Date {
  if (isDate(value)) return value;
  throw refuse(where, 'a Date', value);
}

/** Bytes of the caller. @throws `usage` */
export function requireBytes(value: unknown, where: string): Uint8Array {
  if (isUint8Array(value)) return value;
  throw refuse(where, 'a Uint8Array', value);
}

/** A count of the caller, of bytes or the like. @throws `usage` for NaN too: nothing is more than it */
export function requireCount(value: unknown, where: string): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw refuse(where, 'a number from 0 on', value);
}

/** Something of the caller that has these methods. @throws `usage` */
export function requireMethods<T>(value: T, methods: readonly (keyof T & string)[], where: string): T {
  const has = (method: keyof T): boolean => typeof value[method] === 'function';
  if (typeof value === 'object' && value !== null && methods.every(has)) return value;
  throw refuse(where, `an object with ${methods.join(', ')}`, value);
}
