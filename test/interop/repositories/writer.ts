// SPDX-License-Identifier: Apache-2.0
// Writes a repository with the product's own parts: what is in each file, how it is encoded, signed, named and listed is decided in src. Only what a
// repository holds is decided here, so that it can hold what policies do not allow.
import { encodeCanonicalJson } from '../../../src/tuf/canonical.ts';
import { bindingObject } from '../../../src/tuf/signed-part.ts';
import { parseRepositoryId } from '../../../src/tuf/binding.ts';
import { binName, binOfPath, type SuccinctRoles } from '../../../src/tuf/delegations.ts';
import { stageTargets, type NewTarget } from '../../../src/tuf/edit-targets.ts';
import { addSeconds, type Instant } from '../../../src/tuf/instant.ts';
import type { JsonObject, JsonValue } from '../../../src/tuf/json.ts';
import { encodeMetadata } from '../../../src/tuf/metadata.ts';
import {
  parseSha256,
  parseTargetPath,
  parseTargetsRoleName,
  parseThreshold,
  parseVersion,
  TARGETS,
  type RoleName,
  type TargetPath,
} from '../../../src/tuf/names.ts';
import { listFile, planSnapshot, planTimestamp, type ListedFile } from '../../../src/tuf/plan-online.ts';
import { metadataPath, rootPath, targetFilePaths, TIMESTAMP_PATH } from '../../../src/tuf/published-tree.ts';
import { parseRoot, type Root } from '../../../src/tuf/root.ts';
import { sha256Hex } from '../../../src/tuf/sha256.ts';
import {
  jsonObject,
  newRootSigned,
  newSnapshotSigned,
  newTargetsSigned,
  newTimestampSigned,
  roleKeysObject,
  type NewHeader,
} from '../../../src/tuf/signed-part.ts';
import { parseTargets } from '../../../src/tuf/targets.ts';
import type { RoleKeys } from '../../../src/tuf/threshold.ts';
import type { SigningKey } from './keys.ts';

/** Keys of a role and how many of them must sign: all, unless `threshold` says otherwise. As many sign as must. */
export interface RoleSigners {
  readonly keys: readonly SigningKey[];
  readonly threshold?: number;
}

/** A delegation to a role by patterns, or by prefixes of the hash of a path. */
export interface Delegation extends RoleSigners {
  readonly name: string;
  readonly paths?: readonly string[];
  readonly hashPrefixes?: readonly string[];
  readonly terminating?: boolean;
}

/** A targets role. Roles of {@link RepositoryContent.roles} are found by the names that delegations give them. */
export interface RoleContent {
  /** Texts by target path. */
  readonly targets?: Readonly<Record<string, string>>;
  readonly delegations?: readonly Delegation[];
  /** Succinct hash bins (TAP 15); the texts of `binned` go where they belong. */
  readonly bins?: RoleSigners & { readonly prefix: string; readonly bits: number; readonly binned: Readonly<Record<string, string>> };
}

/** The keys of the top-level roles in one version of the root. */
export interface RootContent {
  readonly root: RoleSigners;
  readonly targets: RoleSigners;
  readonly snapshot: RoleSigners;
  readonly timestamp: RoleSigners;
}

/** A repository to be. */
export interface RepositoryContent {
  /** By version, from 1. */
  readonly roots: readonly RootContent[];
  readonly targets: RoleContent;
  readonly roles?: Readonly<Record<string, RoleContent>>;
  /** The version of all targets roles, the snapshot and the timestamp. */
  readonly version?: number;
  /** Who signs the snapshot and the timestamp besides those of the last root. */
  readonly retired?: readonly SigningKey[];
  /** Where target files are: everywhere that a client looks, or at one of the two places only. */
  readonly hosting?: 'all' | 'directory-first' | 'hash-first';
}

const REPOSITORY = parseRepositoryId('7b1d3f7e-95c2-4d4e-9a59-0c3f4e6d2a11', 'interop');
const YEAR_SECONDS = 365 * 86_400;

function roleKeys({ keys, threshold = keys.length }: RoleSigners): RoleKeys {
  return { keyIds: keys.map(({ keyId }) => keyId), threshold: parseThreshold(threshold, 'interop') };
}

function keyTable(roles: readonly RoleSigners[]): JsonObject {
  return new Map<string, JsonValue>(roles.flatMap(({ keys }) => keys.map(({ keyId, publicKey }) => [keyId, publicKey])));
}

async function seal(signed: JsonObject, signers: readonly SigningKey[]): Promise<Uint8Array> {
  const payload = encodeCanonicalJson(signed);
  const distinct = [...new Map(signers.map((key) => [key.keyId, key])).values()];
  return encodeMetadata(signed, await Promise.all(distinct.map(async ({ keyId, signer }) => ({ keyId, sig: await signer.sign(payload) }))));
}

function signersOf({ keys, threshold = keys.length }: RoleSigners): readonly SigningKey[] {
  return keys.slice(0, threshold);
}

/** One repository while it is written: files by path, and what the snapshot will list. */
class Writer {
  readonly files: Map<string, Uint8Array> = new Map();
  readonly #content: RepositoryContent;
  readonly #header: NewHeader;
  readonly #listed: Map<RoleName, ListedFile> = new Map();

  constructor(content: RepositoryContent, now: Instant) {
    this.#content = content;
    this.#header = { version: parseVersion(content.version ?? 1, 'interop'), expires: addSeconds(now, YEAR_SECONDS) };
  }

  async write(): Promise<void> {
    const { roots, targets, roles = {} } = this.#content;
    const root = await this.#writeRoots(roots);
    const last = roots.at(-1);
    if (last === undefined) throw new Error('a repository needs a root');
    await this.#writeRole(TARGETS, targets, last.targets, roles);
    await this.#writeOnline(root, last);
  }

