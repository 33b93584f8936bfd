// SPDX-License-Identifier: Apache-2.0
import { parseBinding, type Binding } from './binding.ts';
import { CountersignError, quote } from './errors.ts';
import { asObject, booleanField, objectField } from './fields.ts';
import { jsonPath, type JsonObject } from './json.ts';
import { parseKeyTable, type KeyReader, type KeyTable } from './key.ts';
import { parseMetadata, parseSignedHeader, type Metadata, type SignedHeader } from './metadata.ts';
import { TOP_LEVEL_ROLES, type TopLevelRole } from './names.ts';
import { parseRoleKeys, type RoleKeys } from './threshold.ts';

/** The `signed` part of a root (TUF §4.3). */
export interface Root<R extends KeyReader = 'maker'> extends SignedHeader {
  readonly kind: 'root';
  /** False where the field is absent; other clients differ on that (tuf.md). */
  readonly consistentSnapshot: boolean;
  readonly keys: KeyTable<R>;
  readonly roles: Readonly<Record<TopLevelRole, RoleKeys>>;
  readonly binding: Binding | null;
}

function parseRoles(value: JsonObject, where: string): Root['roles'] {
  for (const name of value.keys()) {
    // `mirrors` is a role that the specification once had and still allows (TUF §4.3).
    // @check root-roles-known
    if (!TOP_LEVEL_ROLES.some((role) => role === name) && name !== 'mirrors') {
      throw new CountersignError('role-name-invalid', where, `expected a top-level role, got ${quote(name)}`);
    }
  }
  const role = (name: TopLevelRole): RoleKeys => {
    const raw = value.get(name);
    // @check root-roles-present
    if (raw === undefined) throw new CountersignError('role-missing', jsonPath(where, name), 'expected this role, got nothing');
    return parseRoleKeys(asObject(raw, jsonPath(where, name)), jsonPath(where, name));
  };
  // Nothing reads it, but what no client takes for a role must not pass here.
  if (value.has('mirrors')) parseRoleKeys(asObject(value.get('mirrors'), jsonPath(where, 'mirrors')), jsonPath(where, 'mirrors'));
  return { root: role('root'), timestamp: role('timestamp'), snapshot: role('snapshot'), targets: role('targets') };
}

/**
 * Parses the `signed` part of a root, its keys as `reader` reads them.
 * @throws `role-missing` and the codes of its parts
 */
export function parseRootSignedAs<R extends KeyReader>(reader: R, raw: JsonObject, where: string): Root<R> {
  const header = parseSignedHeader(raw, 'root', where);
  return {
    kind: 'root',
    ...header,
    consistentSnapshot: raw.has('consistent_snapshot') ? booleanField(raw, 'consistent_snapshot', where) : false,
    keys: parseKeyTable(objectField(raw, 'keys', where), jsonPath(where, 'keys'), reader),
    roles: parseRoles(objectField(raw, 'roles', where), jsonPath(where, 'roles')),
    binding: parseBinding(raw, where),
  };
}

/** As {@link parseRootSignedAs}, for a maker. */
export function parseRootSigned(raw: JsonObject, where: string): Root {
  return parseRootSignedAs('maker', raw, where);
}

/** Parses a root file, its keys as `reader` reads them. @throws the codes of {@link parseMetadata} and {@link parseRootSignedAs} */
export function parseRootAs<R extends KeyReader>(reader: R, bytes: Uint8Array): Metadata<Root<R>> {
  return parseMetadata(bytes, (raw, where) => parseRootSignedAs(reader, raw, where));
}

/** As {@link parseRootAs}, for a maker. */
export function parseRoot(bytes: Uint8Array): Metadata<Root> {
  return parseRootAs('maker', bytes);
}
