// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote } from '../tuf/errors.ts';
import { parseTargetPath, type RoleName, type TargetPath } from '../tuf/names.ts';
import type { SearchResult } from '../tuf/target-search.ts';
import type { TargetFile } from '../tuf/targets.ts';
import { leftOutReasons } from './left-out.ts';
import { isAboutRepository } from './repository-report.ts';
import { findTargets, loadAllRoles, type Session } from './roles.ts';

/** A target that a search came to, and the role that signed it. */
export interface FoundTarget {
  readonly path: TargetPath;
  readonly role: RoleName;
  readonly file: TargetFile;
}

/** Whether what a person asked for is a pattern. Targets whose names have such characters can't be downloaded anyway. */
export function isPattern(text: string): boolean {
  return /[*?]/.test(text);
}

/**
 * Whether a pattern with two kinds of wildcards matches: one stands for any number of items, the others are compared with one item each. Goes back to the last
 * of the former only, so that it takes no longer than the length of the one times that of the other, whoever wrote them.
 */
function matchesItems<T>(pattern: readonly T[], items: readonly T[], many: T, matchesOne: (pattern: T, item: T) => boolean): boolean {
  let [at, next, retryAt, retryNext] = [0, 0, -1, 0];
  while (next < items.length) {
    const [one, item] = [pattern[at], items[next]];
    if (one === many) {
      retryAt = ++at;
      retryNext = next;
    } else if (one !== undefined && item !== undefined && matchesOne(one, item)) {
      at++;
      next++;
    } else if (retryAt >= 0) {
      at = retryAt;
      next = ++retryNext;
    } else {
      return false;
    }
  }
  while (pattern[at] === many) at++;
  return at === pattern.length;
}

function matchesSegment(pattern: string, segment: string): boolean {
  return matchesItems(Array.from(pattern), Array.from(segment), '*', (one, character) => one === '?' || one === character);
}

/** The two wildcards and nothing else: whoever signs names files, whoever asks names them. */
function segmentsOf(pattern: string): readonly string[] {
  const segments = pattern.split('/');
  // At the end it is for files, of which there is a name at least.
  return segments.at(-1) === '**' ? [...segments, '*'] : segments;
}

/** What patterns are matched against. */
export interface Listing {
  readonly session: Session;
  /** All paths that any role lists which clients may come to: some of them may still be signed by another role, or by none for its delegator. */
  readonly paths: ReadonlySet<TargetPath>;
  /** What the roles were refused with that are left out, with those that they alone delegate to. */
  readonly leftOut: readonly CountersignError[];
}

/** How many roles a listing may lack: beyond, it is none. */
const MAX_LEFT_OUT = 256;

/** A listing of nothing, for those who ask for names alone. */
export function emptyListing(session: Session): Listing {
  return { session, paths: new Set(), leftOut: [] };
}

/**
 * Lists what patterns are matched against. One role whose owners let it run out, or that can't be read or verified, must not keep the targets of all others from
 * clients, so it is left out; whoever asks must be told. It goes on deciding what it decides: nobody else's target takes the place of one of its own.
 * @throws as `loadAllRoles` when more than 256 roles can't be verified; `io` and what else the host fails with
 */
export async function listTargets(session: Session): Promise<Listing> {
  const leftOut = new Map<string, CountersignError>();
  const all = await loadAllRoles(session, (error) => {
    if (!isAboutRepository(error) || leftOut.size >= MAX_LEFT_OUT) return false;
    leftOut.set(JSON.stringify([error.code, error.where, error.detail]), error);
    return true;
  });
  const paths = new Set<TargetPath>();
  for (const role of all.set.targets.values()) for (const path of role.signed.targets.keys()) paths.add(path);
  return { session: all, paths, leftOut: [...leftOut.values()] };
}

/**
 * The paths that a person asks for: names as they are, and for each pattern what it matches of the paths that are listed. `*` and `?` stay within one
 * directory, a segment `**` crosses any number of them.
 * @throws `target-unknown` for a pattern that matches nothing; and what a role was refused with that was left out of the listing and could have had it;
 * `target-path-invalid`
 */
export function selectPaths(wanted: readonly string[], { paths, leftOut }: Pick<Listing, 'paths' | 'leftOut'>): readonly TargetPath[] {
  const patterns = wanted.filter(isPattern).map((pattern) => ({ pattern, segments: segmentsOf(pattern), found: false }));
  const selected = new Set(wanted.filter((text) => !isPattern(text)).map((text) => parseTargetPath(text, 'target')));
  for (const path of patterns.length === 0 ? [] : paths) {
    const segments = path.split('/');
    for (const one of patterns) {
      if (!matchesItems(one.segments, segments, '**', matchesSegment)) continue;
      one.found = true;
      selected.add(path);
    }
  }
  const unmatched = patterns.find(({ found }) => !found);
  if (unmatched === undefined) return [...selected];
  const detail = 'expected a pattern that some target matches, got none';
  throw leftOut[0] ?? new CountersignError('target-unknown', quote(unmatched.pattern), detail);
}

/**
 * What a search has found.
 * @throws `target-unknown`, `search-bounds`, `pattern-ambiguous`
 */
export function requireFound(path: TargetPath, result: SearchResult): FoundTarget {
  switch (result.kind) {
    case 'found':
      return { path, role: result.role, file: result.file };
    case 'absent':
      throw new CountersignError('target-unknown', quote(path), 'expected a target that a role signs for this path, got none');
    case 'bounds':
      throw new CountersignError('search-bounds', quote(path), 'expected to find the target within 32 delegations, got more');
    case 'ambiguous':
      throw new CountersignError(
        'pattern-ambiguous',
        quote(path),
        `expected delegations that all clients read alike, got one to ${quote(result.role)} by ${quote(result.delegator)}`,
      );
    default:
      return result satisfies never;
  }
}

/**
 * Whether a path may be left out whose search ends with this error: nobody has asked for it by its name, and the host is not at fault.
 * @param wanted - names and patterns that a person asks for
 */
export function mayLeaveOut(wanted: readonly string[]): (path: TargetPath, error: CountersignError) => boolean {
  const asked = new Set(wanted);
  return (path, error) => !asked.has(path) && isAboutRepository(error);
}

/**
 * Finds what a person asks for: names, or patterns over all targets that clients can reach. A path that a pattern matches and no search comes to is left out, and
 * so is one that can't be decided without a role that is left out, or because clients read a delegation on the way differently.
 * @returns what was found, and why roles and paths are left out
 * @throws as {@link requireFound}, {@link selectPaths} and `loadRole` for what was asked for by its name
 */
export async function findSelected(
  session: Session,
  wanted: readonly string[],
): Promise<{ readonly session: Session; readonly targets: readonly FoundTarget[]; readonly leftOut: readonly CountersignError[] }> {
  const listed = wanted.some(isPattern) ? await listTargets(session) : emptyListing(session);
  const leavesOut = mayLeaveOut(wanted);
  const found = await findTargets(listed.session, selectPaths(wanted, listed), leavesOut);
  const undecided = new Map(found.undecided);
  const asked = new Set(wanted);
  const targets: FoundTarget[] = [];
  for (const [path, result] of found.results) {
    if (result.kind === 'absent' && !asked.has(path)) continue;
    try {
      targets.push(requireFound(path, result));
    } catch (error) {
      if (!(error instanceof CountersignError) || !leavesOut(path, error)) throw error;
      undecided.set(path, error);
    }
  }
  return { session: found.session, targets, leftOut: leftOutReasons(listed.leftOut, undecided) };
}
