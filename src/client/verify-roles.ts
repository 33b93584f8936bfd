// SPDX-License-Identifier: Apache-2.0
import { delegatedKeys } from '../tuf/delegations.ts';
import { CountersignError } from '../tuf/errors.ts';
import { requireLengthAndHashes, type MetaFile } from '../tuf/meta-file.ts';
import type { Metadata } from '../tuf/metadata.ts';
import { TARGETS, type RoleName } from '../tuf/names.ts';
import { parseTargetsAs, type Targets } from '../tuf/targets.ts';
import { requireFinalSnapshot } from '../tuf/trusted-set.ts';
import { metadataLocation } from './location.ts';
import { attempt, fileReport, type ProblemList, type RoleReport } from './repository-report.ts';
import { fetchListed, loadRole, namesToLoad, type Session } from './roles.ts';

/** A role that was verified, by the delegator that clients come to it from first. */
export interface VerifiedRole {
  readonly file: Metadata<Targets<'client'>>;
  readonly delegator: RoleName | 'root';
}

function reportOf(
  role: RoleName,
  { file, delegator }: VerifiedRole,
  session: Session,
  roles: ReadonlyMap<RoleName, VerifiedRole>,
): RoleReport {
  const { root } = session.set;
  const delegations = delegator === 'root' ? null : (roles.get(delegator)?.file.signed.delegations ?? null);
  const keys = delegations === null ? root.signed.keys : delegations.keys;
  const roleKeys = (delegations === null ? null : delegatedKeys(delegations, role)) ?? root.signed.roles.targets;
  return { name: role, delegator, targets: file.signed.targets.size, ...fileReport(file, keys, roleKeys) };
}

/** Reports of roles, in the same order. */
export function reportRoles(session: Session, roles: ReadonlyMap<RoleName, VerifiedRole>): readonly RoleReport[] {
  return [...roles].map(([role, verified]) => reportOf(role, verified, session, roles));
}

/**
 * Verifies every role that is delegated to, for each of its delegators, breadth first, and reads every other file that the snapshot lists.
 * @param unneeded - takes what is wrong with the files that nobody delegates to: no client asks for them
 * @returns the verified roles, `targets` included
 * @throws `io`
 */
export async function verifyRoles(
  session: Session,
  problems: ProblemList,
  unneeded: ProblemList,
): Promise<ReadonlyMap<RoleName, VerifiedRole>> {
  const top = session.set.targets.get(TARGETS);
  if (top === undefined) throw new CountersignError('order', TARGETS, 'expected the top-level targets first');
  const roles = new Map<RoleName, VerifiedRole>([[TARGETS, { file: top, delegator: 'root' }]]);
  const snapshot = requireFinalSnapshot(session.set);
  const asked = new Set<RoleName>([TARGETS]);
  // A Map visits what is added during the loop.
  for (const [delegator, { file: delegatorFile }] of roles) {
    for (const role of namesToLoad(delegatorFile.signed.delegations, snapshot)) {
      asked.add(role);
      const file = await attempt(problems, () => loadRole(session, session.set, { role, delegator }, delegatorFile));
      if (file !== null && !roles.has(role)) roles.set(role, { file, delegator });
    }
  }
  for (const [role, entry] of snapshot.meta) {
    if (!asked.has(role)) await attempt(unneeded, () => requireListedFile(session, role, entry));
  }
  return roles;
}

/** A role that nobody delegates to any more keeps its entry, and the entry its file; there are no keys to verify it by. */
async function requireListedFile(session: Session, role: RoleName, entry: MetaFile): Promise<void> {
  const path = metadataLocation(session.set.root.signed, role, entry.version);
  const bytes = await fetchListed(session, path, entry, 'targets');
  requireLengthAndHashes(bytes, entry, role);
  const { version } = parseTargetsAs('client', bytes).signed;
  if (version !== entry.version) {
    throw new CountersignError(
      'mix-and-match',
      `${role}@${String(version)}`,
      `expected version ${String(entry.version)}, as the snapshot says`,
    );
  }
}
