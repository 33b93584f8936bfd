// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { MAX_EVENT_FILE_BYTES, MAX_LISTED_CHARACTERS, MAX_NOTE_CHARACTERS } from '../../src/trust/bounds.ts';
import { encodeEventFile, readEventFile, stagedName, type Contribution, type EventFile } from '../../src/event/event-file.ts';

const ORIGIN = {
  runId: 7,
  runUrl: 'https://forge.test/runs/7',
  workflow: 'release.yml',
  commit: 'c'.repeat(40),
  actor: 'alice',
  ref: 'refs/tags/v1',
};
const FILE: EventFile = {
  role: 'releases',
  version: 3,
  contributions: [
    { origin: ORIGIN, targets: ['v1/app'], staged: 'countersign-staged-0123456789abcdef' },
    { origin: null, targets: null, staged: null },
  ],
};

test('what is written is read again', () => {
  expect(readEventFile(encodeEventFile(FILE))).toEqual(FILE);
});

test.each([
  ['no JSON', '{'],
  ['another shape', '[]'],
  ['a role that is no text', '{"role":1,"version":1,"contributions":[]}'],
  ['a run that is no number', '{"role":"r","version":1,"contributions":[{"origin":{"run":"7"}}]}'],
  ['targets that are no list', '{"role":"r","version":1,"contributions":[{"targets":{}}]}'],
])('%s is as good as nothing', (_, text) => {
  expect(readEventFile(new TextEncoder().encode(text))).toBeNull();
});

test('of very many contributions the latest are kept', () => {
  const contributions = Array.from({ length: 150 }, (_, index): Contribution => ({ origin: null, targets: [String(index)], staged: null }));
  const kept = readEventFile(encodeEventFile({ ...FILE, contributions }))?.contributions ?? [];
  expect([kept.length, kept[0]?.targets, kept.at(-1)?.targets]).toEqual([100, ['50'], ['149']]);
});

test('of very many targets the latest are listed, so that what we write is what we read', () => {
  const path = (name: string): string => `${name}/${'x'.repeat(899)}`;
  const many = (name: string): Contribution => ({ origin: ORIGIN, targets: Array.from({ length: 600 }, () => path(name)), staged: null });
  const file = { ...FILE, contributions: [many('a'), many('b'), { ...many('c'), targets: ['c'] }] };
  const bytes = encodeEventFile(file);
  expect(readEventFile(bytes)?.contributions.map(({ targets }) => targets?.length ?? null)).toEqual([null, 600, 1]);
});

test('the largest that we write can be read again', () => {
  const text = '\u0001'.repeat(MAX_NOTE_CHARACTERS);
  const origin = { runId: 1, runUrl: text, workflow: text, commit: text, actor: text, ref: text };
  const targets = ['\u0001'.repeat(MAX_LISTED_CHARACTERS)];
  const contributions = [...Array.from({ length: 99 }, () => ({ origin, targets: null, staged: text })), { origin, targets, staged: text }];
  expect(readEventFile(encodeEventFile({ role: text, version: 1, contributions }))?.contributions).toEqual(contributions);
});

const withText = (length: number): Uint8Array =>
  encodeEventFile({ ...FILE, contributions: [{ origin: { ...ORIGIN, actor: 'x'.repeat(length) }, targets: null, staged: null }] });
const spaced = (length: number): Uint8Array => {
  const text = '{"role":"r","version":1,"contributions":[]}';
  return new TextEncoder().encode(text.padEnd(length));
};

test.each([
  ['a name as long as it may be', withText(MAX_NOTE_CHARACTERS), 'read'],
  ['a longer name', withText(MAX_NOTE_CHARACTERS + 1), 'nothing'],
  ['a file as long as it may be', spaced(MAX_EVENT_FILE_BYTES), 'read'],
  ['a longer file', spaced(MAX_EVENT_FILE_BYTES + 1), 'nothing'],
])('%s', (_name, bytes, expected) => {
  expect(readEventFile(bytes) === null ? 'nothing' : 'read').toBe(expected);
});

test('of more contributions than we write the latest are read', () => {
  const many = Array.from({ length: 101 }, (_, index) => ({ targets: [String(index)] }));
  const bytes = new TextEncoder().encode(JSON.stringify({ role: 'r', version: 1, contributions: many }));
  expect(
    readEventFile(bytes)
      ?.contributions.map(({ targets }) => targets?.[0])
      .slice(0, 1),
  ).toEqual(['1']);
});

test('the same files wait under the same name, in whatever order and however often they are given', () => {
  const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];
  expect(stagedName([a, b, a])).toBe(stagedName([b, a]));
  expect(stagedName([a])).not.toBe(stagedName([b]));
  expect(stagedName([a])).toMatch(/^countersign-staged-[0-9a-f]{16}$/);
});
