// SPDX-License-Identifier: Apache-2.0
import { createHash, sign, type KeyObject } from 'node:crypto';
import type { RepositorySource } from '../../src/client/source.ts';
import { mapSource } from '../../src/client/source.ts';
import { memoryStore, type ClientStore, type MemoryStore } from '../../src/client/store.ts';
import { bootstrap } from '../../src/client/updater.ts';
import { ed25519FromSeed } from '../../src/signers/ed25519.ts';
import { describeKey } from '../../src/signers/tuf-key.ts';
import { encodeCanonicalJson } from '../../src/tuf/canonical.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { encodeInstant, parseInstant, type Instant } from '../../src/tuf/instant.ts';
import type { JsonObject } from '../../src/tuf/json.ts';
import { keyIdOf, type KeyId } from '../../src/tuf/key.ts';
import { encodeMetadata } from '../../src/tuf/metadata.ts';
import { encodeRoleName, parseSha256, parseTargetPath, type TopLevelRole } from '../../src/tuf/names.ts';
import { targetFilePaths } from '../../src/tuf/published-tree.ts';
import { jsonObject } from '../../src/tuf/signed-part.ts';

export const NOW: Instant = parseInstant('2030-01-01T00:00:00Z', 'test');
export const LATER: Instant = parseInstant('2030-02-01T00:00:00Z', 'test');
export const BEFORE: Instant = parseInstant('2029-12-31T23:59:59Z', 'test');

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A key of a test. */
export interface NamedKey {
  readonly privateKey: KeyObject;
  readonly publicKey: JsonObject;
  readonly keyId: KeyId;
}

/** Always the same key for a name. */
function keyNamed(name: string): NamedKey {
  const privateKey = ed25519FromSeed(createHash('sha256').update(name).digest());
  const description = describeKey(privateKey);
  if (description.kind === 'unsupported') throw new Error('ed25519 is supported');
  return { privateKey, publicKey: description.publicKey, keyId: keyIdOf(description.publicKey) };
}

const known = new Map<string, NamedKey>();
export function key(name: string): NamedKey {
  const found = known.get(name) ?? keyNamed(name);
  known.set(name, found);
  return found;
}

export function signFile(signed: JsonObject, signers: readonly string[]): Uint8Array {
  const payload = encodeCanonicalJson(signed);
  const signatures = signers.map((name) => ({ keyId: key(name).keyId, sig: sign(null, payload, key(name).privateKey).toString('hex') }));
  return encodeMetadata(signed, signatures);
}

const keyTable = (names: Iterable<string>): JsonObject => new Map([...names].map((name) => [key(name).keyId, key(name).publicKey]));
const roleKeys = (names: readonly string[], threshold = 1) => ({ keyids: names.map((name) => key(name).keyId), threshold });

export interface Delegation {
  name: string;
  keys: string[];
  threshold?: number;
  paths?: string[];
  terminating?: boolean;
}

export interface RoleState {
  version: number;
  signers: string[];
  targets: Map<string, Uint8Array>;
  delegations: Delegation[];
  /** Hash bins instead of `delegations`. */
  bins?: { prefix: string; bits: number; key: string };
  /** Of its own, instead of that of all targets roles. */
  expires?: Instant;
}

function newRole(signers: string[], targets: Record<string, string> = {}): RoleState {
  const contents = Object.entries(targets).map(([path, text]): [string, Uint8Array] => [path, bytesOf(text)]);
  return { version: 1, signers, targets: new Map(contents), delegations: [] };
}

/** A repository that changes as tests say, never refuses, and signs whatever it holds: what it publishes may well be wrong. */
export class TestRepository {
  readonly files: Map<string, Uint8Array> = new Map();
  readonly keys: Record<TopLevelRole, string[]> = {
    root: ['root-a', 'root-b'],
    timestamp: ['timestamp'],
    snapshot: ['snapshot'],
    targets: ['targets'],
  };
  readonly expires: Record<TopLevelRole, Instant> = { root: LATER, timestamp: LATER, snapshot: LATER, targets: LATER };
  readonly versions: Record<'root' | 'timestamp' | 'snapshot', number> = { root: 0, timestamp: 0, snapshot: 0 };
  readonly roles: Map<string, RoleState> = new Map([['targets', newRole(['targets'])]]);
  consistent = true;
  listsLengths = true;
  #oldRootKeys: string[] = [];

  constructor() {
    this.publishRoot();
  }

  role(name: string): RoleState {
    const role = this.roles.get(name);
    if (role === undefined) throw new Error(`no role ${name}`);
    return role;
  }

  /** Delegates from `parent` to a new role, signed by keys of its name. */
  delegate(parent: string, delegation: Delegation, targets: Record<string, string> = {}): this {
    this.role(parent).delegations.push(delegation);
    this.role(parent).version += this.versions.snapshot === 0 ? 0 : 1;
    if (!this.roles.has(delegation.name)) this.roles.set(delegation.name, newRole(delegation.keys, targets));
    return this;
  }

