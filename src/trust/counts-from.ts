// SPDX-License-Identifier: Apache-2.0
import type { Binding } from '../tuf/binding.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { integerField, objectField } from '../tuf/fields.ts';
import { jsonPath } from '../tuf/json.ts';
import { parseVersion, type RoleName, type Version } from '../tuf/names.ts';

/** The member of `x-countersign` in which a delegator signs from which version a role counts that was taken out once and is delegated again. */
const FROM = 'from';

/**
 * Parses the `from` of a file's `x-countersign`: the lowest version that counts, by role.
 * @returns an empty map where nothing is said: then every version counts
 * @throws `field-type`, `version-invalid`
 */
export function parseCountsFrom(binding: Binding, where: string): ReadonlyMap<string, Version> {
  const versions = new Map<string, Version>();
  if (!binding.raw.has(FROM)) return versions;
  const raw = objectField(binding.raw, FROM, where);
  const path = jsonPath(where, FROM);
  for (const role of raw.keys()) versions.set(role, parseVersion(integerField(raw, role, path), jsonPath(path, role)));
  return versions;
}

/** The lowest version of `role` that counts for the file that delegates it; 1 where it doesn't say. @throws `field-type`, `version-invalid` */
export function countsFrom(delegator: { readonly binding: Binding | null }, role: RoleName): Version {
  const first = parseVersion(1, FROM);
  if (delegator.binding === null) return first;
  return parseCountsFrom(delegator.binding, `${delegator.binding.role} x-countersign`).get(role) ?? first;
}

/**
 * Requires that a role's version counts for the file that delegates it: what was published before the role was taken out must not come back with the name.
 * @throws `rollback`, and what {@link countsFrom} throws for a file that can't be read
 */
export function requireCounts(delegator: { readonly binding: Binding | null }, role: RoleName, version: Version): void {
  const from = countsFrom(delegator, role);
  // @check role-counts-from
  if (version >= from) return;
  const detail = `expected version ${String(from)} or later, from which ${quote(role)} counts again, got ${String(version)}`;
  throw new CountersignError('rollback', `${role}@${String(version)}`, detail);
}
