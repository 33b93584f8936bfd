// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { parseTargetPath, parseTargetsRoleName, type RoleName } from '../../src/tuf/names.ts';
import { MAX_DELEGATIONS, reachOf, rolesFor, searchTarget } from '../../src/tuf/target-search.ts';
import { parseTargetsSigned, type Targets } from '../../src/tuf/targets.ts';
import { object } from './support.ts';

interface Edge {
  readonly to: string;
  readonly paths: readonly string[];
  readonly terminating: boolean;
}
type Graph = Readonly<Record<string, { readonly edges: readonly Edge[]; readonly lists?: readonly string[]; readonly bins?: number }>>;

const name = (text: string): RoleName => parseTargetsRoleName(text, '$');
const path = parseTargetPath('dir/f.txt', '$');

/** `A` is a delegation that covers the path; `A!` a terminating one, `A-` covers something else, `A?` has an ambiguous pattern. */
function edge(text: string): Edge {
  const [, to = '', marks = ''] = /^([A-Za-z0-9]+)([!?-]*)$/.exec(text) ?? [];
  const paths = marks.includes('-') ? ['other/*'] : marks.includes('?') ? ['[d]ir/*'] : ['dir/*'];
  return { to, paths, terminating: marks.includes('!') };
}

/** `targets: A B, A: C +` is a graph; `+` says that the role lists the path. */
function graph(text: string): Graph {
  return Object.fromEntries(
    text.split(',').map((part) => {
      const [role = '', rest = ''] = part.split(':').map((side) => side.trim());
      const words = rest.split(' ').filter((word) => word !== '');
      return [role, { edges: words.filter((word) => word !== '+').map(edge), lists: words.includes('+') ? [path] : [] }];
    }),
  );
}

function rolesOf(text: string): Map<RoleName, Targets> {
  const roles = new Map<RoleName, Targets>();
  for (const [role, { edges, lists = [] }] of Object.entries(graph(text))) {
    const delegated = edges.map(({ to, paths, terminating }) => ({ name: to, keyids: [], threshold: 1, terminating, paths }));
    const targets = Object.fromEntries(lists.map((one) => [one, { length: 1, hashes: { sha256: 'a1'.repeat(32) } }]));
    roles.set(name(role), targetsOf({ targets, delegations: { keys: {}, roles: delegated } }));
  }
  return roles;
}

function targetsOf(members: Readonly<Record<string, unknown>>): Targets {
  const signed = { _type: 'targets', spec_version: '1.0.0', version: 1, expires: '2030-01-01T00:00:00Z', targets: {}, ...members };
  return parseTargetsSigned(object(signed), '$');
}

/** All that a search asks for, as `role<delegator`, and how it ends. A role that is missing ends it with its name. */
function search(roles: ReadonlyMap<RoleName, Targets>): { readonly visited: string; readonly requests: string; readonly end: string } {
  const steps = searchTarget(path);
  const requests: string[] = [];
  const visited: string[] = [];
  let step = steps.next();
  while (step.done !== true) {
    requests.push(`${step.value.role}<${step.value.delegator}`);
    const targets = roles.get(step.value.role);
    if (targets === undefined) return { visited: visited.join(' '), requests: requests.join(' '), end: `missing ${step.value.role}` };
    visited.push(step.value.role);
    step = steps.next(targets);
  }
  const { value } = step;
  const end = value.kind === 'found' || value.kind === 'ambiguous' ? `${value.kind} ${value.role}` : value.kind;
  return { visited: visited.join(' '), requests: requests.join(' '), end };
}