  publishRoot(signers: string[] = [...new Set([...this.#oldRootKeys, ...this.keys.root])]): this {
    const { root, timestamp, snapshot, targets } = this.keys;
    const roles = {
      root: roleKeys(root, root.length),
      timestamp: roleKeys(timestamp),
      snapshot: roleKeys(snapshot),
      targets: roleKeys(targets),
    };
    const signed = jsonObject({
      ...this.#header('root', ++this.versions.root, this.expires.root),
      consistent_snapshot: this.consistent,
      keys: keyTable(new Set([...root, ...timestamp, ...snapshot, ...targets])),
      roles: jsonObject(Object.fromEntries(Object.entries(roles).map(([name, value]) => [name, jsonObject(value)]))),
    });
    this.files.set(`metadata/${this.versions.root}.root.json`, signFile(signed, signers));
    this.#oldRootKeys = [...root];
    return this;
  }

  /** Writes all roles as they are now, a new snapshot and a new timestamp. */
  publish(): this {
    const meta = new Map([...this.roles].map(([name, role]) => [`${name}.json`, this.#listed(role.version, this.#writeRole(name, role))]));
    this.versions.snapshot++;
    return this.publishSnapshot(meta);
  }

  publishSnapshot(meta: JsonObject): this {
    const signed = jsonObject({ ...this.#header('snapshot', this.versions.snapshot, this.expires.snapshot), meta });
    const bytes = signFile(signed, this.keys.snapshot);
    this.#write('snapshot', this.versions.snapshot, bytes);
    return this.publishTimestamp(this.#listed(this.versions.snapshot, bytes));
  }

  publishTimestamp(snapshot: JsonObject): this {
    const header = this.#header('timestamp', ++this.versions.timestamp, this.expires.timestamp);
    const signed = jsonObject({ ...header, meta: new Map([['snapshot.json', snapshot]]) });
    this.files.set('metadata/timestamp.json', signFile(signed, this.keys.timestamp));
    return this;
  }

  source(): RepositorySource {
    return mapSource(this.files);
  }

  #header(type: string, version: number, expires: Instant) {
    return { _type: type, spec_version: '1.0.0', version, expires: encodeInstant(expires) };
  }

  #listed(version: number, bytes: Uint8Array): JsonObject {
    const content = this.listsLengths ? { length: bytes.length, hashes: jsonObject({ sha256: sha256(bytes) }) } : {};
    return jsonObject({ version, ...content });
  }

  #write(role: string, version: number, bytes: Uint8Array): Uint8Array {
    this.files.set(`metadata/${this.consistent ? `${version}.` : ''}${encodeRoleName(role)}.json`, bytes);
    return bytes;
  }

  #writeRole(name: string, { version, signers, targets, delegations, bins, expires }: RoleState): Uint8Array {
    for (const [path, bytes] of targets) {
      const target = parseTargetPath(path, 'test');
      const paths = this.consistent ? targetFilePaths(target, parseSha256(sha256(bytes), 'test')) : [`targets/${path}`];
      for (const place of paths) this.files.set(place, bytes);
    }
    const entries = [...targets].map(([path, bytes]): [string, JsonObject] => [
      path,
      jsonObject({ length: bytes.length, hashes: jsonObject({ sha256: sha256(bytes) }) }),
    ]);
    const succinct = bins && jsonObject({ ...roleKeys([bins.key]), bit_length: bins.bits, name_prefix: bins.prefix });
    const roles = delegations.map(({ name: child, keys, threshold, paths, terminating }) =>
      jsonObject({ name: child, ...roleKeys(keys, threshold), paths: paths ?? ['*'], terminating: terminating ?? false }),
    );
    const table = keyTable(bins ? [bins.key] : new Set(delegations.flatMap(({ keys }) => keys)));
    const delegated = succinct ? jsonObject({ keys: table, succinct_roles: succinct }) : jsonObject({ keys: table, roles });
    const signed = jsonObject({
      ...this.#header('targets', version, expires ?? this.expires.targets),
      targets: new Map(entries),
      delegations: succinct || delegations.length > 0 ? delegated : undefined,
    });
    return this.#write(name, version, signFile(signed, signers));
  }
}

/** A store that has the root of this version. */
export async function newClient(repository: TestRepository, version = 1): Promise<MemoryStore> {
  const store = memoryStore();
  await bootstrap(store, file(repository, `metadata/${version}.root.json`), NOW);
  return store;
}

export function file(repository: TestRepository, path: string): Uint8Array {
  const bytes = repository.files.get(path);
  if (bytes === undefined) throw new Error(`no file ${path}`);
  return bytes;
}

/** `source`, and the paths that it was asked for. */
export function recording(source: RepositorySource): { source: RepositorySource; asked: string[] } {
  const asked: string[] = [];
  const metadata: RepositorySource['metadata'] = (path, maxBytes) => {
    asked.push(path.replace('metadata/', ''));
    return source.metadata(path, maxBytes);
  };
  const target: RepositorySource['target'] = (path, maxBytes) => {
    asked.push(path);
    return source.target(path, maxBytes);
  };
  return { asked, source: { ...source, metadata, target } };
}

/** `store`, which stops working after so many changes, as a process does that is killed. */
export function crashingStore(store: ClientStore, changes: number): ClientStore {
  let left = changes;
  const change = <T extends unknown[]>(operation: (...args: T) => Promise<void>) => {
    return async (...args: T): Promise<void> => {
      if (left-- === 0) throw new CountersignError('io', 'store', 'expected to live, got killed');
      await operation(...args);
    };
  };
  return { read: store.read, write: change(store.write), remove: change(store.remove) };
}

/** The code that `promise` is refused with; `none` when it is not. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'none';
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return error.code;
  }
}

/** A metadata file that says something else, at the same length and with the same signatures. */
export function altered(bytes: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(bytes);
  const other = text.replace('"2030-02-01', '"2030-02-02');
  if (other === text) throw new Error('nothing to alter');
  return bytesOf(other);
}

/** `bytes` with one bit changed. */
export function flipped(bytes: Uint8Array): Uint8Array {
  const at = Math.floor(bytes.length / 2);
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}
