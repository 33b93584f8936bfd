// SPDX-License-Identifier: Apache-2.0
// What strangers must not change, as data: each by name, so that a run can leave out what is known.
import { isDeepStrictEqual, inspect } from 'node:util';
import { BROKEN, type Ran } from './script.ts';
import type { OwnState } from './world.ts';

/** One world. */
export interface Played {
  readonly ran: readonly Ran[];
  readonly end: OwnState;
}

/** Requests that strangers may cost for each open event. */
export const REQUESTS_PER_EVENT = 25;

/** And besides: the host's list of ended pull requests has three pages that are looked at, where without strangers one is enough. It is read twice in a run. */
export const REQUESTS_BESIDE = 4;

/** What two worlds differ in; nothing where they do not. */
export interface Invariant {
  readonly name: string;
  readonly differs: (without: Played, beside: Played) => readonly string[];
}

/** The first place in which two values differ, by its path. */
export function difference(a: unknown, b: unknown, path = ''): string | null {
  if (isDeepStrictEqual(a, b)) return null;
  const [left, right] = [entriesOf(a), entriesOf(b)];
  if (left === null || right === null) return `${path}: ${shown(a)} became ${shown(b)}`;
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    if (!left.has(key)) return `${path}/${key} came: ${shown(right.get(key))}`;
    if (!right.has(key)) return `${path}/${key} went: ${shown(left.get(key))}`;
    const found = difference(left.get(key), right.get(key), `${path}/${key}`);
    if (found !== null) return found;
  }
  return `${path}: another order`;
}

function entriesOf(value: unknown): ReadonlyMap<string, unknown> | null {
  if (value instanceof Map) return new Map([...value].map(([key, entry]: [unknown, unknown]) => [String(key), entry]));
  if (value instanceof Set) return new Map([...value].map((entry: unknown) => [inspect(entry), entry]));
  if (ArrayBuffer.isView(value) || typeof value !== 'object' || value === null) return null;
  return new Map(Object.entries(value));
}

function shown(value: unknown): string {
  return (typeof value === 'string' ? value : inspect(value, { depth: 3, breakLength: Infinity })).slice(0, 400);
}

/** One thing of each command's result. */
function ofResults(name: string, read: (ran: Ran) => unknown): Invariant {
  return {
    name,
    differs: (without, beside) =>
      without.ran.flatMap((ran, index) => {
        const other = beside.ran[index];
        const found = other === undefined ? 'was not run' : difference(read(ran), read(other));
        return found === null ? [] : [`${ran.command} (${String(index + 1)}): ${found}`];
      }),
  };
}

/** A comment for which a conversation had no room counts as if it had: that strangers can fill one is told, and nothing depends on it. */
function withoutRoom(write: string): string {
  return write.replace(/^(POST \S+\/issues\/\d+\/comments) (201|403)$/, '$1');
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** Everything within a value that has a name, in order. */
function named(value: unknown, name: string): readonly unknown[] {
  const entries = entriesOf(value);
  if (entries === null) return [];
  return [...entries].flatMap(([key, entry]) => (key === name ? [entry] : named(entry, name)));
}

function stateIn(name: string, read: (end: OwnState) => unknown): Invariant {
  return {
    name,
    differs: ({ end: without }, { end: beside }) => {
      const found = difference(read(without), read(beside));
      return found === null ? [] : [`in the end: ${found}`];
    },
  };
}

/** All of them. */
export const INVARIANTS: readonly Invariant[] = [
  {
    name: 'no command breaks',
    differs: (without, beside) =>
      [...without.ran, ...beside.ran].flatMap(({ command, error }) => (error?.startsWith(BROKEN) === true ? [`${command}: ${error}`] : [])),
  },
  ofResults('votes', ({ result }) => named(result, 'votes')),
  ofResults('versions', ({ result }) => named(result, 'version')),
  ofResults('findings', ({ result }) => fieldOf(result, 'findings')),
  ofResults('decisions', ({ result, error }) => ({ result, error })),
  ofResults('effects', ({ writes }) => writes.map(withoutRoom)),
  stateIn('branches', ({ refs }) => refs),
  stateIn('pull requests', ({ pulls }) => pulls),
  stateIn('texts', ({ said }) => said),
  stateIn('releases and statuses', ({ others }) => others),
  {
    name: 'requests',
    differs: (without, beside) =>
      without.ran.flatMap(({ command, requests, open }, index) => {
        const more = (beside.ran[index]?.requests ?? 0) - requests;
        const most = REQUESTS_PER_EVENT * open + REQUESTS_BESIDE;
        return Math.abs(more) <= most
          ? []
          : [
              `${command} (${String(index + 1)}): ${String(more)} more requests with ${String(open)} events open, expected at most ${String(most)}`,
            ];
      }),
  },
];
