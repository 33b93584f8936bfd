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

/** The two wildcards and nothing else: whoever signs names files, whoever asks names them. */
function patternRegExp(pattern: string): RegExp {
  const segments = pattern.split('/');
  const parts = segments.map((segment, index) => {
    const isLast = index === segments.length - 1;
    if (segment === '**') return isLast ? '.+' : '(?:[^/]+/)*';
    const one = segment
      .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
      .replace(/\*+/g, '[^/]*')
      .replaceAll('?', '[^/]');
    return isLast ? one : `${one}/`;
  });
  // `s`: a line separator in a name is a character like any other.
  return new RegExp(`^${parts.join('')}$`, 'us');
}

/**
 * The paths that a person asks for: names as they are, and for each pattern what it matches of the paths that are listed. `*` and `?` stay within one
 * directory, a segment `**` crosses any number of them.
 * @throws `target-unknown` for a pattern that matches nothing, `target-path-invalid`
 */
export function selectPaths(wanted: readonly string[], listed: Iterable<TargetPath>): readonly TargetPath[] {
  const patterns = wanted.filter(isPattern).map((pattern) => ({ pattern, regExp: patternRegExp(pattern), found: false }));
  const selected = new Set(wanted.filter((text) => !isPattern(text)).map((text) => parseTargetPath(text, 'target')));
  for (const path of patterns.length === 0 ? [] : listed) {
    for (const one of patterns) {
      if (!one.regExp.test(path)) continue;
      one.found = true;
      selected.add(path);
    }
  }
  for (const { pattern, found } of patterns) {
    if (!found) throw new CountersignError('target-unknown', quote(pattern), 'expected a pattern that some target matches, got none');
  }
  return [...selected];
}

/** All paths that any role lists which clients may come to: some of them may still be signed by another role, or by none for its delegator. */
export async function listedPaths(session: Session): Promise<{ readonly session: Session; readonly paths: ReadonlySet<TargetPath> }> {
  const all = await loadAllRoles(session);
  const paths = new Set<TargetPath>();
  for (const role of all.set.targets.values()) for (const path of role.signed.targets.keys()) paths.add(path);
  return { session: all, paths };
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
 * @throws as {@link requireFound}, {@link selectPaths} and `loadRole`
 */
export async function findSelected(
  session: Session,
  wanted: readonly string[],
): Promise<{ readonly session: Session; readonly targets: readonly FoundTarget[] }> {
  const listed = wanted.some(isPattern) ? await listedPaths(session) : { session, paths: new Set<TargetPath>() };
  const paths = selectPaths(wanted, listed.paths);
  const found = await findTargets(listed.session, paths);
  const asked = new Set(wanted);
  const targets = [...found.results]
    .filter(([path, result]) => asked.has(path) || result.kind !== 'absent')
    .map(([path, result]) => requireFound(path, result));
  return { session: found.session, targets };
}