describe('the search for a target is pre-order and depth first (TUF §5.6.7)', () => {
  test.each([
    ['nothing delegated', 'targets:', 'targets', 'absent'],
    ['the top-level role lists it', 'targets: A +, A: +', 'targets', 'found targets'],
    ['a delegation', 'targets: A, A: +', 'targets A', 'found A'],
    ['a delegation for other paths', 'targets: A-, A: +', 'targets', 'absent'],
    ['order is priority', 'targets: B A, A: +, B: +', 'targets B', 'found B'],
    ['a parent before its children', 'targets: A, A: B +, B: +', 'targets A', 'found A'],
    ['children before the next sibling', 'targets: A B, A: C, B: +, C: +', 'targets A C', 'found C'],
    ['all of the tree', 'targets: A B, A: C D, B: E, C:, D:, E:', 'targets A C D B E', 'absent'],
    ['a role behind one for other paths', 'targets: A- B, A: +, B: +', 'targets B', 'found B'],
    ['every delegation on the way must cover the path', 'targets: A, A: B-, B: +', 'targets A', 'absent'],
    ['a terminating delegation that has it', 'targets: A! B, A: +, B: +', 'targets A', 'found A'],
    ['a terminating delegation that has it not', 'targets: A! B, A:, B: +', 'targets A', 'absent'],
    ['the same without terminating', 'targets: A B, A:, B: +', 'targets A B', 'found B'],
    ['a terminating delegation for other paths', 'targets: A!- B, A: +, B: +', 'targets B', 'found B'],
    ['children of a terminating delegation', 'targets: A! B, A: C, B: +, C: +', 'targets A C', 'found C'],
    ['a terminating one ends the search everywhere, not only among siblings', 'targets: A B, A: C!, B: +, C:', 'targets A C', 'absent'],
    ['siblings before a terminating one', 'targets: A B! D, A: +, B: +, D: +', 'targets A', 'found A'],
    ['a cycle to itself', 'targets: A, A: A', 'targets A', 'absent'],
    ['a cycle of two', 'targets: A, A: B, B: A', 'targets A B', 'absent'],
    ['a role behind a cycle', 'targets: A C, A: B, B: A, C: +', 'targets A B C', 'found C'],
    ['two ways to one role', 'targets: A B, A: C, B: C, C:', 'targets A C B', 'absent'],
    ['a role that is missing', 'targets: A B, B: +', 'targets', 'missing A'],
    ['a missing role that is not asked for', 'targets: A- B, B: +', 'targets B', 'found B'],
    ['an ambiguous pattern', 'targets: A? B, A: +, B: +', 'targets', 'ambiguous A'],
    ['the path found before an ambiguous pattern', 'targets: A B?, A: +, B: +', 'targets A', 'found A'],
    ['an ambiguous pattern behind a terminating one', 'targets: A! B?, A:, B: +', 'targets A', 'absent'],
    ['an ambiguous pattern behind what has nothing', 'targets: A B?, A:, B: +', 'targets A', 'ambiguous B'],
    ['the search of a name that objects have', 'targets: constructor, constructor: +', 'targets constructor', 'found constructor'],
  ])('%s', (_, text, visited, end) => {
    expect(search(rolesOf(text))).toMatchObject({ visited, end });
  });

  test('a role is asked for with the role that delegates it on this way', () => {
    expect(search(rolesOf('targets: A B, A: C, B:, C:')).requests).toBe('targets<root A<targets C<A B<targets');
  });

  test.each([
    [MAX_DELEGATIONS, 'found'],
    [MAX_DELEGATIONS + 1, 'bounds'],
  ])('%i delegated roles, the last of which has it: %s', (count, end) => {
    const names = Array.from({ length: count }, (_, i) => `r${String(i)}`);
    const others = names.map((one) => (one === names.at(-1) ? `${one}: +` : `${one}:`));
    const result = search(rolesOf(`targets: ${names.join(' ')}, ${others.join(', ')}`));
    expect(result.end.split(' ')[0]).toBe(end);
    expect(result.visited.split(' ')).toHaveLength(MAX_DELEGATIONS + 1);
  });

  test('hash bins terminate, as python-tuf, tuf-js and go-tuf have it', () => {
    const roles = rolesOf('targets: A B, B: +');
    roles.set(
      name('A'),
      targetsOf({ delegations: { keys: {}, succinct_roles: { keyids: [], threshold: 1, bit_length: 1, name_prefix: 'bin' } } }),
    );
    roles.set(name('bin-0'), targetsOf({}));
    roles.set(name('bin-1'), targetsOf({}));
    const result = search(roles);
    expect(result.visited).toMatch(/^targets A bin-[01]$/);
    expect(result.end).toBe('absent');
  });
});

describe('whether clients come to a role, and why not', () => {
  test.each([
    ['a delegation', 'targets: A, A:', 'A', { kind: 'reached', via: ['targets', 'A'] }],
    ['a delegation of a delegation', 'targets: A B, A:, B: C, C:', 'C', { kind: 'reached', via: ['targets', 'B', 'C'] }],
    ['the top-level role', 'targets: +', 'targets', { kind: 'reached', via: ['targets'] }],
    ['an earlier role has the path', 'targets: A B, A: +, B:', 'B', { kind: 'shadowed', by: 'A' }],
    ['the same, without the path', 'targets: A B, A:, B:', 'B', { kind: 'reached', via: ['targets', 'B'] }],
    ['the role has it itself', 'targets: A, A: +', 'A', { kind: 'reached', via: ['targets', 'A'] }],
    ['the delegation is for other paths', 'targets: A-, A:', 'A', { kind: 'unreached', visited: ['targets'] }],
    ['a terminating one is before it', 'targets: A! B, A:, B:', 'B', { kind: 'unreached', visited: ['targets', 'A'] }],
    ['a role on the way is missing', 'targets: A B, B:', 'B', { kind: 'unreached', visited: ['targets', 'A'] }],
    ['an ambiguous pattern is before it', 'targets: A? B, A:, B:', 'B', { kind: 'ambiguous', role: 'A' }],
    ['its own pattern is ambiguous', 'targets: A?, A:', 'A', { kind: 'ambiguous', role: 'A' }],
    ['nobody delegates it', 'targets:, Z:', 'Z', { kind: 'unreached', visited: ['targets'] }],
  ])('%s', (_, text, role, expected) => {
    expect(reachOf(path, name(role), rolesOf(text))).toEqual(expected);
  });

  test('too many roles are before it', () => {
    const names = Array.from({ length: MAX_DELEGATIONS + 1 }, (_, i) => `r${String(i)}`);
    const roles = rolesOf(`targets: ${names.join(' ')}, ${names.map((one) => `${one}:`).join(', ')}`);
    expect(reachOf(path, name(`r${String(MAX_DELEGATIONS)}`), roles)).toEqual({ kind: 'bounds' });
    expect(reachOf(path, name(`r${String(MAX_DELEGATIONS - 1)}`), roles).kind).toBe('reached');
  });

  test.each([
    ['in the order of the search', 'targets: A B, A: C, B:, C:', 'targets A C B'],
    ['as if none listed the path', 'targets: A +, A: B +, B: +', 'targets A B'],
    ['not behind a terminating one', 'targets: A! B, A:, B:', 'targets A'],
    ['not behind an ambiguous pattern', 'targets: A B?, A:, B:', 'targets A'],
    ['not behind one that is missing', 'targets: A B, B:', 'targets'],
  ])('roles that may sign a path: %s', (_, text, expected) => {
    expect(rolesFor(path, rolesOf(text)).join(' ')).toBe(expected);
  });
});
