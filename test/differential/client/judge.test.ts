// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { caseOf, MUTATIONS, type Case } from './cases.ts';
import { judge, parseExclusions, type ExclusionClass } from './judge.ts';
import type { Verdict } from './verdict.ts';

const ONE: Case = { seed: 1, number: 1, shape: 'x', kinds: ['key'], notes: ['root-1: key is odd'], root: Buffer.alloc(0), visits: [] };
const accept = (...targets: string[]): Verdict => ({ kind: 'accept', targets });
const reject = (error: string): Verdict => ({ kind: 'reject', error, text: 'no' });
const odd: ExclusionClass = { class: 'odd', peer: 'python-tuf', kinds: ['key'], note: /key is odd/, verdict: /^rejects: Odd/ };

describe('a case is judged', () => {
  test.each<[string, Verdict, Verdict, Verdict, string]>([
    ['all accept the same', accept('a'), accept('a'), accept('a'), 'fine'],
    ['all reject', reject('x'), reject('y'), reject('z'), 'fine'],
    ['we reject alone', reject('x'), accept('a'), accept('a'), 'fine'],
    ['a class is for it', accept('a'), reject('Odd'), accept('a'), 'excluded'],
    ['a class is for it, but both reject', accept('a'), reject('Odd'), reject('Odd'), 'failed'],
    ['a class is for it, but the other one has other bytes', accept('a'), reject('Odd'), accept('b'), 'failed'],
    ['no class is for this error', accept('a'), reject('Even'), accept('a'), 'failed'],
    ['no class is for this peer', accept('a'), accept('a'), reject('Odd'), 'failed'],
    ['one has other bytes', accept('a'), accept('a'), accept('b'), 'failed'],
    ['both have other bytes', accept('a'), accept('b'), accept('b'), 'failed'],
  ])('%s', (_, ours, python, js, kind) => {
    expect(judge(ONE, { ours, peers: { 'python-tuf': python, 'tuf-js': js } }, [odd]).kind).toBe(kind);
  });

  test.each<[string, Partial<Case>, string]>([
    ['as the class says', {}, 'excluded'],
    ['of another kind', { kinds: ['length'] }, 'failed'],
    ['of another place', { notes: ['targets: paths are odd'] }, 'failed'],
  ])('a class is for cases %s', (_, change, kind) => {
    const verdicts = { ours: accept('a'), peers: { 'python-tuf': reject('Odd'), 'tuf-js': accept('a') } };
    expect(judge({ ...ONE, ...change }, verdicts, [odd]).kind).toBe(kind);
  });
});

describe('exclusions', () => {
  const kinds = new Set(MUTATIONS.map(({ kind }) => kind));
  const entry = { class: 'x', peer: 'tuf-js', kinds: ['key'], note: 'a', verdict: 'b', spec: 'c', source: 'd', reason: 'e' };

  test('are read', () => {
    const text = readFileSync(new URL('exclusions.json', import.meta.url), 'utf8');
    expect(parseExclusions(text, kinds).length).toBeGreaterThan(0);
    expect(parseExclusions(JSON.stringify([entry]), kinds)).toHaveLength(1);
  });

  test.each([
    ['no citation of the specification', { spec: undefined }],
    ['no source', { source: '' }],
    ['a client that we are not compared with', { peer: 'tough' }],
    ['a mutation that there is not', { kinds: ['nothing of the kind'] }],
  ])('are refused with %s', (_, change) => {
    expect(() => parseExclusions(JSON.stringify([{ ...entry, ...change }]), kinds)).toThrow('exclusions.json');
  });
});

describe('a case', () => {
  test('is the same each time', () => {
    for (let number = 0; number < 30; number++) {
      const [one, again] = [caseOf(5, number), caseOf(5, number)];
      expect(again.notes).toEqual(one.notes);
      expect(again.visits.map(({ files }) => [...files.keys()])).toEqual(one.visits.map(({ files }) => [...files.keys()]));
    }
  });

  test('differs from others', () => {
    const notes = new Set(Array.from({ length: 30 }, (_, number) => caseOf(5, number).notes.join()));
    expect(notes.size).toBeGreaterThan(20);
  });
});
