// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../event/base.ts';
import type { LiveState } from '../event/decide-continuation.ts';
import type { RoleName } from '../tuf/names.ts';
import { sha256Hex } from '../tuf/sha256.ts';
import type { State } from './read-base.ts';

/** Which files are taken away, and why none is. */
export interface Pruning {
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
}

/** Nothing is taken away, and nothing is wrong. */
export const NOTHING_PRUNED: Pruning = { files: [], findings: [] };

/**
 * Which files of targets that are listed no more are taken away: none where it is not sure what clients are served, since they may be listed there.
 * @param listed - the sha256 of each role's file as the published snapshot lists it
 * @param unlisted - files of the published branch that no target asks for
 */
export function decidePruning(
  live: LiveState,
  { base, known }: Pick<State, 'base' | 'known'>,
  listed: ReadonlyMap<RoleName, string | undefined>,
  unlisted: readonly string[],
): Pruning {
  const [first] = unlisted;
  if (first === undefined) return NOTHING_PRUNED;
  const newest = [...(base?.roles.values() ?? [])].map(({ bytes }) => bytes);
  const digests = new Set<string>([...known.values(), newest].flat().map(sha256Hex));
  const isSure = live === 'served' && [...listed.values()].every((sha256) => sha256 !== undefined && digests.has(sha256));
  if (isSure) return { files: unlisted, findings: [] };
  const detail = 'expected to know all that clients are served before files are taken away, got only a part; none was taken away';
  return { files: [], findings: [{ source: 'live', code: 'served-unknown', where: first, detail }] };
}
