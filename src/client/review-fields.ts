// SPDX-License-Identifier: Apache-2.0
// Fields that are right by the specification and that named clients reject or lose: they re-encode what they have read, and what they
// don't keep is missing from what the signature is over. docs/interop.md has the measurements.
import type { ClientName, CompatibilityFinding } from '../tuf/compatibility.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../tuf/json.ts';
import type { Metadata, SignedHeader } from '../tuf/metadata.ts';
import type { Root } from '../tuf/root.ts';
import type { TargetFile, Targets } from '../tuf/targets.ts';

const DELEGATIONS_FIELDS = new Set(['keys', 'roles', 'succinct_roles']);
const ROLE_FIELDS = new Set(['name', 'keyids', 'threshold', 'paths', 'path_hash_prefixes', 'terminating']);

function warning(subject: string, clients: readonly ClientName[], detail: string): CompatibilityFinding {
  return { severity: 'warning', subject, clients, detail };
}

function objectAt(raw: JsonObject, key: string): JsonObject {
  const value = raw.get(key);
  return isJsonObject(value) ? value : new Map<string, JsonValue>();
}

/** Reviews what every file has: its version of the specification, and its signatures. */
export function reviewFile({ signed, signatures }: Metadata<SignedHeader>): readonly CompatibilityFinding[] {
  const found: CompatibilityFinding[] = [];
  if (signed.specVersion !== '1.0' && signed.specVersion !== '1.0.0')
    found.push(warning(signed.specVersion, ['rust-tuf'], 'a version of the specification that is not read'));
  if (signatures.some(({ sig }) => sig === '')) found.push(warning('signatures', ['php-tuf'], 'an empty signature is refused'));
  return found;
}

/** Reviews the fields of a root. */
export function reviewRoot({ signed }: Metadata<Root<'client'>>): readonly CompatibilityFinding[] {
  const { raw } = signed;
  const found: CompatibilityFinding[] = [];
  if (!raw.has('consistent_snapshot')) {
    found.push(warning('consistent_snapshot', ['tuf-js', 'tough', 'php-tuf', 'go-tuf'], 'a root without this field is refused'));
  }
  if (objectAt(raw, 'roles').has('mirrors')) found.push(warning('mirrors', ['python-tuf', 'tough'], 'a root with this role is refused'));
  return found;
}

function reviewTarget(path: string, { length, hashes, raw }: TargetFile): readonly CompatibilityFinding[] {
  const found: CompatibilityFinding[] = [];
  if (!hashes.has('sha256')) found.push(warning(path, ['tough'], 'a target without a sha256 is refused'));
  if ([...hashes.keys()].some((name) => name !== 'sha256' && name !== 'sha512'))
    found.push(warning(path, ['go-tuf'], 'a digest that is neither sha256 nor sha512 is refused'));
  const custom = raw.get('custom');
  if (isJsonObject(custom) && custom.size === 0)
    found.push(warning(path, ['tough'], 'an empty `custom` is lost, and the signature with it'));
  if (length === 0) found.push(warning(path, ['php-tuf'], 'an empty file is refused'));
  return found;
}

function unknownIn(raw: JsonObject, known: ReadonlySet<string>): readonly string[] {
  return [...raw.keys()].filter((key) => !known.has(key));
}

/** Reviews the fields of a targets role: its targets, and what it delegates. */
export function reviewTargets({ signed }: Metadata<Targets<'client'>>): readonly CompatibilityFinding[] {
  const delegations = objectAt(signed.raw, 'delegations');
  const roles = delegations.get('roles');
  const lost = [
    ...unknownIn(delegations, DELEGATIONS_FIELDS),
    ...(isJsonArray(roles) ? roles.filter(isJsonObject).flatMap((role) => unknownIn(role, ROLE_FIELDS)) : []),
  ];
  return [
    ...[...signed.targets].flatMap(([path, file]) => reviewTarget(path, file)),
    ...[...new Set(lost)].map((field) => warning(field, ['tough'], 'an unknown field of delegations is lost, and the signature with it')),
  ];
}
