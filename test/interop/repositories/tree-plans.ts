// SPDX-License-Identifier: Apache-2.0
// How roles delegate: trees, hash bins, and patterns.
import { createHash } from 'node:crypto';
import { people, plainRoot } from './key-plans.ts';
import { single, type RepositoryPlan } from './repository-plan.ts';
import type { Delegation, RepositoryContent, RoleContent, RoleSigners } from './writer.ts';

interface Tree {
  readonly delegations: readonly Omit<Delegation, keyof RoleSigners>[];
  readonly roles: Readonly<Record<string, RoleContent>>;
}

/** A repository whose targets role delegates as a tree says, to roles of one key. */
async function tree(id: string, { delegations, roles }: Tree, targets: Readonly<Record<string, string>>): Promise<RepositoryPlan> {
  const carol = await people('carol');
  const content: RepositoryContent = {
    roots: [await plainRoot()],
    targets: { delegations: delegations.map((delegation) => ({ ...delegation, ...carol })) },
    roles,
  };
  return single(id, content, targets);
}

const FILES = ['a/one.txt', 'a/two.txt'];

async function trees(): Promise<readonly RepositoryPlan[]> {
  const carol = await people('carol');
  const app = { 'a/b/c.txt': 'from the leaf\n' };
  const first = { 'a/one.txt': 'the first role says this\n' };
  const inner = { delegations: [{ name: 'leaf', paths: ['a/b/c.txt'], ...carol }] };
  const nested = {
    delegations: [{ name: 'outer', paths: ['a/b/c.txt'] }],
    roles: { outer: { delegations: [{ name: 'inner', paths: ['a/b/c.txt'], ...carol }] } },
  };
  const two = (terminating: boolean) => [
    { name: 'first', paths: FILES, terminating },
    { name: 'second', paths: FILES },
  ];
  const second = { targets: { 'a/two.txt': 'only the second role lists this\n', 'a/one.txt': 'the second role says that\n' } };
  const both = { first: { targets: first }, second };
  const onlySecond = { 'a/two.txt': 'only the second role lists this\n' };
  const diamond = { delegations: [{ name: 'shared', paths: FILES, ...carol }] };
  const many = Array.from({ length: 40 }, (_, index) => `role${String(index).padStart(2, '0')}`);
  return [
    await tree('delegations-nested', { ...nested, roles: { ...nested.roles, inner, leaf: { targets: app } } }, app),
    await tree('delegations-priority', { delegations: two(false), roles: both }, first),
    await tree('delegations-backtracking', { delegations: two(false), roles: both }, onlySecond),
    await tree('terminating', { delegations: two(true), roles: both }, first),
    await tree('terminating-hides', { delegations: two(true), roles: both }, onlySecond),
    await tree(
      'terminating-below',
      {
        delegations: [
          { name: 'first', paths: FILES, terminating: true },
          { name: 'second', paths: FILES },
        ],
        roles: { first: diamond, shared: { targets: first }, second },
      },
      first,
    ),
    await tree(
      'delegations-diamond',
      {
        delegations: [
          { name: 'first', paths: FILES },
          { name: 'second', paths: FILES },
        ],
        roles: { first: diamond, second: diamond, shared: { targets: first } },
      },
      first,
    ),
    await tree(
      'delegations-40',
      { delegations: many.map((name) => ({ name, paths: FILES })), roles: { role39: { targets: first } } },
      first,
    ),
    await tree(
      'target-outside-its-delegation',
      { delegations: two(false), roles: { first: { targets: { ...first, 'b/other.txt': 'not for this role\n' } }, second: {} } },
      first,
    ),
  ];
}

const BINNED: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from({ length: 8 }, (_, index) => [`files/${String(index)}.txt`, `file ${String(index)}\n`]),
);

function hashOf(path: string): string {
  return createHash('sha256').update(path).digest('hex');
}

/** Delegations to one bin for each first digit of the hash, each by the prefixes that `prefixes` gives for it. */
async function hashPrefixBins(id: string, prefixes: (digit: string) => readonly string[]): Promise<RepositoryPlan> {
  const digits = Array.from({ length: 16 }, (_, digit) => digit.toString(16));
  const inBin = (digit: string) => Object.fromEntries(Object.entries(BINNED).filter(([path]) => hashOf(path).startsWith(digit)));
  const roles = Object.fromEntries(digits.map((digit) => [`bin-${digit}`, { targets: inBin(digit) }]));
  const delegations = digits.map((digit) => ({ name: `bin-${digit}`, hashPrefixes: prefixes(digit) }));
  return tree(id, { delegations, roles }, BINNED);
}

async function bins(): Promise<readonly RepositoryPlan[]> {
  const carol = await people('carol');
  const succinct = async (id: string, bits: number): Promise<RepositoryPlan> =>
    single(id, { roots: [await plainRoot()], targets: { bins: { prefix: 'bins', bits, binned: BINNED, ...carol } } }, BINNED);
  const second = Array.from({ length: 16 }, (_, digit) => digit.toString(16));
  return [
    await hashPrefixBins('hash-prefixes', (digit) => [digit]),
    await hashPrefixBins('hash-prefixes-two-digits', (digit) => second.map((other) => `${digit}${other}`)),
    await succinct('succinct-4-bits', 4),
    await succinct('succinct-5-bits', 5),
  ];
}

/** Patterns by row, each with a path that it matches for those who read it so. */
const PATTERNS: readonly (readonly [id: string, pattern: string, path: string])[] = [
  ['pattern-literal', 'a/one.txt', 'a/one.txt'],
  ['pattern-star', 'a/*.txt', 'a/one.txt'],
  ['pattern-star-segments', '*/*.txt', 'a/one.txt'],
  ['pattern-question-mark', 'a/on?.txt', 'a/one.txt'],
  ['pattern-star-hidden', 'a/*', 'a/.hidden'],
  ['pattern-star-crosses', 'a*', 'a/one.txt'],
  ['pattern-question-mark-crosses', 'a?one.txt', 'a/one.txt'],
  ['pattern-double-star', 'a/**', 'a/b/one.txt'],
  ['pattern-double-star-segment', '**/one.txt', 'a/b/one.txt'],
  ['pattern-set', 'a/[no]ne.txt', 'a/one.txt'],
  ['pattern-set-exclamation', 'a/[!x]ne.txt', 'a/one.txt'],
  ['pattern-set-caret', 'a/[^x]ne.txt', 'a/one.txt'],
  ['pattern-set-open', 'a/[one.txt', 'a/[one.txt'],
  ['pattern-braces', 'a/{one,two}.txt', 'a/one.txt'],
  ['pattern-braces-literal', 'a/{one}.txt', 'a/{one}.txt'],
  ['pattern-negated', '!b', 'a'],
  ['pattern-hash', '#a', '#a'],
  ['pattern-extended', 'a/+(one|two).txt', 'a/one.txt'],
  ['pattern-backslash', 'a/\\one.txt', 'a/one.txt'],
  ['pattern-case', 'a/ONE.txt', 'a/one.txt'],
];

async function patterns(): Promise<readonly RepositoryPlan[]> {
  return Promise.all(
    PATTERNS.map(([id, pattern, path]) => {
      const targets = { [path]: `matched by ${pattern}\n` };
      return tree(id, { delegations: [{ name: 'releases', paths: [pattern] }], roles: { releases: { targets } } }, targets);
    }),
  );
}

/** All of them. */
export async function treePlans(): Promise<readonly RepositoryPlan[]> {
  return [...(await trees()), ...(await bins()), ...(await patterns())];
}
