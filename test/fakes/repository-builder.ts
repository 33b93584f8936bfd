// SPDX-License-Identifier: Apache-2.0
// A TUF repository in memory, with real signatures by keys that are the same in each run. A test starts from `newRepository()`, changes
// the plain description, and `build()`s the files that a client would see:
//
//   const repository = newRepository();
//   addTarget(repository, 'targets', 'notes.txt', 'hello');
//   repository.timestamp.signed.expires = '2029-01-01T00:00:00Z';
//   const files = build(repository); // 'metadata/1.root.json', …, 'metadata/timestamp.json', 'targets/v1/<sha256>.app.bin'
//
// Nothing is validated: wrong descriptions are what it is for. Versions, lengths and hashes of lower files are listed while building, so a
// change below is never refused for a stale hash. Hooks on each file change what can't be described: see FileDraft.
import { createHash } from 'node:crypto';
import { encodeCanonicalJson, encodeJsonFile } from '../../src/tuf/canonical.ts';
import type { JsonObject, JsonValue } from '../../src/tuf/json.ts';
import { encodeRoleName } from '../../src/tuf/names.ts';
import { objectFromPlain, type PlainObject } from './plain-json.ts';
import { ALICE, BOB, CAROL, DAVE, SNAPSHOT_KEY, TIMESTAMP_KEY, type TestSigner } from './test-signer.ts';

/** `x-countersign`. */
export interface BindingDraft extends PlainObject {
  repository: string;
  role: string;
}

/** `keyids` and `threshold` of a role. */
export interface RoleDraft extends PlainObject {
  keyids: string[];
  threshold: number;
}

/** What every `signed` part has. `version` and `expires` may be given values that no valid file has. */
export interface SignedDraft extends PlainObject {
  _type: string;
  spec_version: string;
  version: number;
  expires: string;
  'x-countersign'?: BindingDraft;
}

/** The `signed` part of a root. */
export interface RootDraft extends SignedDraft {
  consistent_snapshot: boolean;
  keys: Record<string, PlainObject>;
  roles: { root: RoleDraft; targets: RoleDraft; snapshot: RoleDraft; timestamp: RoleDraft };
}

/** An entry of `targets`. */
export interface TargetDraft extends PlainObject {
  length: number;
  hashes: Record<string, string>;
}

/** A delegation by name. */
export interface DelegationDraft extends RoleDraft {
  name: string;
  terminating: boolean;
  paths?: string[];
}

/** The `succinct_roles` of a targets role (TAP 15). */
export interface SuccinctDraft extends RoleDraft {
  bit_length: number;
  name_prefix: string;
}

/** The `delegations` of a targets role. */
export interface DelegationsDraft extends PlainObject {
  keys: Record<string, PlainObject>;
  roles?: DelegationDraft[];
  succinct_roles?: SuccinctDraft;
}

/** The `signed` part of a targets role. */
export interface TargetsDraft extends SignedDraft {
  targets: Record<string, TargetDraft>;
  delegations?: DelegationsDraft;
}

/** The `signed` part of a snapshot or timestamp. Entries of `meta` that are given replace those that {@link build} would list. */
export interface OnlineDraft extends SignedDraft {
  meta: Record<string, PlainObject>;
}

/** A file as it is written: what `afterSigning` may change. */
export interface EnvelopeDraft {
  signed: JsonObject;
  signatures: { keyid: string; sig: string }[];
}

/** A file to be: what it says, who signs it, and three hooks, in the order in which they are called. */
export interface FileDraft<T extends SignedDraft> {
  signed: T;
  signers: TestSigner[];
  /** Changes a copy of `signed` after lower files were listed in it, before it is signed. */
  beforeSigning?: (signed: T) => void;
  /** Changes what was signed or the signatures; the files above list the result. */
  afterSigning?: (envelope: EnvelopeDraft) => void;
  /** Changes the bytes that are served; the files above list them as they were. */
  served?: (bytes: Uint8Array) => Uint8Array;
}

/** A repository to be. */
export interface RepositoryDraft {
  /** By version, from 1; {@link build} names the files by their place here. */
  roots: FileDraft<RootDraft>[];
  targets: FileDraft<TargetsDraft>;
  delegated: Map<string, FileDraft<TargetsDraft>>;
  snapshot: FileDraft<OnlineDraft>;
  timestamp: FileDraft<OnlineDraft>;
  /** Target files by path. */
  content: Map<string, Uint8Array>;
}

/** The repository id in all files of {@link newRepository}. */
export const REPOSITORY_ID = '7b1d3f7e-95c2-4d4e-9a59-0c3f4e6d2a10';
/** When everything of {@link newRepository} expires. */
export const EXPIRES = '2031-01-01T00:00:00Z';
/** A moment at which nothing of {@link newRepository} has expired. */
export const NOW = '2030-01-01T00:00:00Z';
/** A moment before {@link NOW}. */
export const PAST = '2029-01-01T00:00:00Z';

