// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote } from './errors.ts';
import { arrayField, asObject, asString, booleanField, integerField, objectField, stringField } from './fields.ts';
import { jsonPath, type JsonObject } from './json.ts';
import { parseKeyTable, type KeyReader, type KeyTable } from './key.ts';
import { parseDelegatedRoleName, type RoleName } from './names.ts';
import { matchPattern, type PatternMatch } from './path-pattern.ts';
import { sha256Hex } from './sha256.ts';
import { parseRoleKeys, type RoleKeys } from './threshold.ts';

/** Which target paths a delegation is for: exactly one of the two kinds (TUF §4.5). */
export type DelegatedPaths =
  | { readonly kind: 'patterns'; readonly patterns: readonly string[] }
  /** Prefixes of the sha256 of the path, lower-case hex. */
  | { readonly kind: 'hash-prefixes'; readonly prefixes: readonly string[] };

/** One delegation by name (TUF §4.5). */
export interface DelegatedRole extends RoleKeys {
  readonly name: RoleName;
  readonly terminating: boolean;
  readonly paths: DelegatedPaths;
}

/** 2^bitLength hash bins under one set of keys (TAP 15). */
export interface SuccinctRoles extends RoleKeys {
  readonly bitLength: number;
  readonly namePrefix: string;
}

/** What a targets role delegates: named roles in order of priority, or hash bins. */
export type Delegations<R extends KeyReader = 'maker'> =
  | { readonly kind: 'roles'; readonly keys: KeyTable<R>; readonly roles: readonly DelegatedRole[] }
  | { readonly kind: 'succinct'; readonly keys: KeyTable<R>; readonly succinct: SuccinctRoles };

/** The sha256 of a target path, lower-case hex: what hash prefixes and bins are chosen by. */
export function hashOfPath(path: string): string {
  return sha256Hex(path);
}

const HASH_PREFIX = /^[0-9a-f]{1,64}$/;

function parsePaths(raw: JsonObject, where: string): DelegatedPaths {
  // @check paths-exactly-one
  if (raw.has('paths') === raw.has('path_hash_prefixes')) {
    throw new CountersignError('paths-invalid', where, 'expected exactly one of paths and path_hash_prefixes');
  }
  const strings = (key: string): readonly string[] =>
    arrayField(raw, key, where).map((item, index) => asString(item, `${where}.${key}[${String(index)}]`));
  if (raw.has('paths')) return { kind: 'patterns', patterns: strings('paths') };
  const prefixes = strings('path_hash_prefixes');
  for (const prefix of prefixes) {
    // @check path-hash-prefix-format
    if (!HASH_PREFIX.test(prefix)) {
      throw new CountersignError(
        'paths-invalid',
        jsonPath(where, 'path_hash_prefixes'),
        `expected lower-case hex digits, got ${quote(prefix)}`,
      );
    }
  }
  return { kind: 'hash-prefixes', prefixes };
}

function parseDelegatedRole(raw: JsonObject, where: string): DelegatedRole {
  return {
    name: parseDelegatedRoleName(stringField(raw, 'name', where), `${where}.name`),
    terminating: booleanField(raw, 'terminating', where),
    paths: parsePaths(raw, where),
    ...parseRoleKeys(raw, where),
  };
}

function parseSuccinct(raw: JsonObject, where: string): SuccinctRoles {
  const bitLength = integerField(raw, 'bit_length', where);
  // @check succinct-bit-length
  if (bitLength < 1 || bitLength > 32) {
    throw new CountersignError('delegations-invalid', jsonPath(where, 'bit_length'), `expected 1 to 32, got ${String(bitLength)}`);
  }
  const namePrefix = stringField(raw, 'name_prefix', where);
  // The names of all bins are as long as this one, so that none can fail later.
  parseDelegatedRoleName(`${namePrefix}-${'0'.repeat(binDigits(bitLength))}`, jsonPath(where, 'name_prefix'));
  return { bitLength, namePrefix, ...parseRoleKeys(raw, where) };
}

/**
 * Parses `delegations` (TUF §4.5, TAP 15), their keys as `reader` reads them.
 * @throws `delegations-invalid`, `role-name-repeated`, `paths-invalid`, and the codes of keys and names
 */
export function parseDelegations<R extends KeyReader>(reader: R, raw: JsonObject, where: string): Delegations<R> {
  const keys = parseKeyTable(objectField(raw, 'keys', where), jsonPath(where, 'keys'), reader);
  // @check delegations-one-kind
  if (raw.has('roles') === raw.has('succinct_roles')) {
    throw new CountersignError('delegations-invalid', where, 'expected exactly one of roles and succinct_roles');
  }
  if (raw.has('succinct_roles')) {
    return {
      kind: 'succinct',
      keys,
      succinct: parseSuccinct(objectField(raw, 'succinct_roles', where), jsonPath(where, 'succinct_roles')),
    };
  }
  const seen = new Set<RoleName>();
  const roles = arrayField(raw, 'roles', where).map((value, index) => {
    const path = jsonPath(jsonPath(where, 'roles'), index);
    const role = parseDelegatedRole(asObject(value, path), path);
    // @check role-name-repeated
    if (seen.has(role.name))
      throw new CountersignError('role-name-repeated', path, `expected each role once, got ${quote(role.name)} again`);
    seen.add(role.name);
    return role;
  });
  return { kind: 'roles', keys, roles };
}

function binDigits(bitLength: number): number {
  return (2 ** bitLength - 1).toString(16).length;
}

/** The name of a hash bin: the prefix, a hyphen, the bin's number in zero-padded lower-case hex (TAP 15). */
export function binName(succinct: SuccinctRoles, bin: number): RoleName {
  return parseDelegatedRoleName(
    `${succinct.namePrefix}-${bin.toString(16).padStart(binDigits(succinct.bitLength), '0')}`,
    'succinct_roles',
  );
}

/** The bin that a path falls into: the leftmost bits of the sha256 of the path (TAP 15). */
export function binOfPath(succinct: SuccinctRoles, path: string): RoleName {
  const leftmost = Number.parseInt(hashOfPath(path).slice(0, 8), 16);
  return binName(succinct, Math.floor(leftmost / 2 ** (32 - succinct.bitLength)));
}

/** Whether a delegation is for a path. */
export function delegationCovers(paths: DelegatedPaths, path: string): PatternMatch {
  if (paths.kind === 'hash-prefixes') {
    const hash = hashOfPath(path);
    return paths.prefixes.some((prefix) => hash.startsWith(prefix)) ? 'match' : 'no-match';
  }
  let ambiguous = false;
  for (const pattern of paths.patterns) {
    const verdict = matchPattern(pattern, path);
    if (verdict === 'match') return 'match';
    ambiguous ||= verdict === 'ambiguous';
  }
  return ambiguous ? 'ambiguous' : 'no-match';
}

/** The keys and threshold that these delegations give a role; null when they do not name it. */
export function delegatedKeys(delegations: Delegations<KeyReader>, name: RoleName): RoleKeys | null {
  if (delegations.kind === 'roles') return delegations.roles.find((role) => role.name === name) ?? null;
  return isBinName(delegations.succinct, name) ? delegations.succinct : null;
}

/** Whether a name is one of the bins. */
export function isBinName(succinct: SuccinctRoles, name: string): boolean {
  const digits = name.slice(succinct.namePrefix.length + 1);
  if (!/^[0-9a-f]{1,8}$/.test(digits)) return false;
  const bin = Number.parseInt(digits, 16);
  return bin < 2 ** succinct.bitLength && binName(succinct, bin) === name;
}
