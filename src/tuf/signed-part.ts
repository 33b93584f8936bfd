// SPDX-License-Identifier: Apache-2.0
import { BINDING_FIELD, type RepositoryId } from './binding.ts';
import { requireNfc } from './canonical.ts';
import { encodeInstant, type Instant } from './instant.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { TopLevelRole, Version } from './names.ts';
import type { RoleKeys } from './threshold.ts';

/** What we write as `spec_version`: rust-tuf reads only 1.0 and 1.0.0, everyone else any 1.x. */
export const WRITTEN_SPEC_VERSION = '1.0.0';

/** An object literal as a {@link JsonObject}; members that are undefined are left out. */
export function jsonObject(members: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const object = new Map<string, JsonValue>();
  for (const [key, value] of Object.entries(members)) if (value !== undefined) object.set(key, value);
  return object;
}

/** Our object at the top of a `signed` part; `extra` holds people and periods. */
export function bindingObject(repository: RepositoryId, role: string, extra: JsonObject = new Map()): JsonObject {
  return new Map<string, JsonValue>([['repository', repository], ['role', role], ...extra]);
}

/** The `keyids` and `threshold` of a role, as metadata has them. */
export function roleKeysObject(role: RoleKeys): JsonObject {
  return jsonObject({ keyids: role.keyIds, threshold: role.threshold });
}

/** Version and expiry of a new file. */
export interface NewHeader {
  readonly version: Version;
  readonly expires: Instant;
}

function withHeader(type: string, header: NewHeader, members: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const signed = jsonObject({
    _type: type,
    spec_version: WRITTEN_SPEC_VERSION,
    version: header.version,
    expires: encodeInstant(header.expires),
    ...members,
  });
  // @check signed-part-nfc
  requireNfc(signed, '$.signed');
  return signed;
}

/** The `signed` part of a new root. @throws `json-not-nfc` */
export function newRootSigned(
  header: NewHeader,
  parts: { readonly keys: JsonObject; readonly roles: Readonly<Record<TopLevelRole, RoleKeys>>; readonly binding: JsonObject },
): JsonObject {
  const { root, timestamp, snapshot, targets } = parts.roles;
  return withHeader('root', header, {
    consistent_snapshot: true,
    keys: parts.keys,
    roles: jsonObject({
      root: roleKeysObject(root),
      timestamp: roleKeysObject(timestamp),
      snapshot: roleKeysObject(snapshot),
      targets: roleKeysObject(targets),
    }),
    [BINDING_FIELD]: parts.binding,
  });
}

/** The `signed` part of a new targets role. @throws `json-not-nfc` */
export function newTargetsSigned(
  header: NewHeader,
  parts: { readonly targets: JsonObject; readonly delegations?: JsonObject | undefined; readonly binding?: JsonObject | undefined },
): JsonObject {
  return withHeader('targets', header, {
    targets: parts.targets,
    delegations: parts.delegations,
    [BINDING_FIELD]: parts.binding,
  });
}

/** The `signed` part of a new snapshot of a repository. */
export function newSnapshotSigned(header: NewHeader, repository: RepositoryId, meta: JsonObject): JsonObject {
  return withHeader('snapshot', header, { meta, [BINDING_FIELD]: bindingObject(repository, 'snapshot') });
}

/** The `signed` part of a new timestamp of a repository. */
export function newTimestampSigned(header: NewHeader, repository: RepositoryId, snapshot: JsonObject): JsonObject {
  return withHeader('timestamp', header, {
    meta: jsonObject({ 'snapshot.json': snapshot }),
    [BINDING_FIELD]: bindingObject(repository, 'timestamp'),
  });
}

/** `signed` with another version and expiry, everything else untouched. */
export function withVersion(signed: JsonObject, header: NewHeader): JsonObject {
  return new Map<string, JsonValue>(signed).set('version', header.version).set('expires', encodeInstant(header.expires));
}
