// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
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

test('the same files wait under the same name, in whatever order and however often they are given', () => {
  const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];
  expect(stagedName([a, b, a])).toBe(stagedName([b, a]));
  expect(stagedName([a])).not.toBe(stagedName([b]));
  expect(stagedName([a])).toMatch(/^countersign-staged-[0-9a-f]{16}$/);
});
