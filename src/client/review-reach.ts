// SPDX-License-Identifier: Apache-2.0
import type { ClientName, CompatibilityFinding } from '../tuf/compatibility.ts';
import { binOfPath, delegationCovers, type Delegations } from '../tuf/delegations.ts';
import { quote } from '../tuf/errors.ts';
import type { RoleName, TargetPath } from '../tuf/names.ts';
import { reachOf, type Reach } from '../tuf/target-search.ts';
import type { VerifiedRole } from './verify-roles.ts';

const ALL: readonly ClientName[] = ['python-tuf', 'tuf-js', 'go-tuf', 'tough', 'rust-tuf', 'php-tuf'];
/** How many targets of one role are named: more of them say the same. */
const MAX_NAMED = 20;
/** How many times a target may be asked of a role. Beyond, only each role's own delegation is looked at, which is linear. */
const MAX_STEPS = 500_000;

/** Whether the delegation of a role is for a path; the top-level role is for every path. */
function isCovered(delegations: Delegations<'client'> | null, role: RoleName, path: string): boolean {
  if (delegations === null) return true;
  if (delegations.kind === 'succinct') return binOfPath(delegations.succinct, path) === role;
  const delegation = delegations.roles.find(({ name }) => name === role);
  return delegation !== undefined && delegationCovers(delegation.paths, path) !== 'no-match';
}

function textOf(reach: Reach): { readonly clients: readonly ClientName[]; readonly detail: string } | null {
  switch (reach.kind) {
    case 'reached':
      return null;
    case 'shadowed':
      return { clients: ALL, detail: `no client finds this target here: ${quote(reach.by)} is searched before, and lists the path too` };
    case 'unreached':
      return {
        clients: ALL,
        detail: 'no client finds this target: the delegations on the way to it are for other paths, or end the search',
      };
    case 'bounds':
      return { clients: ALL, detail: 'no client finds this target: there are more roles on the way than a search visits' };
    case 'ambiguous':
      return {
        clients: ALL,
        detail: `clients differ on whether they find this target: they read a pattern of ${quote(reach.role)} differently`,
      };
    default:
      return reach satisfies never;
  }
}

const UNCOVERED = {
  clients: ALL,
  detail: 'no client finds this target: the delegation of its role is for other paths; tough refuses the whole repository',
};

/**
 * Listed targets that a client's search does not come to, of verified roles, by role (TUF §5.6.7). Of each role at most 20 are named.
 * @returns a finding for each, whose subject is the path
 */
export function reviewReach(roles: ReadonlyMap<RoleName, VerifiedRole>): ReadonlyMap<RoleName, readonly CompatibilityFinding[]> {
  const files = new Map([...roles].map(([name, { file }]) => [name, file.signed]));
  const total = [...files.values()].reduce((sum, { targets }) => sum + targets.size, 0);
  const searches = total * roles.size <= MAX_STEPS;
  const found = new Map<RoleName, readonly CompatibilityFinding[]>();
  for (const [role, { file, delegator }] of roles) {
    const delegations = delegator === 'root' ? null : (files.get(delegator)?.delegations ?? null);
    const fault = (path: TargetPath): { readonly clients: readonly ClientName[]; readonly detail: string } | null => {
      if (!isCovered(delegations, role, path)) return UNCOVERED;
      return searches ? textOf(reachOf(path, role, files)) : null;
    };
    const findings: CompatibilityFinding[] = [];
    for (const path of file.signed.targets.keys()) {
      const said = fault(path);
      if (said === null) continue;
      findings.push({ severity: 'warning', subject: path, ...said });
      if (findings.length >= MAX_NAMED) break;
    }
    if (findings.length > 0) found.set(role, findings);
  }
  return found;
}
