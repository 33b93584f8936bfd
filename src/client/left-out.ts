// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote } from '../tuf/errors.ts';
import type { TargetPath } from '../tuf/names.ts';

/** How many paths are named of those that are left out for one reason. */
const MAX_NAMED = 3;

interface Reason {
  readonly error: CountersignError;
  readonly paths: TargetPath[];
}

/** What is wrong with a path itself names it; the same wrong with another is the same reason. */
function keyOf({ code, where, detail }: CountersignError, path: TargetPath | null): string {
  return JSON.stringify([code, path !== null && where === quote(path) ? '' : where, detail]);
}

function textOf({ error, paths }: Reason): CountersignError {
  const { code, where, detail } = error;
  const others = paths.filter((path) => where !== quote(path));
  if (others.length === 0) return error;
  const named = others.slice(0, MAX_NAMED).map(quote).join(', ');
  const rest = others.length > MAX_NAMED ? ` and ${String(others.length - MAX_NAMED)} more` : '';
  return new CountersignError(code, where, `${detail}; without it nobody can say who signs ${named}${rest}`, { cause: error });
}

/**
 * Joins what roles are left out for with the paths that can't be decided without them: each reason once, with the paths that are missing by it.
 * @param roles - why roles are left out
 * @param undecided - why paths are, which patterns have matched
 */
export function leftOutReasons(
  roles: readonly CountersignError[],
  undecided: ReadonlyMap<TargetPath, CountersignError>,
): readonly CountersignError[] {
  const reasons = new Map<string, Reason>();
  for (const error of roles) reasons.set(keyOf(error, null), { error, paths: [] });
  for (const [path, error] of undecided) {
    const key = keyOf(error, path);
    const reason = reasons.get(key) ?? { error, paths: [] };
    reason.paths.push(path);
    reasons.set(key, reason);
  }
  return [...reasons.values()].map(textOf);
}
