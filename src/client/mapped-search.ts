// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote } from '../tuf/errors.ts';
import type { TargetPath } from '../tuf/names.ts';
import { searchMap, type MapAnswer, type MapResult, type RepositoryMap } from './repository-map.ts';
import type { FoundTarget } from './target-selection.ts';

/** A target, and the repositories that were asked and sign the same bytes, by their names in the map. */
export interface AgreedTarget {
  readonly target: FoundTarget;
  readonly repositories: readonly string[];
}

/**
 * Searches for a path through a map of several repositories (TAP 4).
 * @param ask - searches one repository: null when no role of it signs the path. A {@link CountersignError} counts as an answer that could not be had.
 * @returns null when the repositories of its mapping sign no such path
 * @throws `threshold` when too few agree, `pattern-ambiguous` for a pattern of the map that clients read differently, and what a repository was refused
 * with that was needed
 */
export async function findThroughMap(
  map: RepositoryMap,
  path: TargetPath,
  ask: (repository: string) => Promise<FoundTarget | null>,
): Promise<AgreedTarget | null> {
  const search = searchMap(map, path);
  const found = new Map<string, FoundTarget>();
  let step = search.next();
  while (step.done !== true) {
    const name = step.value;
    const { answer, target } = await answerOf(() => ask(name));
    if (target !== null) found.set(name, target);
    step = search.next(answer);
  }
  const result = step.value;
  if (result.kind !== 'found') return refuse(path, result);
  // The file is one that all agree with, and so is not always that of the first; the role is the one that lists this very file.
  const target = [...found.values()].find(({ file }) => file === result.file);
  if (target === undefined) throw new CountersignError('order', quote(path), 'expected a file that a repository gave, got another');
  return { target, repositories: result.repositories };
}

async function answerOf(
  ask: () => Promise<FoundTarget | null>,
): Promise<{ readonly answer: MapAnswer; readonly target: FoundTarget | null }> {
  try {
    const target = await ask();
    return { answer: target === null ? { kind: 'unsigned' } : { kind: 'signed', file: target.file }, target };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { answer: { kind: 'failed', error }, target: null };
  }
}

/** @returns null when nobody signs the path */
function refuse(path: TargetPath, result: Exclude<MapResult, { kind: 'found' }>): null {
  switch (result.kind) {
    case 'absent':
      return null;
    case 'failed':
      throw result.error;
    case 'disagreed': {
      const names = result.repositories.map(quote).join(', ');
      throw new CountersignError(
        'threshold',
        quote(path),
        `expected ${String(result.threshold)} of ${names} to sign the same file, got fewer`,
      );
    }
    case 'ambiguous':
      throw new CountersignError(
        'pattern-ambiguous',
        quote(path),
        `expected patterns of "*" and "?" in the map, got ${quote(result.pattern)}`,
      );
    default:
      return result satisfies never;
  }
}
