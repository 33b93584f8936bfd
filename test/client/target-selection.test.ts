// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { findSelected, selectPaths } from '../../src/client/target-selection.ts';
import { refresh } from '../../src/client/updater.ts';
import { parseTargetPath, type TargetPath } from '../../src/tuf/names.ts';
import { BEFORE, codeOf, LATER, newClient, NOW, TestRepository } from './support.ts';

const path = (text: string): TargetPath => parseTargetPath(text, 'test');
const select = (pattern: string, names: readonly string[]) => selectPaths([pattern], { paths: new Set(names.map(path)), expired: [] });

describe('a pattern', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['*', ['a', '.a', 'a b', '*'], ['a/b', 'a/']],
    ['a*', ['a', 'ab', 'a*b'], ['b', 'ba', 'a/b']],
    ['*a*b', ['ab', 'xaxb', 'aab', 'abab'], ['aba', 'b', 'ba']],
    ['a**b', ['ab', 'a-b'], ['a/b']],
    ['?', ['a', '\u{1f600}', '\u2028'], ['ab', 'a/']],
    ['v?/*', ['v1/a', 'v2/b'], ['v10/a', 'v1/a/b', 'v1']],
    ['**', ['a', 'a/b', 'a/b/c'], []],
    ['a/**', ['a/b', 'a/b/c'], ['a', 'b/a', 'ab/c']],
    ['**/a', ['a', 'b/a', 'b/c/a'], ['a/b', 'ba', 'b/ca']],
    ['a/**/b', ['a/b', 'a/c/b', 'a/c/d/b', 'a/b/b'], ['a/b/c', 'a', 'b']],
    ['**/a/**/b*', ['a/b', 'c/a/a/b1', 'a/a/b/b'], ['a', 'b', 'c/a', 'b/a']],
    ['**/**', ['a', 'a/b'], []],
    ['a.*[x]+', ['a.b[x]+'], ['a.bx', 'aab[x]+']],
  ])('%s', (pattern, matched, others) => {
    expect(select(pattern, [...matched, ...others])).toEqual(matched);
  });

  test('matches what a regular expression of the same meaning does', () => {
    const meaning = (pattern: string): RegExp => {
      const parts = pattern.split('/').map((segment, index, all) => {
        const isLast = index === all.length - 1;
        if (segment === '**') return isLast ? '.+' : '(?:[^/]+/)*';
        return `${segment.replace(/\*+/g, '[^/]*').replaceAll('?', '[^/]')}${isLast ? '' : '/'}`;
      });
      return new RegExp(`^${parts.join('')}$`);
    };
    const upTo = (letters: string, length: number): readonly string[] =>
      length === 0 ? [''] : upTo(letters, length - 1).flatMap((text) => ['', ...letters.split('|')].map((letter) => text + letter));
    const names = [...new Set(upTo('a|b|/', 5))].filter((text) => /^[^/]+(?:\/[^/]+)*$/.test(text));
    const patterns = [...new Set(upTo('a|*|?|/', 6))].filter((text) => /[*?]/.test(text));
    expect([names.length > 100, patterns.length > 1000]).toEqual([true, true]);
    for (const pattern of patterns) {
      const expected = names.filter((name) => meaning(pattern).test(name));
      expect([pattern, expected.length === 0 ? [] : select(pattern, names)]).toEqual([pattern, expected]);
    }
  });

  test('that matches nothing is refused', async () => {
    const ask = async (pattern: string) => codeOf((async () => select(pattern, ['a/b']))());
    expect(await ask('a/*')).toBe('none');
    expect(await ask('b/*')).toBe('target-unknown');
  });

  // One of them takes minutes where each wildcard is tried anew for each place of those before it.
  test.each<[string, string]>([
    ['*-*-*-*.tgz', '-'.repeat(5000)],
    ['**/a/**/a/**/a/b', 'a/'.repeat(2500) + 'a'],
    ['*a*a*a*a*b', 'a'.repeat(5000)],
  ])('%s takes no longer where a name is made for it', (pattern, name) => {
    const good = pattern.replaceAll('**', 'x').replaceAll('*', 'x');
    const begun = performance.now();
    expect(select(pattern, [name, good])).toEqual([good]);
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});

describe('a role that has run out', () => {
  /** `a/*` and `b/*`, and behind them a role for all; that of `b` runs out at `expires`. */
  async function session(expires: typeof NOW, change: (all: TestRepository) => unknown = () => null) {
    const all = new TestRepository();
    for (const name of ['a', 'b']) all.delegate('targets', { name, keys: [name], paths: [`${name}/*`] }, { [`${name}/x`]: name });
    all.delegate('targets', { name: 'rest', keys: ['rest'], paths: ['*', '*/*'] }, { c: 'c', 'c/x': 'c' });
    all.role('b').expires = expires;
    change(all);
    return refresh(all.publish().source(), await newClient(all), { time: NOW });
  }
  const found = async (expires: typeof NOW, wanted: readonly string[]) => {
    const { targets, expired } = await findSelected(await session(expires), wanted);
    return { paths: targets.map((target) => target.path), expired: expired.map(({ code, where }) => `${code} ${where}`) };
  };

  test('is left out of what patterns are matched against, and told', async () => {
    expect(await found(LATER, ['**'])).toEqual({ paths: ['a/x', 'b/x', 'c', 'c/x'], expired: [] });
    expect(await found(BEFORE, ['**'])).toEqual({ paths: ['a/x', 'c', 'c/x'], expired: ['expired b@1'] });
    expect(await found(BEFORE, ['a/*', 'c'])).toEqual({ paths: ['c', 'a/x'], expired: ['expired b@1'] });
    expect(await found(BEFORE, ['a/x'])).toEqual({ paths: ['a/x'], expired: [] });
  });

  test.each([
    ['a name that it has signed', ['b/x']],
    ['a pattern that only it can match', ['b/*']],
  ])('is what %s is refused with', async (_, wanted) => {
    expect(await codeOf(findSelected(await session(LATER), wanted))).toBe('none');
    expect(await codeOf(findSelected(await session(BEFORE), wanted))).toBe('expired');
  });

  test('decides a path that a role behind it lists as well: nobody else may', async () => {
    const change = (all: TestRepository) => all.role('rest').targets.set('b/y', new Uint8Array([1]));
    expect((await findSelected(await session(LATER, change), ['**'])).targets.map((target) => target.path)).toContain('b/y');
    expect(await codeOf(findSelected(await session(BEFORE, change), ['**']))).toBe('expired');
  });

  test('is the only one that is left out', async () => {
    const change = (all: TestRepository) => (all.role('b').signers = ['a']);
    expect(await codeOf(findSelected(await session(BEFORE, change), ['a/*']))).toBe('threshold');
    expect(await codeOf(findSelected(await session(BEFORE), ['a/*']))).toBe('none');
  });
});
