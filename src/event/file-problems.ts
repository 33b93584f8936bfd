// SPDX-License-Identifier: Apache-2.0
// What a proposed file must be whatever its signatures.
import { reviewTargetPath } from '../tuf/compatibility.ts';
import type { Refusal } from '../tuf/errors.ts';
import { encodeInstant, type Instant } from '../tuf/instant.ts';
import type { Metadata } from '../tuf/metadata.ts';
import type { RoleName, TargetPath } from '../tuf/names.ts';
import type { Root } from '../tuf/root.ts';
import { reachOf } from '../tuf/target-search.ts';
import type { TargetFile, Targets } from '../tuf/targets.ts';
import type { Base } from './base.ts';
import type { Delegator, RolesAfter } from './delegators.ts';
import { MAX_VERSION_STEP } from './floors.ts';
import { periodIn } from './proposal.ts';

function sameBytes(a: TargetFile | undefined, b: TargetFile): boolean {
  return a?.length === b.length && a.hashes.get('sha256') === b.hashes.get('sha256');
}

function targetProblem(role: RoleName, path: TargetPath, entry: TargetFile, roles: ReadonlyMap<RoleName, Targets>): Refusal | null {
  const where = `${role} ${path}`;
  const refused = reviewTargetPath(path).find(({ severity }) => severity === 'refused');
  if (refused !== undefined) return { code: 'unwritable', where, detail: `expected a path that every client reads, got ${refused.detail}` };
  if (!entry.hashes.has('sha256')) return { code: 'hashes-missing', where, detail: 'expected sha256, got other hashes only' };
  const reach = reachOf(path, role, roles);
  if (reach.kind === 'reached') return null;
  return {
    code: 'target-unreachable',
    where,
    detail: `expected a path at which clients find this role, got one that is ${reach.kind}`,
  };
}

/** Checks a targets role: the version, expiry, and each target that is new or changed. */
export function targetsProblems(
  role: RoleName,
  file: Metadata<Targets>,
  delegator: Delegator,
  base: Base | null,
  after: RolesAfter,
  now: Instant,
): readonly Refusal[] {
  const before = base?.roles.get(role)?.file.signed;
  const problems: Refusal[] = [...renewalProblems(role, file, delegator.signed, now)];
  const { version } = file.signed;
  if (version > (before?.version ?? 0) + MAX_VERSION_STEP) {
    const detail = `expected a version soon after ${String(before?.version ?? 0)}`;
    problems.push({ code: 'version-invalid', where: `${role}@${String(version)}`, detail });
  }
  const roles = new Map([...after].map(([name, { signed }]) => [name, signed]));
  for (const [path, entry] of file.signed.targets) {
    if (sameBytes(before?.targets.get(path), entry)) continue;
    const problem = targetProblem(role, path, entry, roles);
    if (problem !== null) problems.push(problem);
  }
  return problems;
}

/** Checks a root: the very next version, and expiry. */
export function rootProblems(root: Metadata<Root>, base: Base | null, now: Instant): readonly Refusal[] {
  const expected = (base?.root.signed.version ?? 0) + 1;
  const problems = [...renewalProblems('root', root, root.signed, now)];
  if (root.signed.version !== expected) {
    // Once there is a root, the way in which root v1 is made is closed: this is the check that closes it.
    problems.push({ code: 'rollback', where: `root@${String(root.signed.version)}`, detail: `expected version ${String(expected)}` });
  }
  return problems;
}

function renewalProblems(role: string, file: Metadata<Root | Targets>, delegator: Root | Targets, now: Instant): readonly Refusal[] {
  if (file.signed.expires - now > (periodIn(delegator, role)?.renewSeconds ?? 0)) return [];
  return [
    {
      code: 'expired',
      where: `${role}@${String(file.signed.version)}`,
      detail: `expected more than the renewal period before ${encodeInstant(file.signed.expires)}; abandon this event and propose again`,
    },
  ];
}
