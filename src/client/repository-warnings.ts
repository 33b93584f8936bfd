// SPDX-License-Identifier: Apache-2.0
import {
  reviewHashBins,
  reviewKey,
  reviewKeyId,
  reviewPattern,
  reviewRoleName,
  reviewTargetPath,
  type CompatibilityFinding,
} from '../tuf/compatibility.ts';
import type { Delegations } from '../tuf/delegations.ts';
import type { KeyTable } from '../tuf/key.ts';
import { encodeRoleName, type RoleName, type Version } from '../tuf/names.ts';
import { TIMESTAMP_PATH } from '../tuf/published-tree.ts';
import type { ProblemList, RepositoryWarning } from './repository-report.ts';
import { reviewFile, reviewRoot, reviewTargets } from './review-fields.ts';
import { reviewReach } from './review-reach.ts';
import type { Session } from './roles.ts';
import type { VerifiedRole } from './verify-roles.ts';

function reviewKeys(keys: KeyTable<'client'>): readonly CompatibilityFinding[] {
  return [...keys].flatMap(([id, key]) => [...reviewKey(key), ...reviewKeyId(id, key)]);
}

function reviewDelegations(delegations: Delegations<'client'> | null): readonly CompatibilityFinding[] {
  if (delegations === null) return [];
  const keys = reviewKeys(delegations.keys);
  if (delegations.kind === 'succinct') {
    const { namePrefix } = delegations.succinct;
    return [...keys, ...reviewRoleName(`${namePrefix}-0`), ...reviewHashBins('succinct', namePrefix)];
  }
  const roles = delegations.roles.flatMap(({ name, paths }) => [
    ...reviewRoleName(name),
    ...(paths.kind === 'patterns' ? paths.patterns.flatMap(reviewPattern) : reviewHashBins('hash-prefixes', name)),
  ]);
  return [...keys, ...roles];
}

/** What named clients reject or read differently in a verified repository. */
export function compatibilityWarnings(session: Session, roles: ReadonlyMap<RoleName, VerifiedRole>): readonly RepositoryWarning[] {
  const { root, timestamp, snapshot } = session.set;
  const reach = reviewReach(roles);
  const warn = (where: string, findings: readonly CompatibilityFinding[]): readonly RepositoryWarning[] =>
    findings.map((finding) => ({ kind: 'compatibility', where, finding }));
  return [
    ...warn(`root@${String(root.signed.version)}`, [...reviewFile(root), ...reviewRoot(root), ...reviewKeys(root.signed.keys)]),
    ...(timestamp === null ? [] : warn(`timestamp@${String(timestamp.signed.version)}`, reviewFile(timestamp))),
    ...(snapshot === null ? [] : warn(`snapshot@${String(snapshot.signed.version)}`, reviewFile(snapshot))),
    ...[...roles].flatMap(([role, { file }]) =>
      warn(`${role}@${String(file.signed.version)}`, [
        ...reviewFile(file),
        ...reviewTargets(file),
        ...(reach.get(role) ?? []),
        ...reviewDelegations(file.signed.delegations),
        ...[...file.signed.targets.keys()].flatMap(reviewTargetPath),
      ]),
    ),
  ];
}

/** Latest version of each role by the name that its file has, snapshot and root included. */
function latestVersions(session: Session): ReadonlyMap<string, Version> {
  const { root, timestamp, snapshot } = session.set;
  const latest = new Map<string, Version>([['root', root.signed.version]]);
  if (timestamp !== null) latest.set('snapshot', timestamp.signed.snapshot.version);
  for (const [role, { version }] of snapshot?.signed.meta ?? []) latest.set(encodeRoleName(role), version);
  return latest;
}

/**
 * Files in `metadata/` that no client of this or an earlier state asks for: unknown names, versions that are not there yet. Earlier versions of
 * known roles are fine; clients in the middle of an update read them.
 */
export function unclaimedWarnings(session: Session, paths: Iterable<string>): readonly RepositoryWarning[] {
  const latest = latestVersions(session);
  const { consistentSnapshot } = session.set.root.signed;
  const isClaimed = (path: string): boolean => {
    if (path === TIMESTAMP_PATH) return true;
    const match = /^metadata\/(?:([1-9][0-9]*)\.)?(.+)\.json$/.exec(path);
    const [version, name] = [match?.[1], match?.[2]];
    if (name === undefined) return false;
    if (version === undefined) return !consistentSnapshot && name !== 'root' && latest.has(name);
    return (consistentSnapshot || name === 'root') && Number(version) <= (latest.get(name) ?? 0);
  };
  return [...paths].filter((path) => path.startsWith('metadata/') && !isClaimed(path)).map((path) => ({ kind: 'unclaimed', path }));
}

/** What is wrong with something that no client needs, as warnings; none where it counts as a problem. */
export function unneededWarnings(problems: ProblemList, unneeded: ProblemList): readonly RepositoryWarning[] {
  if (unneeded === problems) return [];
  return [...unneeded.problems.values()].map((refusal) => ({ kind: 'unneeded', ...refusal }));
}