function header(type: string): SignedDraft {
  return { _type: type, spec_version: '1.0.0', version: 1, expires: EXPIRES };
}

function keysOf(signers: readonly TestSigner[]): Record<string, PlainObject> {
  return Object.fromEntries(signers.map(({ keyId, key }) => [keyId, key]));
}

/** `keyids` and `threshold`: all must sign unless `threshold` says otherwise. */
export function roleOf(signers: readonly TestSigner[], threshold: number = signers.length): RoleDraft {
  return { keyids: signers.map(({ keyId }) => keyId), threshold };
}

function bindingOf(role: string): { 'x-countersign': { repository: string; role: string } } {
  return { 'x-countersign': { repository: REPOSITORY_ID, role } };
}

function targetsFile(role: string, signers: TestSigner[]): FileDraft<TargetsDraft> {
  return { signed: { ...header('targets'), targets: {}, 'x-countersign': { repository: REPOSITORY_ID, role } }, signers };
}

/**
 * A valid repository at version 1 of everything. Root and targets need {@link ALICE} and {@link BOB}; snapshot and timestamp one key each;
 * targets delegates `v1/*` to `releases`, terminating, which needs {@link CAROL} and {@link DAVE} and lists `v1/app.bin`.
 */
export function newRepository(): RepositoryDraft {
  const people = [ALICE, BOB];
  const root: RootDraft = {
    ...header('root'),
    consistent_snapshot: true,
    keys: keysOf([...people, SNAPSHOT_KEY, TIMESTAMP_KEY]),
    roles: { root: roleOf(people), targets: roleOf(people), snapshot: roleOf([SNAPSHOT_KEY]), timestamp: roleOf([TIMESTAMP_KEY]) },
    'x-countersign': { repository: REPOSITORY_ID, role: 'root' },
  };
  const repository: RepositoryDraft = {
    roots: [{ signed: root, signers: people }],
    targets: targetsFile('targets', people),
    delegated: new Map(),
    snapshot: { signed: { ...header('snapshot'), meta: {}, ...bindingOf('snapshot') }, signers: [SNAPSHOT_KEY] },
    timestamp: { signed: { ...header('timestamp'), meta: {}, ...bindingOf('timestamp') }, signers: [TIMESTAMP_KEY] },
    content: new Map(),
  };
  addDelegation(repository, 'targets', { name: 'releases', signers: [CAROL, DAVE], paths: ['v1/*'], terminating: true });
  addTarget(repository, 'releases', 'v1/app.bin', 'the application');
  return repository;
}

/** The file of a targets role; the test is wrong if there is none. */
export function roleFile(repository: RepositoryDraft, role: string): FileDraft<TargetsDraft> {
  const file = role === 'targets' ? repository.targets : repository.delegated.get(role);
  if (file === undefined) throw new Error(`the repository has no role ${role}`);
  return file;
}

/** The newest root. */
export function lastRoot(repository: RepositoryDraft): FileDraft<RootDraft> {
  const root = repository.roots.at(-1);
  if (root === undefined) throw new Error('the repository has no root');
  return root;
}

/** A delegation of `targets` by name; the test is wrong if there is none. */
export function delegationNamed(repository: RepositoryDraft, name: string): DelegationDraft {
  const delegation = repository.targets.signed.delegations?.roles?.find((role) => role.name === name);
  if (delegation === undefined) throw new Error(`targets does not delegate ${name}`);
  return delegation;
}

/** A delegation to make. All of `signers` must sign. */
export interface NewDelegation {
  readonly name: string;
  readonly signers: TestSigner[];
  readonly paths: string[];
  readonly terminating: boolean;
}

/** Appends a delegation to `delegator` and makes its file, empty, at version 1. Returns the delegation, to be changed further. */
export function addDelegation(
  repository: RepositoryDraft,
  delegator: string,
  { name, signers, paths, terminating }: NewDelegation,
): DelegationDraft {
  const { signed } = roleFile(repository, delegator);
  signed.delegations ??= { keys: {}, roles: [] };
  const delegation = { name, paths, terminating, ...roleOf(signers) };
  Object.assign(signed.delegations.keys, keysOf(signers));
  (signed.delegations.roles ??= []).push(delegation);
  if (!repository.delegated.has(name)) repository.delegated.set(name, targetsFile(name, signers));
  return delegation;
}

/** Lists a target in a role, with its length and sha256, and serves it. Returns the entry, to be changed further. */
export function addTarget(repository: RepositoryDraft, role: string, path: string, text: string): TargetDraft {
  const bytes = new TextEncoder().encode(text);
  const entry = { length: bytes.length, hashes: { sha256: sha256(bytes) } };
  roleFile(repository, role).signed.targets[path] = entry;
  repository.content.set(path, bytes);
  return entry;
}

/** Appends the next root, a copy of the newest one, signed by the same people. */
export function addRoot(repository: RepositoryDraft): FileDraft<RootDraft> {
  const next = copyFile(lastRoot(repository));
  next.signed.version++;
  repository.roots.push(next);
  return next;
}

