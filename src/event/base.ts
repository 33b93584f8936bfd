// SPDX-License-Identifier: Apache-2.0
import { requireBinding, type RepositoryId } from '../tuf/binding.ts';
import { isBinName, type Delegations } from '../tuf/delegations.ts';
import { CountersignError, outcomeOf, unwrap, type Outcome, type Refusal } from '../tuf/errors.ts';
import { payloadDigest, type Metadata, type PayloadDigest } from '../tuf/metadata.ts';
import { parseThreshold, TARGETS, type RoleName } from '../tuf/names.ts';
import { parseRoot, type Root } from '../tuf/root.ts';
import { parseTargets, type Targets } from '../tuf/targets.ts';
import { requireThreshold, type RoleKeys } from '../tuf/threshold.ts';
import type { KeyTable } from '../tuf/key.ts';
import { sha256Hex } from '../tuf/sha256.ts';
import { requireRootTransition } from '../tuf/trusted-set.ts';

/** Where a file was found. A bad file is reported unless it is only history. */
export type Source = 'live' | 'published' | 'metadata-branch' | 'history';

/** A file that may be part of the base. */
export interface Candidate {
  readonly source: Source;
  /** Where it was found, for findings. */
  readonly path?: string;
  readonly bytes: Uint8Array;
}

/** All files that may be part of the base, the published ones first: of two files of one payload the first is kept. */
export interface BaseCandidates {
  readonly roots: readonly Candidate[];
  readonly roles: ReadonlyMap<RoleName, readonly Candidate[]>;
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
}

/** Something that was left out, and why. It never stops the rest. */
export interface Finding extends Refusal {
  readonly source: Source | 'release' | 'proposal';
}

interface Chosen<T extends Root | Targets> extends Verified<T> {
  readonly source: Source;
}

/** Of all that verify, the highest version. Two payloads of one version, both validly signed, stop everything. */
function highest<T extends Root | Targets>(where: string, valid: readonly Chosen<T>[]): Chosen<T> | null {
  let best: Chosen<T> | null = null;
  for (const candidate of valid) {
    if (best === null || candidate.file.signed.version > best.file.signed.version) {
      best = candidate;
    } else if (candidate.file.signed.version === best.file.signed.version) {
      const [a, b] = [payloadDigest(candidate.file.payload), payloadDigest(best.file.payload)];
      if (a !== b) {
        throw new CountersignError(
          'equivocation',
          `${where}@${String(best.file.signed.version)}`,
          `expected one content, got sha256:${b} and sha256:${a}, both validly signed`,
        );
      }
    }
  }
  return best;
}

/** Reads each content once: the same file is usually on the site and on both branches, and may be large. */
function onlyOnce<T extends Root | Targets>(read: (bytes: Uint8Array) => Metadata<T>): (bytes: Uint8Array) => Metadata<T> {
  const known = new Map<string, Outcome<Metadata<T>>>();
  return (bytes) => {
    const digest = sha256Hex(bytes);
    const outcome = known.get(digest) ?? outcomeOf(() => read(bytes));
    known.set(digest, outcome);
    return unwrap(outcome);
  };
}

function accepted<T extends Root | Targets>(
  candidates: readonly Candidate[],
  findings: Finding[],
  parse: (bytes: Uint8Array) => Metadata<T>,
  check: (file: Metadata<T>) => void,
): readonly Chosen<T>[] {
  const read = onlyOnce((bytes) => {
    const file = parse(bytes);
    check(file);
    return file;
  });
  return candidates.flatMap(({ source, bytes, path }) => {
    const outcome = outcomeOf(() => read(bytes));
    if (outcome.kind === 'accepted') return [{ file: outcome.value, bytes, source }];
    const { refusal } = outcome;
    // A JSON path says nothing without its file.
    const where = path !== undefined && refusal.where.startsWith('$') ? `${path} ${refusal.where}` : refusal.where;
    if (source !== 'history') findings.push({ ...refusal, where, source });
    return [];
  });
}

/**
 * Requires root v1 to be signed by every key that it lists. Nothing before it could vouch for it, so everyone it names must.
 * @throws `threshold`
 */
export function requireEveryKey(root: Metadata<Root>): void {
  const { keys, roles } = root.signed;
  const role: RoleKeys = {
    keyIds: roles.root.keyIds,
    threshold: parseThreshold(Math.max(roles.root.keyIds.length, roles.root.threshold), 'root'),
  };
  requireThreshold({ payload: root.payload, signatures: root.signatures, keys, role }, 'root@1');
}

