// SPDX-License-Identifier: Apache-2.0
import { binOfPath, delegationCovers, type Delegations } from './delegations.ts';
import type { KeyReader } from './key.ts';
import { TARGETS, type RoleName, type TargetPath } from './names.ts';
import type { TargetFile, Targets } from './targets.ts';

/** How many delegated roles one search may visit, as in python-tuf, tuf-js and go-tuf. */
export const MAX_DELEGATIONS = 32;

/** A role that a search needs next, and who delegates it. */
export interface RoleRequest {
  readonly role: RoleName;
  readonly delegator: RoleName | 'root';
}

/** How a search for a target ended (TUF §5.6.7). */
export type SearchResult =
  | { readonly kind: 'found'; readonly role: RoleName; readonly file: TargetFile }
  | { readonly kind: 'absent' }
  /** More roles than {@link MAX_DELEGATIONS}: clients give up here. */
  | { readonly kind: 'bounds' }
  /** A pattern that clients read differently stood in the way: nothing after it can be trusted to be reached. */
  | { readonly kind: 'ambiguous'; readonly delegator: RoleName; readonly role: RoleName };

type Child =
  | { readonly kind: 'child'; readonly role: RoleName; readonly terminating: boolean }
  | { readonly kind: 'ambiguous'; readonly role: RoleName };

/** The delegations of one role that are for `path`, in order, up to and including the first terminating one. */
function childrenFor(delegations: Delegations<KeyReader>, path: string): readonly Child[] {
  if (delegations.kind === 'succinct') {
    // TAP 15 says that bins don't terminate; python-tuf, tuf-js and go-tuf treat them as terminating. A path has exactly one
    // bin and the bins are all that this role delegates, so only roles behind this one in its own delegator tell the difference.
    return [{ kind: 'child', role: binOfPath(delegations.succinct, path), terminating: true }];
  }
  const children: Child[] = [];
  for (const { name, paths, terminating } of delegations.roles) {
    const verdict = delegationCovers(paths, path);
    if (verdict === 'no-match') continue;
    // @check search-ambiguous-child
    if (verdict === 'ambiguous') return [...children, { kind: 'ambiguous', role: name }];
    children.push({ kind: 'child', role: name, terminating });
    // @check search-terminates
    if (terminating) break;
  }
  return children;
}

/**
 * Searches for a target in pre-order, depth first, as TUF §5.6.7 says. It is a generator, so that the search itself does no I/O: it
 * yields each role it needs, and is given that role's verified metadata, for clients by fetching it, for a repository
 * from what it holds. Each role is visited once (cycles end), and at most {@link MAX_DELEGATIONS} delegated ones.
 */
export function* searchTarget(path: TargetPath): Generator<RoleRequest, SearchResult, Targets<KeyReader>> {
  type Pending = Child & { readonly delegator: RoleName | 'root' };
  let pending: Pending[] = [{ kind: 'child', role: TARGETS, delegator: 'root', terminating: false }];
  const visited = new Set<RoleName>();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    // @check search-ambiguous
    if (next.kind === 'ambiguous') {
      return { kind: 'ambiguous', role: next.role, delegator: next.delegator === 'root' ? TARGETS : next.delegator };
    }
    const { role, delegator } = next;
    // @check search-cycle
    if (visited.has(role)) continue;
    // @check search-bounds
    if (visited.size > MAX_DELEGATIONS) return { kind: 'bounds' };
    visited.add(role);
    const targets = yield { role, delegator };
    const file = targets.targets.get(path);
    if (file !== undefined) return { kind: 'found', role, file };
    if (targets.delegations === null) continue;
    const children = childrenFor(targets.delegations, path).map((child): Pending => ({ ...child, delegator: role }));
    // A terminating delegation ends the search after its own subtree: what waited behind it is dropped.
    // @check search-terminates-all
    if (children.some((child) => child.kind === 'child' && child.terminating)) pending = [];
    pending.push(...children.reverse());
  }
  return { kind: 'absent' };
}

/** Whether and how clients would look for a path in a role. */
export type Reach =
  | { readonly kind: 'reached'; readonly via: readonly RoleName[] }
  /** A role that is searched earlier lists the path already; clients would take that one. */
  | { readonly kind: 'shadowed'; readonly by: RoleName }
  /** The search ends before it comes to the role: no delegation on the way covers the path, or a terminating one cuts it off. */
  | { readonly kind: 'unreached'; readonly visited: readonly RoleName[] }
  | { readonly kind: 'bounds' }
  | { readonly kind: 'ambiguous'; readonly role: RoleName };

/**
 * Says whether clients that look for `path` would come to `role`, and if not why.
 * @param roles - all roles of the repository, verified; one that is missing ends the search there
 */
export function reachOf(path: TargetPath, role: RoleName, roles: ReadonlyMap<RoleName, Targets<KeyReader>>): Reach {
  const search = searchTarget(path);
  const visited: RoleName[] = [];
  const delegators = new Map<RoleName, RoleName | 'root'>();
  let step = search.next();
  while (step.done !== true) {
    const request = step.value;
    delegators.set(request.role, request.delegator);
    if (request.role === role) return { kind: 'reached', via: chainOf(role, delegators) };
    visited.push(request.role);
    const targets = roles.get(request.role);
    if (targets === undefined) return { kind: 'unreached', visited };
    step = search.next(targets);
  }
  const result = step.value;
  switch (result.kind) {
    case 'found':
      return { kind: 'shadowed', by: result.role };
    case 'absent':
      return { kind: 'unreached', visited };
    case 'bounds':
      return { kind: 'bounds' };
    case 'ambiguous':
      return { kind: 'ambiguous', role: result.role };
    default:
      return result satisfies never;
  }
}

function chainOf(role: RoleName, delegators: ReadonlyMap<RoleName, RoleName | 'root'>): readonly RoleName[] {
  const chain = [role];
  for (let up = delegators.get(role); up !== undefined && up !== 'root'; up = delegators.get(up)) chain.unshift(up);
  return chain;
}

/** The roles that may sign `path`, in the order in which clients would look; the first is who would usually sign it. */
export function rolesFor(path: TargetPath, roles: ReadonlyMap<RoleName, Targets<KeyReader>>): readonly RoleName[] {
  const search = searchTarget(path);
  const found: RoleName[] = [];
  let step = search.next();
  while (step.done !== true) {
    const targets = roles.get(step.value.role);
    if (targets === undefined) break;
    found.push(step.value.role);
    // As if no role listed the path yet: the question is who may, not who does.
    step = search.next({ ...targets, targets: new Map() });
  }
  return found;
}
