// SPDX-License-Identifier: Apache-2.0
// What each publish tells of what guards the online key and the branches.
import { expect, test } from 'vitest';
import { reviewGuards } from '../../src/event/guards.ts';
import type { GuardFacts } from '../../src/ports/settings.ts';

const known = <T>(value: T): { readonly kind: 'known'; readonly value: T } => ({ kind: 'known', value });
const UNKNOWN = { kind: 'unknown', reason: 'not seen' } as const;
const branch = (...names: readonly string[]): GuardFacts['environment'] =>
  known({ kind: 'named', patterns: names.map((name) => ({ type: 'branch', name })) });

test.each<[string, Partial<GuardFacts>, readonly string[]]>([
  ['all is guarded', {}, []],
  ['there is no environment', { environment: known(null) }, []],
  ['the environment is not seen', { environment: UNKNOWN }, []],
  ['the environment admits every branch', { environment: known({ kind: 'unrestricted' }) }, ['red']],
  ['the environment admits protected branches', { environment: known({ kind: 'protected' }) }, ['red']],
  ['the environment admits another branch', { environment: branch('main', 'dev') }, ['red']],
  ['the environment admits a pattern', { environment: branch('ma*') }, ['red']],
  ['a branch is open', { branches: new Map([['tuf', known('open')]]) }, ['tuf']],
  ['the rules of a branch are not seen', { branches: new Map([['tuf', UNKNOWN]]) }, []],
])('%s', (_, change, expected) => {
  const facts: GuardFacts = {
    defaultBranch: 'main',
    environment: branch('main'),
    branches: new Map([['tuf', known('guarded')]]),
    ...change,
  };
  const { findings, notes } = reviewGuards(facts, 'countersign-online');
  expect([
    ...findings.map(({ code, where }) => (`${code} ${where}` === 'key-exposed environment countersign-online' ? 'red' : code)),
    ...notes.map((note) => note.split(':')[0]),
  ]).toEqual(expected);
});
