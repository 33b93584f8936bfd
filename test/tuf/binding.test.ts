// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { parseBinding, requireBinding } from '../../src/tuf/binding.ts';
import { codeOf, object } from './support.ts';

const HERE = '00000000-0000-4000-8000-000000000001';
const ELSEWHERE = '00000000-0000-4000-8000-000000000002';

describe('our object in a signed part', () => {
  test.each([
    ['none, as other makers have it', {}, 'accepted'],
    ['a repository and a role', { 'x-countersign': { repository: HERE, role: 'root' } }, 'accepted'],
    ['a repository in upper case', { 'x-countersign': { repository: 'A'.repeat(8) + HERE.slice(8), role: 'root' } }, 'field-value'],
    ['a repository that is no UUID', { 'x-countersign': { repository: 'here', role: 'root' } }, 'field-value'],
    ['no role', { 'x-countersign': { repository: HERE } }, 'field-missing'],
    ['no object', { 'x-countersign': 'root' }, 'field-type'],
    ['people and more beside it', { 'x-countersign': { repository: HERE, role: 'root', people: {} } }, 'accepted'],
  ])('%s: %s', (_, signed, code) => {
    expect(codeOf(() => parseBinding(object(signed), '$'))).toBe(code);
  });
});

describe('a file counts only for the repository and role that it was signed for', () => {
  const binding = (repository: string | null, role = 'release') =>
    repository === null ? null : parseBinding(object({ 'x-countersign': { repository, role } }), '$');
  test.each([
    ['both bound alike', HERE, HERE, 'release', 'accepted'],
    ['another repository', HERE, ELSEWHERE, 'release', 'binding-mismatch'],
    ['another role', HERE, HERE, 'targets', 'binding-mismatch'],
    ['a file without a binding', HERE, null, 'release', 'binding-mismatch'],
    ['a root of another maker, and a file without a binding', null, null, 'release', 'accepted'],
    ['a root of another maker, and a file with one', null, HERE, 'targets', 'accepted'],
  ])('%s: %s', (_, anchor, file, role, code) => {
    expect(codeOf(() => requireBinding(binding(anchor), binding(file, role), 'release', 'release@1'))).toBe(code);
  });
});
