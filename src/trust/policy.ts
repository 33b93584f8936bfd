// SPDX-License-Identifier: Apache-2.0
// `countersign.yaml`: what we want. It is reviewed by people and never read to decide who may sign.
import { reviewPattern, reviewRoleName } from '../tuf/compatibility.ts';
import { CountersignError, outcomeOf, quote, type Refusal } from '../tuf/errors.ts';
import { asArray, asObject, asString } from '../tuf/fields.ts';
import { jsonPath, type JsonObject, type JsonValue } from '../tuf/json.ts';
import { parseDelegatedRoleName, parseThreshold, TARGETS, type RoleName, type Threshold } from '../tuf/names.ts';
import { MAX_REASON_CHARACTERS } from './bounds.ts';
import { findLookAlike } from './look-alike.ts';
import { isPersonName, isQuorumReason } from './people.ts';
import { parseDuration, requirePeriod, type Period } from './periods.ts';

/** A person of the policy. */
export interface PolicyPerson {
  readonly name: string;
  /** A GitHub login; null for `github: none`. */
  readonly github: string | null;
  /** The public key as text, in one of the forms that the policy's reader resolves. */
  readonly key: string;
  /** Where the private half is kept for them; null for a key of their own. */
  readonly custody: string | null;
}

/** What a policy says of every role that people sign. */
export interface PolicyRole {
  readonly name: RoleName | 'root';
  /** Names of people. */
  readonly signers: readonly string[];
  readonly threshold: Threshold;
  readonly period: Period;
  /** Why custody signers alone may reach the threshold; null when they may not. */
  readonly custodyQuorum: string | null;
}

/** A role that a targets role delegates to. */
export interface PolicyDelegation extends PolicyRole {
  readonly name: RoleName;
  readonly parent: RoleName;
  readonly paths: readonly string[];
  readonly terminating: boolean;
}

/** A role that is signed online. */
export interface PolicyOnlineRole {
  /** Signer URIs, such as `env:COUNTERSIGN_ONLINE_KEY`. */
  readonly keys: readonly string[];
  readonly period: Period;
}

/** The whole policy. */
export interface Policy {
  readonly people: ReadonlyMap<string, PolicyPerson>;
  readonly root: PolicyRole;
  readonly targets: PolicyRole;
  /** In order: the order of delegations is the order in which clients search. */
  readonly delegations: readonly PolicyDelegation[];
  readonly snapshot: PolicyOnlineRole;
  readonly timestamp: PolicyOnlineRole;
}

function invalid(where: string, detail: string): CountersignError {
  return new CountersignError('policy-invalid', where, detail);
}

function onlyKeys(raw: JsonObject, known: readonly string[], where: string): void {
  for (const key of raw.keys()) {
    if (!known.includes(key)) throw invalid(jsonPath(where, key), `expected one of ${known.join(', ')}`);
  }
}

function text(raw: JsonObject, key: string, where: string): string {
  const value = raw.get(key);
  if (typeof value !== 'string' || value === '') throw invalid(jsonPath(where, key), `expected text, got ${kindOf(value)}`);
  return value;
}

/** What stands where a text should, as people say it. */
function kindOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null || value === '') return 'nothing';
  if (typeof value === 'number') return `the number ${String(value)}`;
  if (typeof value === 'boolean') return `${String(value)} without quotes`;
  return Array.isArray(value) ? 'a list' : 'a mapping';
}

function texts(raw: JsonObject, key: string, where: string): readonly string[] {
  const values = asArray(raw.get(key), jsonPath(where, key)).map((item, index) => asString(item, jsonPath(jsonPath(where, key), index)));
  if (values.length === 0) throw invalid(jsonPath(where, key), 'expected at least one entry, got none');
  if (new Set(values).size < values.length) throw invalid(jsonPath(where, key), 'expected each entry once');
  return values;
}

function parsePerson(name: string, raw: JsonObject, where: string): PolicyPerson {
  onlyKeys(raw, ['github', 'key', 'custody'], where);
  if (!isPersonName(name)) throw invalid(where, `expected a name of letters, digits and "._-", got ${quote(name)}`);
  const github = text(raw, 'github', where);
  const custody = raw.has('custody') ? text(raw, 'custody', where) : null;
  // A custody key is used when its person approves on GitHub: without an account nobody could.
  if (github === 'none' && custody !== null) throw invalid(jsonPath(where, 'custody'), 'expected a person with an account');
  return { name, github: github === 'none' ? null : github, key: text(raw, 'key', where), custody };
}

/** The environment of a custody key is named after its person, and the one of the online key like a person called so. */
const ONLINE_NAME = 'online';

