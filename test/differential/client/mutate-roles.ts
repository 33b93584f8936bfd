// SPDX-License-Identifier: Apache-2.0
// Mutations of what targets roles and online files say of others: delegations, patterns, names, targets, entries of `meta`. Signed afterwards.
import { parseJson } from '../../../src/tuf/json.ts';
import { sha256Hex } from '../../../src/tuf/sha256.ts';
import { copyMembers, copyNode, newFile, type Members, type Node } from './draft.ts';
import { anyOf, anyRole, arrayAt, changeSigned, membersAt, show, textOf, type CaseDraft, type Mutation } from './mutation.ts';

const PATTERNS: readonly [string, ...string[]] = [
  '*',
  '*/*',
  '**',
  '**/*',
  'v1/**',
  'v?/*',
  '?',
  '*.txt',
  '[av]*',
  '[!x]*',
  '[',
  '{a,notes}.txt',
  '!x',
  '+(a|b).txt',
  '#a',
  '\\*',
  'v1/',
  '/v1/*',
  'v1//*',
  './*',
  '../*',
  '',
  ' ',
  '.*',
  'V1/*',
  'é*',
  '*\n',
  'notes.txt',
  '*.*.*',
  '(a|b)',
  '@(notes).txt',
];

const PREFIXES: readonly [string, ...string[]] = ['', '0', '8', 'A', 'F', 'g', '0x1', 'ab', 'f'.repeat(64), 'f'.repeat(65), ' ', '*'];

const ROLE_NAMES: readonly [string, ...string[]] = [
  'root',
  'targets',
  'snapshot',
  'timestamp',
  'mirrors',
  'Root',
  '',
  '1',
  '007',
  'a/b',
  '../root',
  '..',
  'a b',
  'é',
  '\u{1f600}',
  'a%2Fb',
  "it's!(*)",
  'a+b&c=d',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'a\u0000b',
  'a\nb',
  'x'.repeat(150),
  'x'.repeat(300),
  'e\u0301',
  '1.targets',
];

const TARGET_NAMES: readonly [string, ...string[]] = [
  '/lead.txt',
  '../up.txt',
  'a/../b.txt',
  './a.txt',
  'a//b.txt',
  'dir/',
  'with space.txt',
  '%41.txt',
  '%2e%2e/x',
  'a#b.txt',
  'a?b.txt',
  'a\\b.txt',
  'é.txt',
  'e\u0301.txt',
  '\u{1f600}.txt',
  '__proto__',
  'constructor',
  'toString',
  '123',
  '',
  '.',
  '..',
  'a:b.txt',
  'C:\\x',
  'a\nb',
  'a\u0000b',
  'con.txt',
  'trailing.',
  "it's!(x).txt",
  '{x}.txt',
  'x'.repeat(300),
  'http://x/y',
  '.hidden',
  'v1/.hidden',
  'a',
  'a/b/c',
];

/** A delegation of the file; with the list that it is in. */
function anyDelegation(
  { random }: CaseDraft,
  signed: Members,
): { readonly roles: Node[]; readonly at: number; readonly role: Members } | null {
  const roles = arrayAt(membersAt(signed, 'delegations') ?? undefined, 'roles');
  if (roles === null || roles.length === 0) return null;
  const at = random.below(roles.length);
  const role = roles[at];
  return role instanceof Map ? { roles, at, role } : null;
}

function changeDelegation(
  draft: CaseDraft,
  change: (found: { readonly roles: Node[]; readonly at: number; readonly role: Members }) => string,
): boolean {
  const file = anyRole(draft, true);
  if (file === null) return false;
  return changeSigned(draft, file, (signed) => {
    const found = anyDelegation(draft, signed);
    return found === null ? null : `${textOf(found.role.get('name'))} ${change(found)}`;
  });
}

function changePaths(draft: CaseDraft): boolean {
  const { random } = draft;
  return changeDelegation(draft, ({ role }) => {
    switch (random.below(6)) {
      case 0:
        role.set('paths', ['*']).set('path_hash_prefixes', ['0']);
        return 'has both kinds of paths';
      case 1:
        role.delete('paths');
        role.delete('path_hash_prefixes');
        return 'has no paths';
      case 2: {
        const prefixes = [random.pick(PREFIXES), random.pick(PREFIXES)];
        role.delete('paths');
        role.set('path_hash_prefixes', prefixes);
        return `has the prefixes ${show(prefixes)}`;
      }
      default: {
        const patterns = random.chance(50) ? [random.pick(PATTERNS)] : [random.pick(PATTERNS), random.pick(PATTERNS)];
        role.delete('path_hash_prefixes');
        role.set('paths', patterns);
        return `has the patterns ${show(patterns)}`;
      }
    }
  });
}

