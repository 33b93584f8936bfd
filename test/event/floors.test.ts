// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { firstFreeVersion, floorProblems } from '../../src/event/floors.ts';
import { parseTargetsRoleName, parseVersion, type RoleName } from '../../src/tuf/names.ts';
import { parseTargets, type Targets } from '../../src/tuf/targets.ts';
import type { PlainObject } from '../fakes/plain-json.ts';
import { CAROL, DAVE, RELEASES, seal, targetsSigned, topTargets } from './support.ts';

const name = (text: string): RoleName => parseTargetsRoleName(text, 'test');
const DOCS: typeof RELEASES = { name: 'docs', signers: [CAROL, DAVE], threshold: 2, paths: ['docs/*'] };
const FLOORS = new Map([
  [name('targets'), parseVersion(2, 'test')],
  [name('releases'), parseVersion(4, 'test')],
  [name('docs'), parseVersion(7, 'test')],
]);

const top = (delegations: readonly (typeof RELEASES)[], from?: PlainObject): Targets =>
  parseTargets(seal(topTargets({ version: 3, delegations, ...(from === undefined ? {} : { binding: { from } }) }))).signed;
const docs = (version: number): Targets => parseTargets(seal(targetsSigned({ role: 'docs', version }))).signed;

function problems(before: readonly (typeof RELEASES)[], after: Targets, file: Targets | null): readonly string[] {
  const roles = new Map([[name('targets'), after]]);
  if (file !== null) roles.set(name('docs'), file);
  return floorProblems(new Map([[name('targets'), top(before)]]), roles, FLOORS).map(({ code, where }) => `${code} ${where}`);
}

test.each<[string, readonly (typeof RELEASES)[], Targets, Targets | null, readonly string[]]>([
  ['a name that stays', [RELEASES, DOCS], top([RELEASES, DOCS]), docs(7), []],
  ['a name that is taken out', [RELEASES, DOCS], top([RELEASES]), null, []],
  ['a name that was never published', [RELEASES], top([RELEASES, { ...DOCS, name: 'new' }]), null, []],
  ['a name that comes back, and nothing is said', [RELEASES], top([RELEASES, DOCS]), docs(8), ['rollback targets']],
  ['from the version that was published last', [RELEASES], top([RELEASES, DOCS], { docs: 7 }), docs(8), ['rollback targets']],
  ['from the next, with no file', [RELEASES], top([RELEASES, DOCS], { docs: 8 }), null, ['rollback docs']],
  ['from the next, with the last published file', [RELEASES], top([RELEASES, DOCS], { docs: 8 }), docs(7), ['rollback docs']],
  ['from the next, with that version', [RELEASES], top([RELEASES, DOCS], { docs: 8 }), docs(8), []],
  ['from a later one, with a version between', [RELEASES], top([RELEASES, DOCS], { docs: 20 }), docs(9), ['rollback docs']],
  ['for another name', [RELEASES], top([RELEASES, DOCS], { releases: 20 }), docs(8), ['rollback targets']],
  ['in a form that can not be read', [RELEASES], top([RELEASES, DOCS], { docs: '8' }), docs(8), ['field-type $.from.docs']],
])('an event with %s', (_, before, after, file, expected) => {
  const found = problems(before, after, file);
  expect(found.map((one) => (one.startsWith('field-type') ? 'field-type $.from.docs' : one))).toEqual(expected);
});

test.each<[string, readonly number[], number]>([
  ['docs', [], 8],
  ['docs', [9, 8], 10],
  ['docs', [3], 8],
  ['docs', [1_000_000], 8],
  ['new', [], 1],
])('the first version that is free for %s when %j are spent', (role, spent, expected) => {
  expect(firstFreeVersion(FLOORS, name(role), spent)).toBe(expected);
});