/** Hosts hear no difference between `Carol` and `carol` in the name of an environment, and people see none between `carol` and `caro1`. @throws `policy-invalid` */
function requireOwnNames(people: Policy['people']): void {
  requireTellable(people.keys(), 'people');
  for (const { name, custody } of people.values()) {
    if (custody !== null && (name === ONLINE_NAME || findLookAlike([ONLINE_NAME, name]) !== null))
      throw invalid(`people.${name}`, 'expected another name for a key in custody: the online key is kept under this one');
  }
}

/** @throws `policy-invalid` */
function requireTellable(names: Iterable<string>, where: string): void {
  const alike = findLookAlike(names);
  if (alike !== null) throw invalid(jsonPath(where, alike.name), `expected a name that people tell from ${quote(alike.other)}`);
}

function parsePeriod(raw: JsonObject, where: string): Period {
  const seconds = (key: string): number => parseDuration(text(raw, key, where), jsonPath(where, key));
  return requirePeriod({ expiresSeconds: seconds('expires'), renewSeconds: seconds('renew') }, where);
}

const ROLE_KEYS = ['signers', 'threshold', 'expires', 'renew', 'custody-quorum'];

function parseRole<N extends RoleName | 'root'>(
  name: N,
  raw: JsonObject,
  people: Policy['people'],
  where: string,
): PolicyRole & { readonly name: N } {
  const signers = texts(raw, 'signers', where);
  for (const signer of signers) {
    if (!people.has(signer)) throw invalid(jsonPath(where, 'signers'), `expected people, got ${quote(signer)}`);
  }
  const value = raw.get('threshold');
  if (typeof value !== 'number') throw invalid(jsonPath(where, 'threshold'), 'expected a number');
  const threshold = parseThreshold(value, jsonPath(where, 'threshold'));
  if (threshold > signers.length) {
    throw invalid(
      jsonPath(where, 'threshold'),
      `expected at most ${String(signers.length)}, the number of signers, got ${String(threshold)}`,
    );
  }
  const custodyQuorum = raw.has('custody-quorum') ? text(raw, 'custody-quorum', where) : null;
  if (custodyQuorum !== null && !isQuorumReason(custodyQuorum)) {
    const detail = `expected a reason in words of at most ${String(MAX_REASON_CHARACTERS)} characters, got ${quote(custodyQuorum)}`;
    throw invalid(jsonPath(where, 'custody-quorum'), detail);
  }
  return { name, signers, threshold, period: parsePeriod(raw, where), custodyQuorum };
}

function parseDelegation(name: string, raw: JsonObject, people: Policy['people'], where: string): PolicyDelegation {
  onlyKeys(raw, ['parent', 'paths', 'terminating', ...ROLE_KEYS], where);
  const role = parseDelegatedRoleName(name, where);
  for (const finding of reviewRoleName(name)) throw invalid(where, `expected a name that every client reads: ${finding.detail}`);
  const paths = texts(raw, 'paths', where);
  for (const pattern of paths) {
    const refused = reviewPattern(pattern).find(({ severity }) => severity === 'refused');
    if (refused !== undefined)
      throw invalid(
        jsonPath(where, 'paths'),
        `expected a pattern that clients read alike, got ${quote(pattern)}: ${refused.detail} (${refused.clients.join(', ')})`,
      );
  }
  const parent = raw.has('parent') ? text(raw, 'parent', where) : TARGETS;
  const terminating = raw.get('terminating') ?? true;
  if (typeof terminating !== 'boolean') throw invalid(jsonPath(where, 'terminating'), 'expected true or false');
  return {
    ...parseRole(role, raw, people, where),
    parent: parent === TARGETS ? TARGETS : parseDelegatedRoleName(parent, where),
    paths,
    terminating,
  };
}

function parseOnline(raw: JsonObject, where: string): PolicyOnlineRole {
  onlyKeys(raw, ['keys', 'expires', 'renew'], where);
  return { keys: texts(raw, 'keys', where), period: parsePeriod(raw, where) };
}

function section(policy: JsonObject, key: string): ReadonlyMap<string, JsonObject> {
  const entries = asObject(policy.get(key), key);
  return new Map([...entries].map(([name, value]: [string, JsonValue]) => [name, asObject(value, jsonPath(key, name))]));
}

function required(entries: ReadonlyMap<string, JsonObject>, key: string, where: string): JsonObject {
  const value = entries.get(key);
  if (value === undefined) throw invalid(`${where}.${key}`, 'expected this entry, got nothing');
  return value;
}

/** Runs each step, and keeps what is wrong in any of them: a person mends all mistakes of a policy at once. */
class Mistakes {
  readonly found: Refusal[] = [];

  /** What `step` gives; null when it is refused. */
  try<T>(step: () => T): T | null {
    const outcome = outcomeOf(step);
    if (outcome.kind === 'accepted') return outcome.value;
    this.found.push(outcome.refusal);
    return null;
  }
}

