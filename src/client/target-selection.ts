// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote } from '../tuf/errors.ts';
import { parseTargetPath, type RoleName, type TargetPath } from '../tuf/names.ts';
import type { SearchResult } from '../tuf/target-search.ts';
import type { TargetFile } from '../tuf/targets.ts';
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
  /** What the roles were refused with that are left out, with those that they alone delegate to: all is right with them but that they have run out. */
  readonly expired: readonly CountersignError[];
}

/** A listing of nothing, for those who ask for names alone. */
export function emptyListing(session: Session): Listing {
  return { session, paths: new Set(), expired: [] };
}

/**
 * Lists what patterns are matched against. One role whose owners let it run out must not keep the targets of all others from clients, so it is left out; whoever
 * asks must be told.
 * @throws as `loadAllRoles` for every other role that can't be verified
 */
export async function listTargets(session: Session): Promise<Listing> {
  const expired = new Map<string, CountersignError>();
  const all = await loadAllRoles(session, (error) => {
    if (error.code === 'expired') expired.set(error.where, error);
    return error.code === 'expired';
  });
  const paths = new Set<TargetPath>();
  for (const role of all.set.targets.values()) for (const path of role.signed.targets.keys()) paths.add(path);
  return { session: all, paths, expired: [...expired.values()] };
}

/**
 * The paths that a person asks for: names as they are, and for each pattern what it matches of the paths that are listed. `*` and `?` stay within one
 * directory, a segment `**` crosses any number of them.
 * @throws `target-unknown` for a pattern that matches nothing; `expired` when a role that was left out of the listing could have had it; `target-path-invalid`
 */
export function selectPaths(wanted: readonly string[], { paths, expired }: Pick<Listing, 'paths' | 'expired'>): readonly TargetPath[] {
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
  throw expired[0] ?? new CountersignError('target-unknown', quote(unmatched.pattern), detail);
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
 * Finds what a person asks for: names, or patterns over all targets that clients can reach. A path that a pattern matches and no search comes to is left out.
 * @returns what was found, and as `expired` what {@link Listing} had to leave out
 * @throws as {@link requireFound}, {@link selectPaths} and `loadRole`: `expired` too, for a path that can't be decided without a role that has run out
 */
export async function findSelected(
  session: Session,
  wanted: readonly string[],
): Promise<{ readonly session: Session; readonly targets: readonly FoundTarget[]; readonly expired: readonly CountersignError[] }> {
  const listed = wanted.some(isPattern) ? await listTargets(session) : emptyListing(session);
  const found = await findTargets(listed.session, selectPaths(wanted, listed));
  const asked = new Set(wanted);
  const targets = [...found.results]
    .filter(([path, result]) => asked.has(path) || result.kind !== 'absent')
    .map(([path, result]) => requireFound(path, result));
  return { session: found.session, targets, expired: listed.expired };
}
