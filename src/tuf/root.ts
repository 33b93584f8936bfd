// SPDX-License-Identifier: Apache-2.0
import { parseBinding, type Binding } from './binding.ts';
import { CountersignError, quote } from './errors.ts';
import { asObject, booleanField, objectField } from './fields.ts';
import { jsonPath, type JsonObject } from './json.ts';
import { parseKeyTable, type KeyTable } from './key.ts';
import { parseMetadata, parseSignedHeader, type Metadata, type SignedHeader } from './metadata.ts';
import { TOP_LEVEL_ROLES, type TopLevelRole } from './names.ts';
import { parseRoleKeys, type RoleKeys } from './threshold.ts';

/** The `signed` part of a root (TUF §4.3). */
export interface Root extends SignedHeader {
  readonly kind: 'root';
  /** False where the field is absent; other clients differ on that (tuf.md). */
  readonly consistentSnapshot: boolean;
  readonly keys: KeyTable;
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
 * Parses the `signed` part of a root.
 * @throws `role-missing` and the codes of its parts
 */
export function parseRootSigned(raw: JsonObject, where: string): Root {
  const header = parseSignedHeader(raw, 'root', where);
  return {
    kind: 'root',
    ...header,
    consistentSnapshot: raw.has('consistent_snapshot') ? booleanField(raw, 'consistent_snapshot', where) : false,
    keys: parseKeyTable(objectField(raw, 'keys', where), jsonPath(where, 'keys')),
    roles: parseRoles(objectField(raw, 'roles', where), jsonPath(where, 'roles')),
    binding: parseBinding(raw, where),
  };
}

/** Parses a root file. @throws the codes of {@link parseMetadata} and {@link parseRootSigned} */
export function parseRoot(bytes: Uint8Array): Metadata<Root> {
  return parseMetadata(bytes, parseRootSigned);
}
