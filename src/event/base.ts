// SPDX-License-Identifier: Apache-2.0
import { countsFrom, requireCounts } from '../trust/counts-from.ts';
import { requireBinding, type RepositoryId } from '../tuf/binding.ts';
import { isBinName, type Delegations } from '../tuf/delegations.ts';
import { CountersignError, outcomeOf } from '../tuf/errors.ts';
import type { KeyTable } from '../tuf/key.ts';
import type { Metadata, PayloadDigest } from '../tuf/metadata.ts';
import { TARGETS, type RoleName, type Version } from '../tuf/names.ts';
import type { Root } from '../tuf/root.ts';
import { sha256Hex } from '../tuf/sha256.ts';
import { parseTargets, type Targets } from '../tuf/targets.ts';
import { requireThreshold, type RoleKeys } from '../tuf/threshold.ts';
import { chooseRole } from './choose-role.ts';
import { requireStep } from './floors.ts';
import { NOTHING_PUBLISHED, publishedRoles, type PublishedRole, type PublishedRoles } from './published-roles.ts';
import { rootChain } from './root-chain.ts';
import { onlyOnce, reportRejected, weigh, type Candidate, type Finding, type Weighed } from './weigh-candidates.ts';

export { requireEveryKey } from './root-chain.ts';
export type { Candidate, Finding, Source } from './weigh-candidates.ts';

/** All files that may be part of the base, the published ones first: of two files of one payload the first is kept, unless a snapshot names the other. */
export interface BaseCandidates {
  readonly roots: readonly Candidate[];
  readonly roles: ReadonlyMap<RoleName, readonly Candidate[]>;
  /** The snapshots that are published, not verified. Where nobody has looked for them, nothing is held to what was published. */
  readonly snapshots?: readonly Uint8Array[];
}

/** A file that was verified, with its bytes as they are published. */
export interface Verified<T extends Root | Targets> {
  readonly file: Metadata<T>;
  readonly bytes: Uint8Array;
}

/** A verified targets role and who delegates it. */
export interface VerifiedRole extends Verified<Targets> {
  readonly delegator: RoleName | 'root';
}

/** The last verified state: what every step builds on, never a branch head as such. */
export interface Base {
  readonly repository: RepositoryId;
  /** Every root from version 1 on. */
  readonly roots: readonly Verified<Root>[];
  readonly root: Metadata<Root>;
  readonly roles: ReadonlyMap<RoleName, VerifiedRole>;
  /** The highest version that a published snapshot lists for each name, also of roles that are taken out: nothing below counts, and what comes back counts from above it. */
  readonly floors: ReadonlyMap<RoleName, Version>;
  /** Files above what was taken of a role that are validly signed and were left out (several contents, a version too far ahead): their versions are spent. */
  readonly leftOut: ReadonlyMap<RoleName, readonly Metadata<Targets>[]>;
}

/** The roles that delegations name, of those that have a file. */
function delegatedNames(delegations: Delegations, known: Iterable<RoleName>): readonly RoleName[] {
  if (delegations.kind === 'roles') return delegations.roles.map((role) => role.name);
  return [...known].filter((name) => isBinName(delegations.succinct, name));
}

/** The names that the published files delegate, as far as their bytes are at hand; null where they are not. */
function publishedNames({ listed }: PublishedRoles, candidates: BaseCandidates['roles']): ReadonlySet<RoleName> | null {
  const names = new Set<RoleName>([TARGETS]);
  // A Set visits what is added during the loop.
  for (const name of names) {
    const published = listed.get(name);
    const bytes = (candidates.get(name) ?? []).find((one) => sha256Hex(one.bytes) === published?.sha256)?.bytes;
    const parsed = bytes === undefined ? null : outcomeOf(() => parseTargets(bytes));
    if (parsed?.kind !== 'accepted') {
      // Nobody can say what it delegates: so nothing counts as taken out.
      if (published !== undefined) return null;
      continue;
    }
    const { delegations } = parsed.value.signed;
    if (delegations !== null) for (const child of delegatedNames(delegations, candidates.keys())) names.add(child);
  }
  return names;
}

/** Whoever delegates a role, and the keys that it asks for. */
interface Delegator {
  readonly name: RoleName | 'root';
  readonly signed: Root | Targets;
  readonly keys: KeyTable;
  readonly role: RoleKeys;
}

/** Finds the roles top down, each by its delegator. */
class RoleFinder {
  readonly roles = new Map<RoleName, VerifiedRole>();
  readonly leftOut = new Map<RoleName, readonly Metadata<Targets>[]>();
  readonly #candidates: BaseCandidates;
  readonly #published: PublishedRoles;
  readonly #named: ReadonlySet<RoleName> | null;
  readonly #root: Root;
  readonly #findings: Finding[];
  readonly #parse = onlyOnce(parseTargets);

  constructor(candidates: BaseCandidates, published: PublishedRoles, root: Root, findings: Finding[]) {
    this.#candidates = candidates;
    this.#published = published;
    this.#named = publishedNames(published, candidates.roles);
    this.#root = root;
    this.#findings = findings;
  }