/** Reads each of some entries; those that are refused are left out. */
function readEach<T>(
  entries: Iterable<readonly [string, JsonObject]>,
  read: (name: string, raw: JsonObject) => T,
  mistakes: Mistakes,
): Map<string, T> {
  const all = new Map<string, T>();
  for (const [name, raw] of entries) {
    const value = mistakes.try(() => read(name, raw));
    if (value !== null) all.set(name, value);
  }
  return all;
}

/** A policy, or all that is wrong with it as far as one mistake does not hide another. */
export type PolicyReading =
  { readonly kind: 'policy'; readonly policy: Policy } | { readonly kind: 'refused'; readonly mistakes: readonly Refusal[] };

/**
 * Reads a policy. Unknown fields are errors: a misspelt `treshold` must not become a default.
 * @returns mistakes with the codes `policy-invalid`, `field-type`, `role-name-invalid`, `threshold-invalid`, each naming the field
 */
export function reviewPolicy(value: JsonValue): PolicyReading {
  const mistakes = new Mistakes();
  const policy = mistakes.try(() => asObject(value, 'policy'));
  if (policy === null) return { kind: 'refused', mistakes: mistakes.found };
  mistakes.try(() => {
    onlyKeys(policy, ['people', 'roles', 'online'], 'policy');
  });
  const named = mistakes.try(() => section(policy, 'people'));
  const people = readEach(named ?? [], (name, raw) => parsePerson(name, raw, `people.${name}`), mistakes);
  mistakes.try(() => {
    requireOwnNames(people);
  });
  const roles = mistakes.try(() => section(policy, 'roles')) ?? new Map<string, JsonObject>();
  // Their files have their names, and would be one file where systems don't tell them apart.
  mistakes.try(() => {
    requireTellable(roles.keys(), 'roles');
  });
  // Whoever is named, however wrongly, is no mistake of the role that names them.
  const known = new Map([...(named ?? [])].map(([name]) => [name, people.get(name) ?? { name, github: null, key: '', custody: null }]));
  const top = <N extends RoleName | 'root'>(name: N): (PolicyRole & { readonly name: N }) | null =>
    mistakes.try(() => {
      const raw = required(roles, name, 'roles');
      onlyKeys(raw, ROLE_KEYS, `roles.${name}`);
      return parseRole(name, raw, known, `roles.${name}`);
    });
  const [root, targets] = [top('root'), top(TARGETS)];
  const below = [...roles].filter(([name]) => name !== 'root' && name !== TARGETS);
  const delegations = [...readEach(below, (name, raw) => parseDelegation(name, raw, known, `roles.${name}`), mistakes).values()];
  // A parent that is wrong itself is told once.
  if (delegations.length === below.length)
    mistakes.try(() => {
      requireTree(delegations);
    });
  const online = mistakes.try(() => {
    const entries = section(policy, 'online');
    onlyKeys(asObject(policy.get('online'), 'online'), ['snapshot', 'timestamp'], 'online');
    return entries;
  });
  const signedOnline = (name: 'snapshot' | 'timestamp'): PolicyOnlineRole | null =>
    online === null ? null : mistakes.try(() => parseOnline(required(online, name, 'online'), `online.${name}`));
  const [snapshot, timestamp] = [signedOnline('snapshot'), signedOnline('timestamp')];
  if (mistakes.found.length > 0 || root === null || targets === null || snapshot === null || timestamp === null)
    return { kind: 'refused', mistakes: mistakes.found };
  return { kind: 'policy', policy: { people, root, targets, delegations, snapshot, timestamp } };
}

/**
 * Parses a policy.
 * @throws the first mistake that {@link reviewPolicy} finds
 */
export function parsePolicy(value: JsonValue): Policy {
  const reading = reviewPolicy(value);
  if (reading.kind === 'policy') return reading.policy;
  const [first] = reading.mistakes;
  throw new CountersignError(first?.code ?? 'policy-invalid', first?.where ?? 'policy', first?.detail ?? 'expected a policy, got none');
}

/** Every parent exists, and following parents ends at `targets`. */
function requireTree(delegations: readonly PolicyDelegation[]): void {
  const parents = new Map(delegations.map(({ name, parent }) => [name, parent]));
  for (const { name } of delegations) {
    let at: RoleName = name;
    for (let steps = 0; at !== TARGETS; steps++) {
      const parent = parents.get(at);
      if (parent === undefined) throw invalid(`roles.${name}.parent`, `expected a role of this policy, got ${quote(at)}`);
      if (steps > delegations.length) throw invalid(`roles.${name}.parent`, 'expected parents that lead to targets, got a circle');
      at = parent;
    }
  }
}
