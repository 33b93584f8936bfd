// SPDX-License-Identifier: Apache-2.0
import { requireCounts } from '../trust/counts-from.ts';
import { requireBinding } from '../tuf/binding.ts';
import { isBinName, type Delegations } from '../tuf/delegations.ts';
import { CountersignError, outcomeOf, type Refusal } from '../tuf/errors.ts';
import type { KeyTable } from '../tuf/key.ts';
import { TARGETS, type RoleName } from '../tuf/names.ts';
import { isDiscardedUnder, listFile, type ListedFile } from '../tuf/plan-online.ts';
import { sha256Hex } from '../tuf/sha256.ts';
import { parseTargets, type Targets } from '../tuf/targets.ts';
import { requireThreshold, type RoleKeys } from '../tuf/threshold.ts';
import type { Root } from '../tuf/root.ts';
import type { Base, Verified, VerifiedRole } from './base.ts';
import { hostedIn, type HeldOnline } from './decide-publish.ts';
import { sameButTargets } from './outdated.ts';
import { keysTakenAway, revocationFinding } from './revocations.ts';
import type { Finding } from './weigh-candidates.ts';

/** What is known when a publication is planned. */
export interface PlanFacts {
  readonly base: Base;
  readonly held: HeldOnline;
  /** Every file of each role that was found, to take from it what the published snapshot lists. */
  readonly known: ReadonlyMap<RoleName, readonly Uint8Array[]>;
  /** How many roots clients are served: no later publication takes one back. */
  readonly servedRoots: number;
  /**
   * Whether what clients are served now could be read. Where not, the branch alone says what they have, and a writer may have set it back: then no role is held back
   * for its bytes, since clients that have its newer version would take nothing any more that lists an older one.
   */
  readonly isServedKnown: boolean;
  /** Hosted targets whose bytes can't be had, by {@link hostedKey}, each with why. */
  readonly missing: ReadonlyMap<string, Refusal>;
}

/** What is to be published: a state that clients can verify. */
export interface Publication {
  /** The base as far as it goes out. */
  readonly base: Base;
  /** How the snapshot lists the roles. */
  readonly list: ReadonlyMap<RoleName, ListedFile>;
  /** What does not go out, and why; a revocation first. */
  readonly findings: readonly Finding[];
}

interface Delegator {
  readonly name: RoleName | 'root';
  readonly signed: Root | Targets;
  readonly keys: KeyTable;
  readonly role: RoleKeys;
}

interface Resolved {
  readonly roles: ReadonlyMap<RoleName, VerifiedRole>;
  readonly findings: readonly Finding[];
  /** The roles that it delegates to and that have no file that verifies. */
  readonly without: ReadonlySet<RoleName>;
}

/** Names one file of one role's targets. */
export function hostedKey({ path, sha256 }: { readonly path: string; readonly sha256: string }): string {
  return `${sha256} ${path}`;
}

function childrenOf(delegations: Delegations, known: Iterable<RoleName>): readonly RoleName[] {
  if (delegations.kind === 'roles') return delegations.roles.map(({ name }) => name);
  return [...known].filter((name) => isBinName(delegations.succinct, name));
}

function left(code: Finding['code'], where: string, detail: string): Finding {
  return { source: 'published', code, where, detail };
}

class Planner {
  readonly #facts: PlanFacts;
  readonly #held = new Map<RoleName, Verified<Targets> | null>();

  constructor(facts: PlanFacts) {
    this.#facts = facts;
  }

  /** A role as the published snapshot lists it; null where it does not, or nobody has the bytes any more. */
  #heldFile(name: RoleName): Verified<Targets> | null {
    const known = this.#held.get(name);
    if (known !== undefined) return known;
    const entry = this.#facts.held.snapshot?.file.signed.meta.get(name);
    const sha256 = entry?.hashes?.get('sha256');
    const newest = this.#facts.base.roles.get(name) ?? null;
    if (newest !== null && sha256Hex(newest.bytes) === sha256) {
      this.#held.set(name, newest);
      return newest;
    }
    const bytes = sha256 === undefined ? undefined : (this.#facts.known.get(name) ?? []).find((one) => sha256Hex(one) === sha256);
    const parsed = bytes === undefined ? null : outcomeOf(() => parseTargets(bytes));
    const held = bytes !== undefined && parsed?.kind === 'accepted' ? { file: parsed.value, bytes } : null;
    this.#held.set(name, held);
    return held;
  }

