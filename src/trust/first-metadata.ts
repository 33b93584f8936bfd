// SPDX-License-Identifier: Apache-2.0
import { bindingObject, newRootSigned, newTargetsSigned, roleKeysObject } from '../tuf/signed-part.ts';
import type { RepositoryId } from '../tuf/binding.ts';
import { reviewKey } from '../tuf/compatibility.ts';
import { CountersignError } from '../tuf/errors.ts';
import { addSeconds, type Instant } from '../tuf/instant.ts';
import type { JsonObject, JsonValue } from '../tuf/json.ts';
import { keyIdOf, parseKey, type KeyId } from '../tuf/key.ts';
import { parseThreshold, parseVersion, type RoleName } from '../tuf/names.ts';
import type { RoleKeys } from '../tuf/threshold.ts';
import type { Account } from './accounts.ts';
import { peopleObject, type People, type Person } from './people.ts';
import { periodsObject, type Period } from './periods.ts';
import type { Policy, PolicyDelegation, PolicyRole } from './policy.ts';

/** What a policy names, looked up: keys as TUF key objects, accounts with their ids. */
export interface ResolvedPolicy {
  readonly policy: Policy;
  readonly keys: ReadonlyMap<string, JsonObject>;
  readonly accounts: ReadonlyMap<string, Account>;
  /** Public keys of the online signers, by URI. */
  readonly onlineKeys: ReadonlyMap<string, JsonObject>;
}

/** The `signed` parts of a repository's first metadata. */
export interface FirstMetadata {
  readonly root: JsonObject;
  readonly roles: ReadonlyMap<RoleName, JsonObject>;
}

function keyOf(resolved: ResolvedPolicy, person: string): { readonly keyId: KeyId; readonly raw: JsonObject } {
  const raw = resolved.keys.get(person);
  if (raw === undefined) throw new CountersignError('policy-invalid', `people.${person}.key`, 'expected a public key, got none');
  const key = parseKey(raw, `people.${person}.key`);
  const refused = reviewKey(key).find(({ severity }) => severity === 'refused');
  if (refused !== undefined)
    throw new CountersignError('policy-invalid', `people.${person}.key`, `expected a usable key: ${refused.detail}`);
  return { keyId: key.keyId, raw };
}

function personOf(resolved: ResolvedPolicy, name: string): Person {
  const person = resolved.policy.people.get(name);
  const account = resolved.accounts.get(name) ?? null;
  if (person === undefined || (person.github !== null && account === null)) {
    throw new CountersignError('policy-invalid', `people.${name}.github`, 'expected an account that exists, got none');
  }
  return { name, account, custody: person.custody !== null };
}

function roleKeysOf(resolved: ResolvedPolicy, role: PolicyRole): RoleKeys {
  return { keyIds: role.signers.map((name) => keyOf(resolved, name).keyId), threshold: role.threshold };
}

/** People and keys of all signers of some roles, as the file that delegates to them lists them. */
function signersOf(
  resolved: ResolvedPolicy,
  roles: readonly PolicyRole[],
): { readonly keys: Map<string, JsonValue>; readonly people: People } {
  const keys = new Map<string, JsonValue>();
  const byKey = new Map<KeyId, Person>();
  for (const name of new Set(roles.flatMap((role) => role.signers))) {
    const { keyId, raw } = keyOf(resolved, name);
    keys.set(keyId, raw);
    byKey.set(keyId, personOf(resolved, name));
  }
  const quorum = roles.flatMap((role): [string, string][] => (role.custodyQuorum === null ? [] : [[role.name, role.custodyQuorum]]));
  return { keys, people: { byKey, custodyQuorum: new Map(quorum) } };
}

function trustObject(people: People, periods: ReadonlyMap<string, Period>, extra: readonly [string, JsonValue][] = []): JsonObject {
  const members: [string, JsonValue][] = [['people', peopleObject(people)], ['periods', periodsObject(periods)], ...extra];
  if (people.custodyQuorum.size > 0) members.push(['custody-quorum', new Map<string, JsonValue>(people.custodyQuorum)]);
  return new Map(members);
}

function onlineRole(
  resolved: ResolvedPolicy,
  uris: readonly string[],
  keys: Map<string, JsonValue>,
  names: Map<string, JsonValue>,
): RoleKeys {
  const keyIds = uris.map((uri) => {
    const raw = resolved.onlineKeys.get(uri);
    if (raw === undefined) throw new CountersignError('policy-invalid', 'online', 'expected the public key of each online signer');
    const keyId = keyIdOf(raw);
    keys.set(keyId, raw);
    names.set(keyId, uri);
    return keyId;
  });
  return { keyIds, threshold: parseThreshold(1, 'online') };
}

function firstRoot(resolved: ResolvedPolicy, repository: RepositoryId, now: Instant): JsonObject {
  const { policy } = resolved;
  const { keys, people } = signersOf(resolved, [policy.root, policy.targets]);
  const online = new Map<string, JsonValue>();
  const roles = {
    root: roleKeysOf(resolved, policy.root),
    targets: roleKeysOf(resolved, policy.targets),
    snapshot: onlineRole(resolved, policy.snapshot.keys, keys, online),
    timestamp: onlineRole(resolved, policy.timestamp.keys, keys, online),
  };
  const periods = new Map([
    ['root', policy.root.period],
    ['targets', policy.targets.period],
    ['snapshot', policy.snapshot.period],
    ['timestamp', policy.timestamp.period],
  ]);
  const binding = bindingObject(repository, 'root', trustObject(people, periods, [['online', online]]));
  return newRootSigned(
    { version: parseVersion(1, 'root'), expires: addSeconds(now, policy.root.period.expiresSeconds) },
    { keys, roles, binding },
  );
}

function delegationObject(resolved: ResolvedPolicy, role: PolicyDelegation): JsonObject {
  return new Map<string, JsonValue>([
    ...roleKeysObject(roleKeysOf(resolved, role)),
    ['name', role.name],
    ['paths', role.paths],
    ['terminating', role.terminating],
  ]);
}

function firstTargets(resolved: ResolvedPolicy, repository: RepositoryId, role: PolicyRole, now: Instant): JsonObject {
  const children = resolved.policy.delegations.filter(({ parent }) => parent === role.name);
  const header = { version: parseVersion(1, role.name), expires: addSeconds(now, role.period.expiresSeconds) };
  if (children.length === 0) return newTargetsSigned(header, { targets: new Map(), binding: bindingObject(repository, role.name) });
  const { keys, people } = signersOf(resolved, children);
  const delegations = new Map<string, JsonValue>([
    ['keys', keys],
    ['roles', children.map((child) => delegationObject(resolved, child))],
  ]);
  const periods = new Map(children.map((child) => [child.name, child.period]));
  return newTargetsSigned(header, {
    targets: new Map(),
    delegations,
    binding: bindingObject(repository, role.name, trustObject(people, periods)),
  });
}

/**
 * Builds the first metadata of a repository from its policy: root v1, targets v1 and each delegated role, without targets and unsigned.
 * @throws `policy-invalid` when a person has no key or account
 */
export function firstMetadata(resolved: ResolvedPolicy, repository: RepositoryId, now: Instant): FirstMetadata {
  const roles = new Map<RoleName, JsonObject>();
  for (const role of [resolved.policy.targets, ...resolved.policy.delegations]) {
    if (role.name !== 'root') roles.set(role.name, firstTargets(resolved, repository, role, now));
  }
  return { root: firstRoot(resolved, repository, now), roles };
}