  async #writeRoots(roots: readonly RootContent[]): Promise<Root> {
    let root: Root | null = null;
    for (const [index, content] of roots.entries()) {
      const version = parseVersion(index + 1, 'interop');
      const { root: people, targets, snapshot, timestamp } = content;
      const signed = newRootSigned(
        { ...this.#header, version },
        {
          keys: keyTable([people, targets, snapshot, timestamp]),
          roles: {
            root: roleKeys(people),
            targets: roleKeys(targets),
            snapshot: roleKeys(snapshot),
            timestamp: roleKeys(timestamp),
          },
          binding: bindingObject(REPOSITORY, 'root'),
        },
      );
      const before = roots[index - 1]?.root;
      const bytes = await seal(signed, [...signersOf(people), ...(before === undefined ? [] : signersOf(before))]);
      this.files.set(rootPath(version), bytes);
      root = parseRoot(bytes).signed;
    }
    if (root === null) throw new Error('a repository needs a root');
    return root;
  }

  async #writeRole(
    name: RoleName,
    content: RoleContent,
    signers: RoleSigners,
    roles: Readonly<Record<string, RoleContent>>,
  ): Promise<void> {
    if (this.#listed.has(name)) return;
    const binding = bindingObject(REPOSITORY, name);
    const empty = await seal(newTargetsSigned(this.#header, { targets: new Map(), binding }), []);
    const add = this.#addTargets(content.targets ?? {});
    const { targets } = stageTargets(parseTargets(empty).signed, { add, remove: new Set(), existing: 'refuse' });
    const signed = newTargetsSigned(this.#header, { targets, delegations: delegationsOf(content), binding });
    this.#writeListed(name, await seal(signed, signersOf(signers)));
    for (const delegation of content.delegations ?? []) {
      await this.#writeRole(parseTargetsRoleName(delegation.name, 'interop'), roles[delegation.name] ?? {}, delegation, roles);
    }
    if (content.bins !== undefined) await this.#writeBins(content.bins);
  }

  async #writeBins(bins: NonNullable<RoleContent['bins']>): Promise<void> {
    const succinct: SuccinctRoles = { bitLength: bins.bits, namePrefix: bins.prefix, ...roleKeys(bins) };
    const contents = new Map<string, Record<string, string>>();
    for (let bin = 0; bin < 2 ** bins.bits; bin++) contents.set(binName(succinct, bin), {});
    for (const [path, text] of Object.entries(bins.binned)) {
      const bin = contents.get(binOfPath(succinct, path));
      if (bin !== undefined) bin[path] = text;
    }
    for (const [name, targets] of contents) await this.#writeRole(parseTargetsRoleName(name, 'interop'), { targets }, bins, {});
  }

  #addTargets(targets: Readonly<Record<string, string>>): ReadonlyMap<TargetPath, NewTarget> {
    const added = new Map<TargetPath, NewTarget>();
    const { hosting = 'all' } = this.#content;
    for (const [text, content] of Object.entries(targets)) {
      const path = parseTargetPath(text, 'interop');
      const bytes = new TextEncoder().encode(content);
      const sha256 = parseSha256(sha256Hex(bytes), 'interop');
      added.set(path, { length: bytes.length, sha256, custom: null });
      const [directoryFirst, hashFirst = directoryFirst] = targetFilePaths(path, sha256);
      if (directoryFirst !== undefined && hosting !== 'hash-first') this.files.set(directoryFirst, bytes);
      if (hashFirst !== undefined && hosting !== 'directory-first') this.files.set(hashFirst, bytes);
    }
    return added;
  }

  #writeListed(role: RoleName, bytes: Uint8Array): void {
    const { version } = this.#header;
    this.files.set(metadataPath(role, version), bytes);
    this.#listed.set(role, listFile(version, bytes));
  }

  async #writeOnline(root: Root, { snapshot, timestamp }: RootContent): Promise<void> {
    const { version } = this.#header;
    const { retired = [] } = this.#content;
    const { meta } = planSnapshot(null, root, this.#listed);
    const snapshotBytes = await seal(newSnapshotSigned(this.#header, REPOSITORY, meta), [...signersOf(snapshot), ...retired]);
    this.files.set(metadataPath('snapshot', version), snapshotBytes);
    const plan = planTimestamp(null, root, listFile(version, snapshotBytes));
    const signed = newTimestampSigned(this.#header, REPOSITORY, plan.snapshot);
    this.files.set(TIMESTAMP_PATH, await seal(signed, [...signersOf(timestamp), ...retired]));
  }
}

function delegationsOf({ delegations, bins }: RoleContent): JsonObject | undefined {
  if (bins !== undefined) {
    const succinct = jsonObject({ bit_length: bins.bits, name_prefix: bins.prefix });
    return jsonObject({ keys: keyTable([bins]), succinct_roles: new Map([...succinct, ...roleKeysObject(roleKeys(bins))]) });
  }
  if (delegations === undefined) return undefined;
  const roles = delegations.map(
    ({ name, paths, hashPrefixes, terminating = false, ...signers }): JsonObject =>
      new Map([
        ...roleKeysObject(roleKeys(signers)),
        ...jsonObject({ name, terminating, paths: paths?.slice(), path_hash_prefixes: hashPrefixes?.slice() }),
      ]),
  );
  return jsonObject({ keys: keyTable(delegations), roles });
}

/** All files of a repository that was written at `now` and expires in a year, by path below its site. */
export async function writeRepository(content: RepositoryContent, now: Instant): Promise<ReadonlyMap<string, Uint8Array>> {
  const writer = new Writer(content, now);
  await writer.write();
  return writer.files;
}
