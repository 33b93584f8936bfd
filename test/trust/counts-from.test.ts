// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { countsFrom, parseCountsFrom, requireCounts } from '../../src/trust/counts-from.ts';
import { parseBinding, type Binding } from '../../src/tuf/binding.ts';
import { outcomeOf } from '../../src/tuf/errors.ts';
import { parseTargetsRoleName, parseVersion } from '../../src/tuf/names.ts';
import { objectFromPlain, type Plain } from '../fakes/plain-json.ts';

const DOCS = parseTargetsRoleName('docs', 'test');

function bindingWith(from: Plain | undefined): Binding | null {
  const ours = { repository: '00000000-0000-4000-8000-000000000001', role: 'targets', ...(from === undefined ? {} : { from }) };
  return parseBinding(objectFromPlain({ 'x-countersign': ours }), 'test');
}

test.each<[string, Plain | undefined, string]>([
  ['nothing is said: every version', undefined, 'docs 1'],
  ['another role', { api: 4 }, 'docs 1'],
  ['this role', { docs: 4 }, 'docs 4'],
  ['a role that is called as a member that each object has', { ['__proto__']: 4, docs: 2 }, 'docs 2'],
  ['version 0', { docs: 0 }, 'version-invalid'],
  ['a version below nothing', { docs: -1 }, 'version-invalid'],
  ['a text', { docs: '4' }, 'field-type'],
  ['a version that is no list of roles', 4, 'field-type'],
  ['a list', [4], 'field-type'],
])('from which version a role counts: %s', (_, from, expected) => {
  const outcome = outcomeOf(() => countsFrom({ binding: bindingWith(from) }, DOCS));
  expect(outcome.kind === 'accepted' ? `docs ${String(outcome.value)}` : outcome.refusal.code).toBe(expected);
});

test('a file of another maker says nothing, and every version counts', () => {
  expect(countsFrom({ binding: null }, DOCS)).toBe(1);
});

test.each<[number, string]>([
  [3, 'rollback'],
  [4, 'counts'],
  [5, 'counts'],
])('a role that counts from 4 on, at version %i: %s', (version, expected) => {
  const outcome = outcomeOf(() => {
    requireCounts({ binding: bindingWith({ docs: 4 }) }, DOCS, parseVersion(version, 'test'));
  });
  expect(outcome.kind === 'accepted' ? 'counts' : outcome.refusal.code).toBe(expected);
});

test('all of them are read', () => {
  const binding = bindingWith({ docs: 2, api: 7 });
  expect(binding === null ? [] : [...parseCountsFrom(binding, 'test')]).toEqual([
    ['docs', 2],
    ['api', 7],
  ]);
});