  /** The lowest version that may be taken. A role that is published no longer comes back above all that was published of it. */
  #lowest(name: RoleName): number {
    const floor = this.#published.floors.get(name) ?? 0;
    return floor > 0 && this.#named?.has(name) === false ? floor + 1 : floor;
  }

  visit(name: RoleName, delegator: Delegator): void {
    if (this.roles.has(name)) return;
    const published: PublishedRole | undefined = this.#published.listed.get(name);
    const { valid, rejected } = weigh(this.#candidates.roles.get(name) ?? [], this.#parse, (file) => {
      const { version, binding } = file.signed;
      const where = `${name}@${String(version)}`;
      requireThreshold({ payload: file.payload, signatures: file.signatures, keys: delegator.keys, role: delegator.role }, where);
      requireBinding(this.#root.binding, binding, name, where);
      requireCounts(delegator.signed, name, version);
      // Whoever publishes the first time has nothing to measure a step from.
      if (this.#published.listed.size > 0)
        requireStep(name, version, Math.max(published?.version ?? 0, countsFrom(delegator.signed, name)));
    });
    const { best, leftOut } = chooseRole(name, valid, published, this.#lowest(name), this.#findings);
    const version = best?.file.signed.version ?? null;
    reportRejected(rejected, version, this.#findings);
    const tooFar = rejected.flatMap(({ refusal, file }) => (refusal.code === 'fast-forward' && file !== null ? [file] : []));
    const spent = [...leftOut.map(({ file }) => file), ...tooFar];
    if (spent.length > 0) this.leftOut.set(name, spent);
    if (best === null) {
      this.#findings.push({
        source: 'metadata-branch',
        code: 'role-missing',
        where: name,
        detail: `expected a file that verifies as ${delegator.name} delegates it, got none`,
      });
      return;
    }
    reportBelowFloor(name, best.file.signed.version, valid, this.#findings);
    this.roles.set(name, { file: best.file, bytes: best.bytes, delegator: delegator.name });
    this.#visitDelegated(name, best.file.signed);
  }

  #visitDelegated(name: RoleName, signed: Targets): void {
    const { delegations } = signed;
    if (delegations === null) return;
    for (const child of delegatedNames(delegations, this.#candidates.roles.keys())) {
      const role = delegations.kind === 'roles' ? delegations.roles.find((one) => one.name === child) : delegations.succinct;
      if (role !== undefined) this.visit(child, { name, signed, keys: delegations.keys, role });
    }
  }
}

/** Each thing once: the same file is found in several places. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((one) => [JSON.stringify([one.source, one.code, one.where, one.detail]), one])).values()];
}

/**
 * Finds the last verified state among all that is known: for every role the highest version that verifies, top down from root v1. A
 * branch that was reset is below the floor that the other sources give; a bad head is reported and left out. What is wrong with one role stops no other.
 * @param anchor - the payload digest of root v1 where it is pinned
 * @returns `base: null` when no root verifies
 * @throws `equivocation` when two contents of one root are both validly signed and clients have neither, `base-missing` when the root is not one of ours
 */
export function computeBase(
  candidates: BaseCandidates,
  anchor: PayloadDigest | null,
): { readonly base: Base | null; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const { chain: roots, verified } = rootChain(candidates.roots, anchor, findings);
  reportBelowFloor('root', roots.length, verified, findings);
  const root = roots.at(-1)?.file;
  if (root === undefined) return { base: null, findings: distinct(findings) };
  const { binding } = root.signed;
  if (binding === null)
    throw new CountersignError('base-missing', 'root', 'expected a root made by Countersign, got one without x-countersign');
  const published =
    candidates.snapshots === undefined
      ? NOTHING_PUBLISHED
      : publishedRoles(
          binding.repository,
          candidates.snapshots,
          roots.map(({ file }) => file.signed),
        );
  const finder = new RoleFinder(candidates, published, root.signed, findings);
  finder.visit(TARGETS, { name: 'root', signed: root.signed, keys: root.signed.keys, role: root.signed.roles.targets });
  const { roles, leftOut } = finder;
  return {
    base: { repository: binding.repository, roots, root, roles, floors: published.floors, leftOut },
    findings: distinct(findings),
  };
}

/** Reports a metadata branch whose file verifies but is older than what is verified elsewhere: it was reset. */
function reportBelowFloor(name: RoleName | 'root', floor: number, valid: readonly Weighed<Root | Targets>[], findings: Finding[]): void {
  const heads = valid.flatMap(({ source, file }) => (source === 'metadata-branch' ? [file.signed.version] : []));
  const head = Math.max(...heads);
  if (heads.length === 0 || head >= floor) return;
  findings.push({
    source: 'metadata-branch',
    code: 'rollback',
    where: `${name}@${String(head)}`,
    detail: `expected version ${String(floor)}, which is verified elsewhere; it is built upon as if the branch had it`,
  });
}