function rootChain(candidates: readonly Candidate[], anchor: PayloadDigest | null, findings: Finding[]): readonly Verified<Root>[] {
  const byVersion = new Map<number, Chosen<Root>[]>();
  const parse = onlyOnce(parseRoot);
  for (const root of accepted(candidates, findings, parse, () => undefined)) {
    const version = root.file.signed.version;
    byVersion.set(version, [...(byVersion.get(version) ?? []), root]);
  }
  const chain: Verified<Root>[] = [];
  const verified: Chosen<Root>[] = [];
  for (let version = 1; ; version++) {
    const previous = chain.at(-1);
    const valid = accepted(byVersion.get(version) ?? [], findings, parse, (file) => {
      if (previous === undefined) requireFirstRoot(file, anchor);
      else requireRootTransition(previous.file, file);
    });
    const next = highest('root', valid);
    if (next === null) {
      reportUnreachedRoots(version, byVersion, findings);
      reportBelowFloor('root', chain.length, verified, findings);
      return chain;
    }
    chain.push(next);
    verified.push(...valid);
  }
}

/** Roots after the end of the chain: nothing that is trusted leads to them. */
function reportUnreachedRoots(end: number, byVersion: ReadonlyMap<number, readonly Chosen<Root>[]>, findings: Finding[]): void {
  for (const [version, roots] of byVersion) {
    const source = roots.find((one) => one.source !== 'history')?.source;
    if (version <= end || source === undefined) continue;
    findings.push({
      source,
      code: 'rollback',
      where: `root@${String(version)}`,
      detail: `expected version ${String(end)} before it, got none that verifies`,
    });
  }
}

function requireFirstRoot(root: Metadata<Root>, anchor: PayloadDigest | null): void {
  const digest = payloadDigest(root.payload);
  if (anchor !== null && digest !== anchor) {
    throw new CountersignError('anchor-mismatch', 'root@1', `expected the root that is pinned, sha256:${anchor}, got sha256:${digest}`);
  }
  // A pinned root was compared by people; one that is not needs all of them.
  if (anchor === null) requireEveryKey(root);
  else
    requireThreshold(
      { payload: root.payload, signatures: root.signatures, keys: root.signed.keys, role: root.signed.roles.root },
      'root@1',
    );
}

/** The roles that delegations name, of those that have a file. */
function delegatedNames(delegations: Delegations, known: Iterable<RoleName>): readonly RoleName[] {
  if (delegations.kind === 'roles') return delegations.roles.map((role) => role.name);
  return [...known].filter((name) => isBinName(delegations.succinct, name));
}

/**
 * Finds the last verified state among all that is known: for every role the highest version that verifies, top down from root v1. A
 * branch that was reset is below the floor that the other sources give; a bad head is reported and left out.
 * @param anchor - the payload digest of root v1 where it is pinned
 * @returns `base: null` when no root verifies
 * @throws `equivocation` when two contents of one version are both validly signed, `base-missing` when the root is not one of ours
 */
export function computeBase(
  candidates: BaseCandidates,
  anchor: PayloadDigest | null,
): { readonly base: Base | null; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const roots = rootChain(candidates.roots, anchor, findings);
  const root = roots.at(-1)?.file;
  if (root === undefined) return { base: null, findings };
  const { binding } = root.signed;
  if (binding === null)
    throw new CountersignError('base-missing', 'root', 'expected a root made by Countersign, got one without x-countersign');
  const roles = new Map<RoleName, VerifiedRole>();
  const visit = (name: RoleName, delegator: RoleName | 'root', keys: KeyTable, role: RoleKeys): void => {
    if (roles.has(name)) return;
    const valid = accepted(candidates.roles.get(name) ?? [], findings, parseTargets, (file) => {
      const where = `${name}@${String(file.signed.version)}`;
      requireThreshold({ payload: file.payload, signatures: file.signatures, keys, role }, where);
      requireBinding(binding, file.signed.binding, name, where);
    });
    const best = highest(name, valid);
    if (best === null) {
      findings.push({
        source: 'metadata-branch',
        code: 'role-missing',
        where: name,
        detail: `expected a file that verifies as ${delegator} delegates it, got none`,
      });
      return;
    }
    reportBelowFloor(name, best.file.signed.version, valid, findings);
    roles.set(name, { file: best.file, bytes: best.bytes, delegator });
    const { delegations } = best.file.signed;
    if (delegations === null) return;
    for (const child of delegatedNames(delegations, candidates.roles.keys())) {
      const childKeys = delegations.kind === 'roles' ? delegations.roles.find((one) => one.name === child) : delegations.succinct;
      if (childKeys !== undefined) visit(child, name, delegations.keys, childKeys);
    }
  };
  visit(TARGETS, 'root', root.signed.keys, root.signed.roles.targets);
  return { base: { repository: binding.repository, roots, root, roles }, findings };
}

/** Reports a metadata branch whose file verifies but is older than what is verified elsewhere: it was reset. */
function reportBelowFloor(name: RoleName | 'root', floor: number, valid: readonly Chosen<Root | Targets>[], findings: Finding[]): void {
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