function changeOrder(draft: CaseDraft): boolean {
  const { random } = draft;
  return changeDelegation(draft, ({ roles, at, role }) => {
    switch (random.below(4)) {
      case 0:
        roles.reverse();
        return 'and all others are in reverse order';
      case 1:
        roles.splice(at, 0, copyNode(role));
        return 'is there twice';
      case 2:
        role.set('terminating', role.get('terminating') !== true);
        return 'is terminating, or no more';
      default: {
        const other = roles[random.below(roles.length)];
        if (other instanceof Map) role.set('name', other.get('name') ?? '');
        return `is called ${show(role.get('name') ?? null)}`;
      }
    }
  });
}

/** A delegation under another name, with a file under that name. */
function nameRole(draft: CaseDraft): boolean {
  const { random, now } = draft;
  const file = anyRole(draft, true);
  const delegator = file === null ? undefined : now.roles.get(file);
  const names = arrayAt(membersAt(delegator?.signed, 'delegations') ?? undefined, 'roles');
  const role = names === null ? null : anyOf(random, names);
  const old = role instanceof Map ? role.get('name') : undefined;
  const roleFile = typeof old === 'string' ? now.roles.get(old) : undefined;
  if (file === null || roleFile === undefined || typeof old !== 'string') return false;
  const name = random.pick(ROLE_NAMES);
  if (!now.roles.has(name)) now.roles.set(name, newFile(roleFile.signed, roleFile.signers));
  return changeSigned(draft, file, (signed) => {
    const roles = arrayAt(membersAt(signed, 'delegations') ?? undefined, 'roles') ?? [];
    for (const one of roles) if (one instanceof Map && one.get('name') === old) one.set('name', name);
    return `${old} is called ${show(name)}`;
  });
}

function changeBins(draft: CaseDraft): boolean {
  const { random } = draft;
  const file = anyRole(draft, true);
  if (file === null) return false;
  return changeSigned(draft, file, (signed) => {
    const delegations = membersAt(signed, 'delegations');
    if (delegations === null) return null;
    const bins = membersAt(delegations, 'succinct_roles');
    if (bins === null || random.chance(10)) {
      const roles = arrayAt(delegations, 'roles');
      const first = roles?.[0] instanceof Map ? roles[0] : (bins ?? new Map<string, Node>());
      const succinct: Members = new Map<string, Node>([
        ['keyids', first.get('keyids') ?? []],
        ['threshold', first.get('threshold') ?? 1],
        ['bit_length', 2],
        ['name_prefix', 'bin'],
      ]);
      const both = random.chance(50);
      delegations.set('succinct_roles', succinct);
      if (both) delegations.set('roles', roles ?? []);
      else delegations.delete('roles');
      return both ? 'has both kinds of delegations' : 'has bins';
    }
    if (random.chance(30)) {
      const prefix = random.pick(['bin', 'bins', '', '../bin', 'a b', 'é', 'bin-', 'x'.repeat(250)]);
      bins.set('name_prefix', prefix);
      return `the prefix is ${show(prefix)}`;
    }
    const bits = random.pick([0, 1, 2, 3, 4, 8, 31, 32, 33, -1, 2.5, 1e9]);
    bins.set('bit_length', bits);
    return `bit_length is ${String(bits)}`;
  });
}

function nameTarget(draft: CaseDraft): boolean {
  const { random, now, targets } = draft;
  const file = anyRole(draft);
  if (file === null) return false;
  const name = random.pick(TARGET_NAMES);
  if (random.chance(80)) targets.splice(0, 1, name);
  now.content.set(name, Buffer.from(`the content of ${name}\n`));
  return changeSigned(draft, file, (signed) => {
    const list = membersAt(signed, 'targets');
    const bytes = now.content.get(name);
    if (list === null || bytes === undefined) return null;
    const digest = sha256Hex(bytes);
    list.set(
      name,
      new Map<string, Node>([
        ['length', bytes.length],
        ['hashes', new Map([['sha256', digest]])],
      ]),
    );
    return `lists ${show(name)}`;
  });
}

/** A name that may mean something to a language is looked for, and listed nowhere. */
function lookFor(draft: CaseDraft): boolean {
  const { random, targets, notes } = draft;
  const name = random.pick(TARGET_NAMES);
  targets.splice(0, 1, name);
  notes.push(`looks for ${show(name)}`);
  return true;
}

