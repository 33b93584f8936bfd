// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote } from '../tuf/errors.ts';

/** Parses `3`, `#3` or `<dir>#3`. @throws `usage` */
export function parseEvent(text: string): { readonly directory: string | null; readonly number: number } {
  const match = /^(?:(.*)#)?([1-9][0-9]{0,9})$/s.exec(text);
  if (match === null) throw new CountersignError('usage', 'event', `expected a number or <dir>#<number>, got ${quote(text)}`);
  const directory = match[1] ?? '';
  return { directory: directory === '' ? null : directory, number: Number(match[2]) };
}
