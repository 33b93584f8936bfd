// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { parseRepositoryMap, searchMap, type MapAnswer } from '../../src/client/repository-map.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { jsonObject } from '../../src/tuf/signed-part.ts';
import { parseTargetFile, type TargetFile } from '../../src/tuf/targets.ts';
import { bytesOf, codeOf } from './support.ts';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);
const WIDE = 'c'.repeat(128);
const target = (hashes: Record<string, string>, length = 7): TargetFile =>
  parseTargetFile(jsonObject({ length, hashes: jsonObject(hashes) }), 'test');
const signed = (hashes: Record<string, string>, length?: number): MapAnswer => ({ kind: 'signed', file: target(hashes, length) });
const unsigned: MapAnswer = { kind: 'unsigned' };
const failed: MapAnswer = { kind: 'failed', error: new CountersignError('io', 'test', 'expected an answer, got none') };

interface Entry {
  paths: string[];
  repositories: string[];
  threshold: number;
  terminating: boolean;
}
const entry = (repositories: string, threshold = 1, change: Partial<Entry> = {}): Entry => ({
  paths: ['*'],
  repositories: repositories.split(''),
  threshold,
  terminating: true,
  ...change,
});
const repositories = { x: ['https://x.test'], y: ['https://y.test'], z: ['https://z.test'] };
const parse = (mapping: unknown, named: unknown = repositories) =>
  parseRepositoryMap(bytesOf(JSON.stringify({ repositories: named, mapping })));

function search(mapping: Entry[], answers: Record<string, MapAnswer>, path = 'app') {
  const steps = searchMap(parse(mapping), path);
  const asked: string[] = [];
  let step = steps.next();
  while (step.done !== true) {
    asked.push(step.value);
    step = steps.next(answers[step.value] ?? unsigned);
  }
  const { value } = step;
  return { kind: value.kind, asked: asked.join(''), from: value.kind === 'found' ? value.repositories.join('') : '' };
}

describe('a search through a map', () => {
  test.each<[string, Entry[], Record<string, MapAnswer>, string, string, string]>([
    ['asks in order until enough agree', [entry('xyz', 2)], { x: signed({ sha256: A }), y: signed({ sha256: A }) }, 'found', 'xy', 'xy'],
    ['one is enough where one is asked for', [entry('xyz')], { x: signed({ sha256: A }) }, 'found', 'x', 'x'],
    [
      'two of three that agree are found behind one that differs',
      [entry('xyz', 2)],
      { x: signed({ sha256: B }), y: signed({ sha256: A }), z: signed({ sha256: A }) },
      'found',
      'xyz',
      'yz',
    ],
    [
      'all three differ',
      [entry('xyz', 2)],
      { x: signed({ sha256: B }), y: signed({ sha256: A }), z: signed({ sha256: A }, 8) },
      'disagreed',
      'xyz',
      '',
    ],
    ['one that does not sign is not counted', [entry('xy', 2)], { x: signed({ sha256: A }) }, 'disagreed', 'xy', ''],
    ['nobody signs', [entry('xy', 2)], {}, 'absent', 'xy', ''],
    [
      'a digest in common is enough',
      [entry('xy', 2)],
      { x: signed({ sha256: A, sha512: WIDE }), y: signed({ sha512: WIDE }) },
      'found',
      'xy',
      'xy',
    ],
    ['no digest in common is not', [entry('xy', 2)], { x: signed({ sha256: A }), y: signed({ sha512: WIDE }) }, 'disagreed', 'xy', ''],
    [
      'a digest that nobody knows is none',
      [entry('xy', 2)],
      { x: signed({ sha256: A, md5: 'x' }), y: signed({ sha256: B, md5: 'x' }) },
      'disagreed',
      'xy',
      '',
    ],
    [
      'one of two digests differs',
      [entry('xy', 2)],
      { x: signed({ sha256: A, sha512: WIDE }), y: signed({ sha256: B, sha512: WIDE }) },
      'disagreed',
      'xy',
      '',
    ],
    [
      'the next entry is asked when one does not terminate',
      [entry('x', 1, { terminating: false }), entry('y')],
      { y: signed({ sha256: A }) },
      'found',
      'xy',
      'y',
    ],
    ['and is not when it does', [entry('x'), entry('y')], { y: signed({ sha256: A }) }, 'absent', 'x', ''],
    [
      'an entry for other paths is passed by',
      [entry('x', 1, { paths: ['b*'] }), entry('y')],
      { x: signed({ sha256: B }), y: signed({ sha256: A }) },
      'found',
      'y',
      'y',
    ],
    [
      'a pattern that is read in two ways stops it',
      [entry('x', 1, { paths: ['[ab]pp'] }), entry('y')],
      { y: signed({ sha256: A }) },
      'ambiguous',
      '',
      '',
    ],
    [
      'one that failed does not matter when enough agree',
      [entry('xyz', 2)],
      { x: failed, y: signed({ sha256: A }), z: signed({ sha256: A }) },
      'found',
      'xyz',
      'yz',
    ],
    [
      'one that failed lets no later entry decide',
      [entry('x', 1, { terminating: false }), entry('y')],
      { x: failed, y: signed({ sha256: A }) },
      'failed',
      'x',
      '',
    ],
  ])('%s', (_, mapping, answers, kind, asked, from) => {
    expect(search(mapping, answers)).toEqual({ kind, asked, from });
  });

  test.each([
    ['app', '*', 'found'],
    ['v1/app', '*', 'absent'],
    ['v1/app', 'v1/*', 'found'],
    ['v1/app', 'v?/app', 'found'],
  ])('reads patterns as delegations do: %s, %s', (path, pattern, kind) => {
    expect(search([entry('x', 1, { paths: [pattern] })], { x: signed({ sha256: A }) }, path).kind).toBe(kind);
  });
});

describe('a map file', () => {
  const good = entry('xy', 2);
  test.each<[string, unknown, unknown, string]>([
    ['that is right', [good], repositories, 'none'],
    ['with a threshold of none', [{ ...good, threshold: 0 }], repositories, 'threshold-invalid'],
    ['with a threshold that can not be met', [{ ...good, threshold: 3 }], repositories, 'threshold-invalid'],
    ['that counts one repository twice', [{ ...good, repositories: ['x', 'x'] }], repositories, 'field-value'],
    ['with a repository that it lacks', [{ ...good, repositories: ['x', 'w'] }], repositories, 'field-value'],
    ['with a repository that every object has', [{ ...good, repositories: ['x', 'constructor'] }], repositories, 'field-value'],
    ['with an entry for nothing', [{ ...good, paths: [] }], repositories, 'field-value'],
    ['with an entry for no repository', [{ ...good, repositories: [] }], repositories, 'field-value'],
    ['without a word on the end', [{ ...good, terminating: undefined }], repositories, 'field-missing'],
    ['with a repository without places', [], { x: [] }, 'field-value'],
    ['with a name that leads elsewhere', [], { '../x': ['https://x.test'] }, 'file-name'],
    ['that is no list', {}, repositories, 'field-type'],
  ])('%s', async (_, mapping, named, code) => {
    expect(await codeOf(Promise.resolve().then(() => parse(mapping, named)))).toBe(code);
  });
});
