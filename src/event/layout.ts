// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote } from '../tuf/errors.ts';
import { parseTargetsRoleName, type RoleName, type Version } from '../tuf/names.ts';

/** The branch that holds reviewed metadata. */
export const METADATA_BRANCH = 'tuf';
/** The branch that holds the repository as clients see it. */
export const PUBLISHED_BRANCH = 'tuf-published';
/** What every proposal branch begins with. */
export const PROPOSAL_PREFIX = 'sign/';

/** The policy, on the metadata branch. What we want; never what is trusted. */
export const POLICY_PATH = 'countersign.yaml';
/** Where a proposal says where its bytes came from; unsigned, and dropped when it completes. */
export const EVENT_PATH = 'event.json';
/** On the published branch, beside the files that are served: which these are. The timestamp signs its digest. */
export const FILE_LIST_PATH = 'files.txt';
/** The root, as the metadata branch has it now. */
export const ROOT_PATH = 'metadata/root.json';

const HISTORY = /^metadata\/root_history\/([1-9][0-9]*)\.root\.json$/;
const ROLE = /^metadata\/([^/]+)\.json$/;

/** Where the metadata branch keeps every root. */
export function rootHistoryPath(version: Version): string {
  return `metadata/root_history/${String(version)}.root.json`;
}

/** Where the metadata branch keeps a role: unversioned, so that a pull request shows a readable diff. */
export function rolePath(role: RoleName): string {
  return `metadata/${role}.json`;
}

/** The branch of a proposal; `role` is `root` or a targets role. */
export function proposalBranch(role: string, version: Version): string {
  return `${PROPOSAL_PREFIX}${role}-v${String(version)}`;
}

/**
 * A name for the branch of a new event: `branch`, or the first of `branch-2`, `branch-3`… that no other event has. Whoever may push can call a branch anything;
 * an event is never put onto somebody else's.
 */
export function freeBranch(branch: string, busy: { has(name: string): boolean }): string {
  let name = branch;
  for (let count = 2; busy.has(name); count++) name = `${branch}-${String(count)}`;
  return name;
}

/** What a path of the metadata branch holds. */
export type MetadataPath =
  | { readonly kind: 'root' }
  | { readonly kind: 'root-history'; readonly version: number }
  | { readonly kind: 'role'; readonly role: RoleName }
  | { readonly kind: 'policy' }
  | { readonly kind: 'event' }
  | { readonly kind: 'unclaimed' };

/** Says what a path of the metadata branch or of a proposal holds. A role name that can't be one is unclaimed. */
export function classifyPath(path: string): MetadataPath {
  if (path === ROOT_PATH) return { kind: 'root' };
  if (path === POLICY_PATH) return { kind: 'policy' };
  if (path === EVENT_PATH) return { kind: 'event' };
  const history = HISTORY.exec(path)?.[1];
  if (history !== undefined) return { kind: 'root-history', version: Number(history) };
  const name = ROLE.exec(path)?.[1];
  if (name === undefined || name === 'snapshot' || name === 'timestamp' || name === 'mirrors') return { kind: 'unclaimed' };
  try {
    return { kind: 'role', role: parseTargetsRoleName(name, path) };
  } catch (error) {
    if (!(error instanceof CountersignError && error.code === 'role-name-invalid')) throw error;
    return { kind: 'unclaimed' };
  }
}

/** The error for a file that nobody claims. */
export function unclaimed(path: string): CountersignError {
  return new CountersignError('event-file-unclaimed', path, `expected only metadata files of this event, got ${quote(path)}`);
}