/** Gives a top-level role its keys in the newest root, and has them sign. For the role root, whoever signed that root signs it still. */
export function setRole(repository: RepositoryDraft, role: keyof RootDraft['roles'], signers: TestSigner[], threshold?: number): void {
  const root = lastRoot(repository);
  Object.assign(root.signed.keys, keysOf(signers));
  root.signed.roles[role] = roleOf(signers, threshold);
  if (role === 'root') root.signers = [...new Set([...root.signers, ...signers])];
  else repository[role].signers = signers;
}

/** Replaces what `targets` delegates by two hash bins, `bin-0` and `bin-1`, each with its file. Returns the delegation, to be changed further. */
export function delegateToBins(repository: RepositoryDraft, signers: TestSigner[]): SuccinctDraft {
  const succinct = { ...roleOf(signers), bit_length: 1, name_prefix: 'bin' };
  repository.targets.signed.delegations = { keys: keysOf(signers), succinct_roles: succinct };
  repository.delegated = new Map(['bin-0', 'bin-1'].map((name) => [name, targetsFile(name, signers)]));
  return succinct;
}

/** Has every file, from the newest root on, name another repository. */
export function setRepositoryId(repository: RepositoryDraft, id: string): void {
  const { targets, snapshot, timestamp, delegated } = repository;
  for (const { signed } of [lastRoot(repository), targets, snapshot, timestamp, ...delegated.values()]) {
    const binding = signed['x-countersign'];
    if (binding !== undefined) binding.repository = id;
  }
}

/** Raises versions by one. */
export function bump(...files: readonly { readonly signed: SignedDraft }[]): void {
  for (const { signed } of files) signed.version++;
}

function copyFile<T extends SignedDraft>({ signed, signers }: FileDraft<T>): FileDraft<T> {
  return { signed: structuredClone(signed), signers: [...signers] };
}

/** A copy that shares nothing; hooks are left behind. */
export function copyRepository(repository: RepositoryDraft): RepositoryDraft {
  return {
    roots: repository.roots.map(copyFile),
    targets: copyFile(repository.targets),
    delegated: new Map([...repository.delegated].map(([role, file]) => [role, copyFile(file)])),
    snapshot: copyFile(repository.snapshot),
    timestamp: copyFile(repository.timestamp),
    content: new Map(repository.content),
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function seal<T extends SignedDraft>(file: FileDraft<T>): Uint8Array {
  const draft = structuredClone(file.signed);
  file.beforeSigning?.(draft);
  const signed = objectFromPlain(draft);
  const payload = encodeCanonicalJson(signed);
  const envelope: EnvelopeDraft = { signed, signatures: file.signers.map(({ keyId, sign }) => ({ keyid: keyId, sig: sign(payload) })) };
  file.afterSigning?.(envelope);
  const signatures = envelope.signatures.map((entry) => new Map(Object.entries(entry)));
  return encodeJsonFile(
    new Map<string, JsonValue>([
      ['signatures', signatures],
      ['signed', envelope.signed],
    ]),
  );
}

function listed(file: { readonly signed: SignedDraft }, bytes: Uint8Array): PlainObject {
  return { version: file.signed.version, length: bytes.length, hashes: { sha256: sha256(bytes) } };
}

/** Signs everything, from the leaves up. Returns all files that a client may ask for, by path. */
export function build(repository: RepositoryDraft): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const serve = (path: string, file: Pick<FileDraft<SignedDraft>, 'served'>, bytes: Uint8Array): void => {
    files.set(path, file.served?.(bytes) ?? bytes);
  };
  repository.roots.forEach((root, index) => {
    serve(`metadata/${String(index + 1)}.root.json`, root, seal(root));
  });
  const roles: Record<string, PlainObject> = {};
  for (const [role, file] of [...repository.delegated, ['targets', repository.targets] as const]) {
    const bytes = seal(file);
    roles[`${role}.json`] = listed(file, bytes);
    serve(`metadata/${String(file.signed.version)}.${encodeRoleName(role)}.json`, file, bytes);
  }
  const { snapshot, timestamp } = repository;
  const snapshotBytes = seal({ ...snapshot, signed: { ...snapshot.signed, meta: { ...roles, ...snapshot.signed.meta } } });
  serve(`metadata/${String(snapshot.signed.version)}.snapshot.json`, snapshot, snapshotBytes);
  const meta = { 'snapshot.json': listed(snapshot, snapshotBytes), ...timestamp.signed.meta };
  serve('metadata/timestamp.json', timestamp, seal({ ...timestamp, signed: { ...timestamp.signed, meta } }));
  for (const [path, bytes] of repository.content) {
    const slash = path.lastIndexOf('/') + 1;
    files.set(`targets/${path.slice(0, slash)}${sha256(bytes)}.${path.slice(slash)}`, bytes);
  }
  return files;
}
