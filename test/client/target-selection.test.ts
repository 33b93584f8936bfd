// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { findSelected, selectPaths } from '../../src/client/target-selection.ts';
import { mapSource } from '../../src/client/source.ts';
import { memoryStore } from '../../src/client/store.ts';
import { refresh } from '../../src/client/updater.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { parseTargetPath, type TargetPath } from '../../src/tuf/names.ts';
import type { PlainObject } from '../fakes/plain-json.ts';
import { addTarget, build, newRepository, roleFile } from '../fakes/repository-builder.ts';
import { BEFORE, codeOf, LATER, newClient, NOW, TestRepository } from './support.ts';

const path = (text: string): TargetPath => parseTargetPath(text, 'test');
const select = (pattern: string, names: readonly string[]) => selectPaths([pattern], { paths: new Set(names.map(path)), leftOut: [] });

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
    const { targets, leftOut } = await findSelected(await session(expires), wanted);
    return { paths: targets.map((target) => target.path), expired: leftOut.map(({ code, where }) => `${code} ${where}`) };
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
    const { targets, leftOut } = await findSelected(await session(BEFORE, change), ['**']);
    expect(targets.map((target) => target.path)).toEqual(['a/x', 'c', 'c/x']);
    expect(leftOut.map(({ detail }) => detail)).toEqual([expect.stringMatching(/; without it nobody can say who signs "b\/y"$/)]);
    expect(await codeOf(findSelected(await session(BEFORE, change), ['b/y']))).toBe('expired');
  });
});

