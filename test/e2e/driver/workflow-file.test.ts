// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { evaluateCondition, evaluateTemplate } from './expression.ts';
import { beyond, inOrder, parsePermissions, parseWorkflow, readOnly } from './workflow-file.ts';

function said(value: unknown): string | null {
  const permissions = parsePermissions(value);
  return permissions === null ? null : [...permissions].map(([name, level]) => `${name}:${level}`).join(' ');
}

describe('permissions', () => {
  test.each<readonly [string, unknown, string | null]>([
    ['none are given where the mapping is empty', {}, ''],
    ['the next one outwards counts where there is no mapping', undefined, null],
    ['only what is named', { contents: 'read', pages: 'write' }, 'contents:read pages:write'],
    ['none is none', { contents: 'none' }, ''],
  ])('%s', (_name, value, expected) => {
    expect(said(value)).toBe(expected);
  });

  test('a name that GitHub does not know is refused', () => {
    expect(() => parsePermissions({ content: 'read' })).toThrow('content');
    expect(() => parsePermissions({ contents: 'read' })).not.toThrow();
  });

  test('a called job that asks for more than its caller has is told of', () => {
    const caller = new Map([['contents', 'read'] as const]);
    expect(beyond(new Map([['contents', 'write']]), caller)).toEqual(['contents: write']);
    expect(beyond(new Map([['contents', 'read']]), caller)).toEqual([]);
  });

  test('a fork keeps what it may read', () => {
    expect([
      ...readOnly(
        new Map([
          ['contents', 'write'],
          ['id-token', 'write'],
        ]),
      ),
    ]).toEqual([['contents', 'read']]);
  });
});

describe('conditions', () => {
  const needs = { needs: { a: { result: 'success', outputs: { list: '["x"]' } } } };
  test.each<readonly [string, unknown, 'success' | 'failure' | 'skipped', boolean]>([
    ['without one, all before must have succeeded', undefined, 'success', true],
    ['a skipped job skips what needs it', undefined, 'skipped', false],
    ['a condition without a status function asks success first', "needs.a.result == 'success'", 'skipped', false],
    ['one with a status function does not', "${{ !cancelled() && needs.a.result == 'success' }}", 'skipped', true],
    ['always is always', 'always()', 'failure', true],
    ['failure is asked for', 'failure()', 'failure', true],
    ['an empty text is false', 'needs.a.outputs.none', 'success', false],
  ])('%s', (_name, condition, ancestors, expected) => {
    expect(evaluateCondition(condition, needs, ancestors)).toBe(expected);
  });

  test('one expression keeps its type, and one within a text becomes text', () => {
    expect(evaluateTemplate('${{ fromJSON(needs.a.outputs.list) }}', needs)).toEqual(['x']);
    expect(evaluateTemplate('is ${{ needs.a.result }}', needs)).toBe('is success');
  });
});

test('jobs come after those that they need, and a circle is refused', () => {
  const of = (text: string): readonly string[] => inOrder(parseWorkflow('a.yml', text).jobs);
  expect(of('jobs: {c: {needs: [a, b]}, b: {needs: a}, a: {}}')).toEqual(['a', 'b', 'c']);
  expect(() => of('jobs: {a: {needs: b}, b: {needs: a}}')).toThrow('circular');
});
