// SPDX-License-Identifier: Apache-2.0
import type { NewProposal } from '../event/decide-propose.ts';
import { MAX_LISTED_TARGETS, readEventFile, stagedName, type Contribution } from '../event/event-file.ts';
import { EVENT_PATH } from '../event/layout.ts';
import type { CommitSha, Forge, HashedFile } from '../ports.ts';
import type { Targets } from '../tuf/targets.ts';
import type { ProposeInput } from './propose-input.ts';
import { readFileAt } from './read-file.ts';

/**
 * What this propose brings, as it is told to people.
 * @param open - what the open event that it is added to proposes; null where it opens one
 */
export function contributionOf(
  { origin }: ProposeInput,
  hashed: readonly HashedFile[],
  { changes }: NewProposal,
  open: Targets | null,
): Contribution {
  const added = changes.flatMap(({ kind, path }) => (kind === 'removed' ? [] : [path]));
  // Within an open event: what others have proposed is not signed yet, and nobody would see that it was there.
  const replaced = changes.flatMap(({ kind, path }): [string, string][] => {
    const sha256 = open?.targets.get(path)?.hashes.get('sha256');
    return kind === 'replaced' && sha256 !== undefined ? [[path, sha256]] : [];
  });
  return {
    origin,
    targets: added.length > MAX_LISTED_TARGETS ? null : added,
    ...(replaced.length === 0 ? {} : { replaced: new Map(replaced.slice(0, MAX_LISTED_TARGETS)) }),
    staged: origin === null || hashed.length === 0 ? null : stagedName(hashed.map(({ sha256 }) => sha256)),
  };
}

/** What earlier runs have brought into the event. */
export async function earlierContributions(forge: Forge, commit: CommitSha): Promise<readonly Contribution[]> {
  const bytes = await readFileAt(forge, commit, EVENT_PATH);
  return (bytes === null ? null : readEventFile(bytes))?.contributions ?? [];
}