describe('a delegated role that is garbage is left out, and told', () => {
  /** `a/*` and `b/*`, and behind them a role for all that lists `b/y` as well. */
  function repository(): TestRepository {
    const all = new TestRepository();
    for (const name of ['a', 'b']) all.delegate('targets', { name, keys: [name], paths: [`${name}/*`] }, { [`${name}/x`]: name });
    all.delegate('b', { name: 'below', keys: ['below'], paths: ['b/*'] }, { 'b/below': 'b' });
    all.delegate('targets', { name: 'rest', keys: ['rest'], paths: ['*', '*/*'] }, { c: 'c', 'b/y': 'y' });
    return all;
  }
  const spoil: readonly (readonly [string, string, (files: Map<string, Uint8Array>, all: TestRepository) => void])[] = [
    [
      'other bytes',
      'hash-mismatch',
      (files) => files.set('metadata/1.b.json', new Uint8Array(files.get('metadata/1.b.json')?.length ?? 0)),
    ],
    ['shorter than listed', 'length-mismatch', (files) => files.set('metadata/1.b.json', new TextEncoder().encode('garbage'))],
    ['absent', 'not-found', (files) => files.delete('metadata/1.b.json')],
    ['longer than listed', 'length-mismatch', (files) => files.set('metadata/1.b.json', new Uint8Array(100_000))],
  ];

  async function open(files: Map<string, Uint8Array>, all: TestRepository) {
    return refresh(mapSource(files), await newClient(all), { time: NOW });
  }

  test.each(spoil)('%s: %s', async (_, code, change) => {
    const all = repository();
    const files = new Map(all.publish().files);
    change(files, all);
    const { targets, leftOut } = await findSelected(await open(files, all), ['**']);
    expect(targets.map((target) => target.path)).toEqual(['a/x', 'c']);
    expect(leftOut.map((one) => one.code)).toEqual([code]);
    expect(leftOut[0]?.detail).toMatch(/without it nobody can say who signs "b\/y"$/);
    // Who asks by name is refused, and what does not come to that role is found.
    expect(await codeOf(open(files, all).then((session) => findSelected(session, ['b/y'])))).toBe(code);
    expect(await codeOf(open(files, all).then((session) => findSelected(session, ['a/x'])))).toBe('none');
    expect(await codeOf(open(files, all).then((session) => findSelected(session, ['b/x*'])))).toBe(code);
  });

  test.each<[string, string, (signed: PlainObject) => void]>([
    ['of another type', 'type-mismatch', (signed) => (signed['_type'] = 'root')],
    ['with a date that has a fraction', 'expires-invalid', (signed) => (signed['expires'] = '2031-01-01T00:00:00.5Z')],
    ['without targets', 'field-missing', (signed) => Reflect.deleteProperty(signed, 'targets')],
    ['with a target of no name', 'target-path-invalid', (signed) => (signed['targets'] = { '': { length: 1, hashes: {} } })],
  ])('signed and listed, but %s: %s', async (_, code, change) => {
    const repository = newRepository();
    addTarget(repository, 'targets', 'notes.txt', 'hello');
    roleFile(repository, 'releases').beforeSigning = change;
    const files = build(repository);
    const store = memoryStore(new Map([['root.json', files.get('metadata/1.root.json') ?? new Uint8Array()]]));
    const session = await refresh(mapSource(files), store, { time: NOW });
    const { targets, leftOut } = await findSelected(session, ['**']);
    expect(targets.map((target) => target.path)).toEqual(['notes.txt']);
    expect(leftOut.map((one) => one.code)).toEqual([code]);
  });

  test('signed by too few', async () => {
    const all = repository();
    all.role('b').signers = ['a'];
    const { targets, leftOut } = await findSelected(await open(new Map(all.publish().files), all), ['a/*', 'c*']);
    expect(targets.map((target) => target.path)).toEqual(['a/x', 'c']);
    expect(leftOut.map(({ code, where }) => [code, where])).toEqual([['threshold', 'b@1']]);
  });

  test('one that the snapshot does not list, hash bins by the billion among them', async () => {
    const all = new TestRepository();
    all.delegate('targets', { name: 'a', keys: ['a'], paths: ['*'] }, { x: 'x' });
    all.role('a').bins = { prefix: 'bin', bits: 32, key: 'a' };
    const { targets, leftOut } = await findSelected(await open(new Map(all.publish().files), all), ['*']);
    expect(targets.map((target) => target.path)).toEqual(['x']);
    expect(leftOut.map((one) => one.code)).toEqual(['not-in-snapshot']);
  });

  test('but not more than 256 of them', async () => {
    const many = (count: number) => {
      const all = new TestRepository();
      for (let index = 0; index < count; index++) all.delegate('targets', { name: `r${String(index)}`, keys: ['a'], paths: ['*'] }, {});
      all.role('targets').targets.set('x', new Uint8Array([1]));
      const files = new Map(all.publish().files);
      for (let index = 0; index < count; index++) files.delete(`metadata/1.r${String(index)}.json`);
      return open(files, all);
    };
    expect((await findSelected(await many(256), ['*'])).leftOut).toHaveLength(256);
    expect(await codeOf(many(257).then((session) => findSelected(session, ['*'])))).toBe('not-found');
  });

  test('a host that fails is no garbage', async () => {
    const all = repository();
    const source = all.publish().source();
    const session = await refresh(source, await newClient(all), { time: NOW });
    const failing = async (path: string, maxBytes: number) => {
      if (path.includes('1.b.json')) throw new CountersignError('io', path, 'expected an answer, got none');
      return source.metadata(path, maxBytes);
    };
    expect(await codeOf(findSelected({ ...session, source: { ...source, metadata: failing } }, ['**']))).toBe('io');
  });
});

describe('a delegation that clients read differently', () => {
  test('leaves out what is behind it, and is told once', async () => {
    const all = new TestRepository();
    all.delegate('targets', { name: 'a', keys: ['a'], paths: ['a/*'] }, { 'a/x': 'x' });
    all.delegate('targets', { name: 'set', keys: ['b'], paths: ['b/[xy]'] }, {});
    all.delegate('targets', { name: 'rest', keys: ['rest'], paths: ['*/*'] }, { 'b/x': 'x', 'b/y': 'y', 'b/z': 'z' });
    const session = await refresh(all.publish().source(), await newClient(all), { time: NOW });
    const { targets, leftOut } = await findSelected(session, ['**']);
    expect(targets.map((target) => target.path)).toEqual(['a/x']);
    expect(leftOut.map((one) => one.code)).toEqual(['pattern-ambiguous']);
    expect(leftOut[0]?.detail).toMatch(/nobody can say who signs "b\/y", "b\/z"$/);
    expect(await codeOf(findSelected(session, ['b/x']))).toBe('pattern-ambiguous');
  });
});