  /** Every role that the published snapshot lists, as it lists it; null where one of them can't be had. */
  heldRoles(): ReadonlyMap<RoleName, VerifiedRole> | null {
    const roles = new Map<RoleName, VerifiedRole>();
    for (const name of this.#facts.held.snapshot?.file.signed.meta.keys() ?? []) {
      const file = this.#heldFile(name);
      if (file === null) return null;
      roles.set(name, { ...file, delegator: this.#facts.base.roles.get(name)?.delegator ?? TARGETS });
    }
    return roles;
  }

  #verifies(name: RoleName, { file }: Verified<Targets>, { signed, keys, role }: Delegator): boolean {
    const where = `${name}@${String(file.signed.version)}`;
    const outcome = outcomeOf(() => {
      requireThreshold({ payload: file.payload, signatures: file.signatures, keys, role }, where);
      requireBinding(this.#facts.base.root.signed.binding, file.signed.binding, name, where);
      requireCounts(signed, name, file.signed.version);
    });
    return outcome.kind === 'accepted';
  }

  /** Whether the snapshot may list a file: it lists no version below what it did, and no version with other bytes. */
  #isListable(name: RoleName, { file, bytes }: Verified<Targets>): boolean {
    const floor = this.#facts.base.floors.get(name) ?? 0;
    if (file.signed.version !== floor) return file.signed.version > floor;
    const listed = this.#facts.held.snapshot?.file.signed.meta.get(name);
    const sha256 = listed?.version === floor ? listed.hashes?.get('sha256') : undefined;
    return sha256 === undefined || sha256 === sha256Hex(bytes);
  }

  #missingOf({ file }: Verified<Targets>): readonly Refusal[] {
    return hostedIn(file.signed).flatMap((target) => this.#facts.missing.get(hostedKey(target)) ?? []);
  }

  /** The files of a role that may go out for this delegator, the better one first. */
  #options(name: RoleName, delegator: Delegator): readonly Verified<Targets>[] {
    const { base } = this.#facts;
    const held = this.#heldFile(name);
    const newest = base.roles.get(name) ?? null;
    const all = [newest, held].filter((one) => one !== null && this.#isListable(name, one) && this.#verifies(name, one, delegator));
    const [first, second] = all.filter((one) => one !== null);
    if (first === undefined) return [];
    if (second === undefined || first.file.signed.version === second.file.signed.version) return [first];
    const waits = this.#facts.isServedKnown && this.#missingOf(first).length > 0 && sameButTargets(second.file.signed, first.file.signed);
    return waits ? [second, first] : [first, second];
  }

  #withChildren(name: RoleName, option: Verified<Targets>, delegator: Delegator, taken: Resolved['roles']): Resolved {
    const roles = new Map(taken).set(name, { ...option, delegator: delegator.name });
    const findings: Finding[] = this.#missingOf(option).map((one) => left(one.code, one.where, one.detail));
    const { signed } = option.file;
    const { delegations } = signed;
    const without = new Set<RoleName>();
    for (const child of delegations === null ? [] : childrenOf(delegations, this.#facts.known.keys())) {
      const role = delegations?.kind === 'roles' ? delegations.roles.find((one) => one.name === child) : delegations?.succinct;
      if (roles.has(child) || role === undefined || delegations === null) continue;
      const resolved = this.resolve(child, { name, signed, keys: delegations.keys, role }, roles);
      if (resolved === null) {
        without.add(child);
        findings.push(
          left('role-missing', child, `expected a file that verifies as ${name} delegates it, got none; clients can't use this role`),
        );
        continue;
      }
      for (const [one, file] of resolved.roles) roles.set(one, file);
      findings.push(...resolved.findings);
    }
    return { roles, findings, without };
  }

  /** A role and all below it; null when no file of it can go out. */
  resolve(name: RoleName, delegator: Delegator, taken: Resolved['roles']): Resolved | null {
    const options = this.#options(name, delegator);
    const tried = options.map((one) => ({ option: one, resolved: this.#withChildren(name, one, delegator, taken) }));
    // Nothing goes out that delegates to a file that does not verify, unless clients have nothing better.
    const last = tried.at(-1);
    if (last === undefined) return null;
    const chosen = tried.find(({ resolved }) => [...resolved.without].every((one) => last.resolved.without.has(one))) ?? last;
    const findings = [...chosen.resolved.findings];
    const newest = this.#facts.base.roles.get(name);
    if (newest !== undefined && newest.file.signed.version > chosen.option.file.signed.version) {
      const at = `${name}@${String(newest.file.signed.version)}`;
      findings.push(...this.#missingOf(newest).map((one) => left(one.code, one.where, `${one.detail}; ${at} is held back until then`)));
      const other = tried.find(({ option }) => option.file.signed.version === newest.file.signed.version);
      for (const one of other !== undefined && other.resolved.without.size > 0
        ? other.resolved.findings.filter(({ code }) => code === 'role-missing')
        : [])
        findings.push({ ...one, detail: `${one.detail}; ${at}, which delegates it, is held back` });
    }
    return { ...chosen.resolved, findings };
  }
}

/** The revocations among what does not go out. */
function unpublishedRevocations({ base }: PlanFacts, out: Base): readonly Finding[] {
  const findings: Finding[] = [];
  const told = (where: string, before: Root | Targets, after: Root | Targets): void => {
    const keys = keysTakenAway(before, after);
    if (keys.length > 0) findings.push(revocationFinding(where, keys));
  };
  if (out.root.signed.version < base.root.signed.version)
    told(`root@${String(base.root.signed.version)}`, out.root.signed, base.root.signed);
  for (const [name, { file }] of out.roles) {
    const newest = base.roles.get(name)?.file;
    for (const later of [...(newest === undefined ? [] : [newest]), ...(base.leftOut.get(name) ?? [])]) {
      const { version } = later.signed;
      if (version > file.signed.version) told(`${name}@${String(version)}`, file.signed, later.signed);
    }
  }
  return [...new Map(findings.map((one) => [one.where, one])).values()];
}

/**
 * Plans what is to be published: of every role the newest file, except where bytes of its hosted files can't be had; then that role stays as clients have it. What
 * changes a delegation goes out all the same, and so does what must change with it because the file that clients have does not verify any more: a file that can't
 * be fetched is better than a key that still counts. Nothing goes out that delegates to a file that does not verify, as long as clients have something better. No
 * set of merged states stops all for the sake of one role.
 * @throws `base-missing` when no root has targets that verify
 */
export function planPublication(facts: PlanFacts): Publication {
  const { base } = facts;
  const planner = new Planner(facts);
  for (let count = base.roots.length; count >= Math.max(1, facts.servedRoots); count--) {
    const root = base.roots[count - 1]?.file;
    if (root === undefined) break;
    const { signed } = root;
    const resolved = planner.resolve(TARGETS, { name: 'root', signed, keys: signed.keys, role: signed.roles.targets }, new Map());
    if (resolved === null) continue;
    const out: Base = { ...base, root, roots: base.roots.slice(0, count), roles: resolved.roles };
    const list = new Map([...resolved.roles].map(([role, { file, bytes }]) => [role, listFile(file.signed.version, bytes)]));
    const last = `root@${String(base.root.signed.version)}`;
    const held =
      count < base.roots.length ? [left('role-missing', last, 'expected targets that verify under it, got none; it is held back')] : [];
    return { base: out, list, findings: [...unpublishedRevocations(facts, out), ...held, ...resolved.findings] };
  }
  throw new CountersignError('base-missing', TARGETS, 'expected targets that verify under the root that clients have, got none');
}

/**
 * What clients have already, as a publication: for a timestamp where no new snapshot can be signed.
 * @returns null where there is none, clients of the newest root would discard it, or a role of it can't be had
 */
export function heldPublication(facts: PlanFacts): Publication | null {
  const { base, held } = facts;
  if (held.snapshot === null || isDiscardedUnder(base.root.signed, 'snapshot', held.snapshot.file)) return null;
  const roles = new Planner(facts).heldRoles();
  if (roles === null) return null;
  const out: Base = { ...base, roles };
  const list = new Map([...roles].map(([role, { file, bytes }]) => [role, listFile(file.signed.version, bytes)]));
  return { base: out, list, findings: unpublishedRevocations(facts, out) };
}
