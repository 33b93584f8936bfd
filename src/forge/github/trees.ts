// SPDX-License-Identifier: Apache-2.0
import type { CommitSha, TreeEntry } from '../../ports.ts';
import { CountersignError } from '../../tuf/errors.ts';
import { parseBlobId } from '../local/ids.ts';
import { childOrNull, childrenOf, countOf, textOf } from './answer.ts';
import type { Answer } from './answer.ts';
import type { BaseTree } from './commit.ts';
import { statusOf } from './errors.ts';
import { queryObjects } from './many-objects.ts';
import { addTreeEntry, readTree, readTreeId } from './objects.ts';
import type { Place } from './place.ts';

/** Directories within directories that are asked for: `metadata/root_history/1.root.json` has two. */
const DEPTH = 3;
const PURPOSE = { what: 'trees', needs: 'contents: read' };

/**
 * Trees of many commits, ten in a request; what lies deeper than ours, or is too much for one answer, is read commit by commit. Who can't be had is left out.
 */
export async function readTrees(place: Place, commits: readonly CommitSha[]): Promise<ReadonlyMap<CommitSha, BaseTree>> {
  const found = new Map<CommitSha, BaseTree>();
  const wanted = { name: 'Trees', selection: `... on Commit { tree { oid ${entriesTo(DEPTH)} } }`, purpose: PURPOSE };
  for await (const [commit, object] of queryObjects(place, commits, wanted)) {
    if (object === null) continue;
    const tree = (object === 'refused' ? null : wholeOf(object)) ?? (await readAlone(place, commit));
    if (tree !== null) found.set(commit, tree);
  }
  return found;
}

function entriesTo(depth: number): string {
  const below = depth === 1 ? '' : `object { ... on Tree { ${entriesTo(depth - 1)} } }`;
  return `entries { name type mode oid size ${below} }`;
}

/** Null for what is deeper than it was asked for. */
function wholeOf(object: Answer): BaseTree | null {
  const tree = childOrNull(object, 'tree');
  if (tree === null) return null;
  const entries = new Map<string, TreeEntry>();
  return addAll(tree, '', DEPTH, entries) ? { id: parseBlobId(textOf(tree, 'oid'), tree.where), entries } : null;
}

function addAll(tree: Answer, prefix: string, depth: number, entries: Map<string, TreeEntry>): boolean {
  for (const entry of childrenOf(tree, 'entries')) {
    const path = prefix + textOf(entry, 'name');
    const type = textOf(entry, 'type');
    const below = depth === 1 ? null : childOrNull(entry, 'object');
    if (type !== 'tree') {
      const [mode, sha] = [countOf(entry, 'mode').toString(8).padStart(6, '0'), textOf(entry, 'oid')];
      // A submodule's commit is not here, so it has no size.
      addTreeEntry(entries, path, { type, mode, id: parseBlobId(sha, entry.where), size: type === 'blob' ? countOf(entry, 'size') : 0 });
    } else if (below === null || !addAll(below, `${path}/`, depth - 1, entries)) return false;
  }
  return true;
}

async function readAlone(place: Place, commit: CommitSha): Promise<BaseTree | null> {
  try {
    const id = await readTreeId(place, commit);
    return { id, entries: await readTree(place, id) };
  } catch (error) {
    const status = statusOf(error);
    if (status === 404 || status === 422 || (error instanceof CountersignError && error.code === 'too-large')) return null;
    throw error;
  }
}
