// SPDX-License-Identifier: Apache-2.0
import { CountersignError } from '../../tuf/errors.ts';

/** A JSON object of the host's answer, with where it stands for messages. */
export interface Answer {
  readonly where: string;
  readonly members: Readonly<Record<string, unknown>>;
}

/** True for what a JSON object is parsed to. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `value` as an object. @throws `io` */
export function answerOf(value: unknown, where: string): Answer {
  if (!isRecord(value)) throw unexpected(where, 'an object', value);
  return { where, members: value };
}

/** The object under `key`. @throws `io` */
export function childOf(answer: Answer, key: string): Answer {
  return answerOf(answer.members[key], `${answer.where} ${key}`);
}

/** The object under `key`; null where the host says null or nothing. @throws `io` */
export function childOrNull(answer: Answer, key: string): Answer | null {
  return (answer.members[key] ?? null) === null ? null : childOf(answer, key);
}

/** The objects of the array under `key`. @throws `io` */
export function childrenOf(answer: Answer, key: string): readonly Answer[] {
  const value = answer.members[key];
  const where = `${answer.where} ${key}`;
  if (!Array.isArray(value)) throw unexpected(where, 'an array', value);
  return value.map((one: unknown) => answerOf(one, where));
}

/** The string under `key`. @throws `io` */
export function textOf(answer: Answer, key: string): string {
  const value = answer.members[key];
  if (typeof value !== 'string') throw unexpected(`${answer.where} ${key}`, 'a string', value);
  return value;
}

/** The string under `key`; null where the host says null or nothing. @throws `io` */
export function textOrNull(answer: Answer, key: string): string | null {
  return (answer.members[key] ?? null) === null ? null : textOf(answer, key);
}

/** The non-negative safe integer under `key`. @throws `io` */
export function countOf(answer: Answer, key: string): number {
  const value = answer.members[key];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw unexpected(`${answer.where} ${key}`, 'a number', value);
  return value;
}

/** The number under `key`, as {@link countOf}; null where the host says null or nothing. @throws `io` */
export function countOrNull(answer: Answer, key: string): number | null {
  return (answer.members[key] ?? null) === null ? null : countOf(answer, key);
}

/** The boolean under `key`. @throws `io` */
export function flagOf(answer: Answer, key: string): boolean {
  const value = answer.members[key];
  if (typeof value !== 'boolean') throw unexpected(`${answer.where} ${key}`, 'true or false', value);
  return value;
}

/** Fails closed: what the host says in a way that we don't know is never guessed at. */
export function unexpected(where: string, wanted: string, value: unknown): CountersignError {
  const got = value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value;
  return new CountersignError('io', where, `expected ${wanted}, got ${got === 'undefined' ? 'nothing' : got}`);
}
