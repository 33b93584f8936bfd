// SPDX-License-Identifier: Apache-2.0
import type { CommitSha } from '../trust/accounts.ts';
import { quote } from '../tuf/errors.ts';
import type { Base } from './base.ts';
import { EVENT_PATH, rolePath, ROOT_PATH } from './layout.ts';
import type { Finding } from './weigh-candidates.ts';

/** The id of a path's bytes; equal ids are equal bytes. */
interface Entry {
  readonly id: string;
}

/** An event that was merged, and the files of its last commit. */
export interface MergedEvent {
  readonly number: number;
  readonly headSha: CommitSha;
  readonly tree: ReadonlyMap<string, Entry>;
}

/** The files of the base that are not published yet, by their path on the metadata branch, each as people call it. */
function unpublished(base: Base, publishedRoots: number): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const { version } = base.root.signed;
  if (version > publishedRoots) files.set(ROOT_PATH, `root@${String(version)}`);
  for (const [role, { file }] of base.roles) {
    if (file.signed.version > (base.floors.get(role) ?? 0)) files.set(rolePath(role), `${role}@${String(file.signed.version)}`);
  }
  return files;
}

/**
 * What a plain commit has put on the metadata branch. It may be signed all the same: by an event that was abandoned, or by somebody who has withdrawn since. And a
 * file beside the metadata is signed by nobody, but people read it there, and `init` takes the policy from there.
 * @param head - the files of the metadata branch
 * @param merged - the events that were merged lately
 * @param last - the last of them that the branch still has; null when it has none of them
 * @param publishedRoots - how many roots the published branch has
 */
export function reviewBrought(
  base: Base,
  head: ReadonlyMap<string, Entry>,
  merged: readonly MergedEvent[],
  last: MergedEvent | null,
  publishedRoots: number,
): readonly Finding[] {
  const findings: Finding[] = [];
  for (const [path, name] of unpublished(base, publishedRoots)) {
    const entry = head.get(path);
    if (entry === undefined || merged.some(({ tree }) => tree.get(path)?.id === entry.id)) continue;
    const detail =
      'expected a version that a merged event brought, got one that a plain commit did; it verifies, and counts: find out who pushed it';
    findings.push({ source: 'metadata-branch', code: 'event-unknown', where: name, detail });
  }
  if (last === null) return findings;
  const isOutside = (path: string): boolean => !path.startsWith('metadata/') && path !== EVENT_PATH;
  for (const path of new Set([...head.keys(), ...last.tree.keys()])) {
    if (!isOutside(path) || head.get(path)?.id === last.tree.get(path)?.id) continue;
    const change = !head.has(path) ? 'deleted' : last.tree.has(path) ? 'changed' : 'added';
    const detail = `expected what event #${String(last.number)} left, got a file that a plain commit ${change} since; nobody has signed ${quote(path)}`;
    findings.push({ source: 'metadata-branch', code: 'event-file-unclaimed', where: path, detail });
  }
  return findings;
}
