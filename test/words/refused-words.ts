// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

const LIST = readFileSync(new URL('refused-words.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

const ERRNO = new Set([...Object.keys(constants.errno), ...[...getSystemErrorMap().values()].map(([name]) => name)]);

/** What of a text must not be said to people; nothing when all of it may. */
export function refusedIn(text: string): readonly string[] {
  const lower = text.toLowerCase();
  const names = (text.match(/\b[A-Z][A-Z0-9_]{2,}\b/g) ?? []).filter((word) => ERRNO.has(word) || /^(?:ERR|UND_ERR)_/.test(word));
  return [...LIST.filter((word) => lower.includes(word.toLowerCase())), ...names];
}