function changeTarget(draft: CaseDraft): boolean {
  const { random } = draft;
  const file = anyRole(draft);
  if (file === null) return false;
  return changeSigned(draft, file, (signed) => {
    const list = membersAt(signed, 'targets');
    const name = list === null ? null : anyOf(random, [...list.keys()]);
    const entry = name === null ? undefined : list?.get(name);
    if (list === null || name === null || !(entry instanceof Map)) return null;
    switch (random.below(4)) {
      case 0:
        list.delete(name);
        return `${name} is listed no more`;
      case 1: {
        const custom = random.pick(['null', '{}', '{"a":[1,{"b":null}]}', '"text"', '[]', '1', 'true']);
        entry.set('custom', parseJson(new TextEncoder().encode(custom)) as Node);
        return `${name} has custom ${custom}`;
      }
      case 2: {
        const other = anyOf(random, [...list.values()]);
        list.set(name, other instanceof Map ? copyMembers(other) : entry);
        return `${name} is listed as another one is`;
      }
      default:
        list.set(`${name}.copy`, copyMembers(entry));
        return `${name} is listed under another name too`;
    }
  });
}

const META_NAMES: readonly [string, ...string[]] = [
  'root.json',
  'timestamp.json',
  'snapshot.json',
  'nobody.json',
  'nobody',
  '.json',
  'mirrors.json',
  '1.targets.json',
  'targets',
  '__proto__.json',
  '__proto__',
  'a/b.json',
  'constructor.json',
  '',
];

function changeMeta(draft: CaseDraft): boolean {
  const { random } = draft;
  return changeSigned(draft, random.pick(['snapshot', 'snapshot', 'timestamp']), (signed) => {
    const meta = membersAt(signed, 'meta');
    const name = meta === null ? null : anyOf(random, [...meta.keys()]);
    const entry = name === null ? undefined : meta?.get(name);
    if (meta === null || name === null || !(entry instanceof Map)) return null;
    switch (random.below(5)) {
      case 0:
        meta.delete(name);
        return `${name} is gone`;
      case 1: {
        const added = random.pick(META_NAMES);
        meta.set(added, random.chance(70) ? copyMembers(entry) : new Map([['version', random.pick([1, 0, -1, 7])]]));
        return `lists ${show(added)} too`;
      }
      case 2: {
        const version = Number(entry.get('version')) + random.pick([1, -1, 10]);
        entry.set('version', version);
        return `${name} has version ${String(version)}`;
      }
      case 3: {
        const field = random.pick(['length', 'hashes', 'version']);
        entry.delete(field);
        return `${name} has no ${field}`;
      }
      default: {
        const other = anyOf(random, [...meta.values()]);
        meta.set(name, other instanceof Map ? copyMembers(other) : entry);
        return `${name} is listed as another one is`;
      }
    }
  });
}

function changeRootRoles(draft: CaseDraft): boolean {
  const { random, now } = draft;
  return changeSigned(draft, `root-${String(now.roots.length)}`, (signed) => {
    const roles = membersAt(signed, 'roles');
    const timestamp = roles?.get('timestamp');
    if (roles === null || !(timestamp instanceof Map)) return null;
    switch (random.below(5)) {
      case 0:
        roles.set('mirrors', copyMembers(timestamp));
        return 'has the role mirrors';
      case 1: {
        const name = random.pick(['other', '', 'Targets', '__proto__']);
        roles.set(name, copyMembers(timestamp));
        return `has the role ${show(name)}`;
      }
      case 2: {
        const name = random.pick(['root', 'timestamp', 'snapshot', 'targets']);
        roles.delete(name);
        return `has no role ${name}`;
      }
      case 3: {
        if (random.chance(50)) {
          signed.delete('consistent_snapshot');
          return 'has no consistent_snapshot';
        }
        signed.set('consistent_snapshot', signed.get('consistent_snapshot') !== true);
        return 'has the other consistent_snapshot';
      }
      default: {
        const [one, other] = [
          random.pick(['root', 'timestamp', 'snapshot', 'targets']),
          random.pick(['root', 'timestamp', 'snapshot', 'targets']),
        ];
        roles.set(one, copyNode(roles.get(other) ?? null));
        return `${one} has the keys of ${other}`;
      }
    }
  });
}

export const ROLE_MUTATIONS: readonly Mutation[] = [
  { kind: 'paths of a delegation', weight: 9, apply: changePaths },
  { kind: 'order of delegations', weight: 6, apply: changeOrder },
  { kind: 'name of a role', weight: 6, apply: nameRole },
  { kind: 'bins', weight: 5, apply: changeBins },
  { kind: 'name of a target', weight: 8, apply: nameTarget },
  { kind: 'name that is not listed', weight: 3, apply: lookFor },
  { kind: 'target', weight: 5, apply: changeTarget },
  { kind: 'meta', weight: 8, apply: changeMeta },
  { kind: 'roles of the root', weight: 6, apply: changeRootRoles },
];
