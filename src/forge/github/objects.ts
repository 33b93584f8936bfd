// SPDX-License-Identifier: Apache-2.0
import type { BlobId, CommitSha, TreeEntry } from '../../ports.ts';
import { CountersignError } from '../../tuf/errors.ts';
import { parseBlobId } from '../local/ids.ts';
import { answerOf, childOf, childOrNull, childrenOf, countOf, countOrNull, flagOf, textOf, textOrNull, unexpected } from './answer.ts';
import type { Answer } from './answer.ts';
import { query, send } from './place.ts';
import type { Place } from './place.ts';

const REGULAR_MODES: ReadonlySet<string> = new Set(['100644', '100755']);
/** A tree that takes more requests is made to take them: ours fit into one. */
const MAX_TREES = 500;
const READS_AT_ONCE = 8;
const HISTORY_PAGE = 100;
const MAX_HISTORY_PAGES = 20;
const HISTORY = `query History($owner: String!, $name: String!, $commit: GitObjectID!, $path: String!, $first: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    object(oid: $commit) {
      ... on Commit {
        history(path: $path, first: $first, after: $after) {
          pageInfo { hasNextPage endCursor }
          nodes { file(path: $path) { oid type mode } }
        }
      }
    }
  }
}`;

/** The id of a commit's tree. */
export async function readTreeId(place: Place, commit: CommitSha): Promise<string> {
  const purpose = { what: `commit ${commit}`, needs: 'contents: read' };
  const found = await send(place, 'GET /repos/{owner}/{repo}/git/commits/{commit_sha}', { commit_sha: commit }, purpose);
  return parseBlobId(textOf(childOf(answerOf(found, purpose.what), 'tree'), 'sha'), purpose.what);
}

interface Directory {
  readonly id: string;
  /** Its path with a slash at the end; nothing for the tree itself. */
  readonly prefix: string;
}

/**
 * Everything in a tree, by path: in one request, or directory by directory where GitHub gives no more than a part.
 * @throws `too-large` for a tree that takes hundreds of requests
 */
export async function readTree(place: Place, treeId: string): Promise<ReadonlyMap<string, TreeEntry>> {
  const entries = new Map<string, TreeEntry>();
  let level: readonly Directory[] = [{ id: treeId, prefix: '' }];
  for (let count = 1; level.length > 0; count += level.length) {
    if (count > MAX_TREES) throw new CountersignError('too-large', `tree ${treeId}`, `expected at most ${String(MAX_TREES)} directories`);
    const below: Directory[] = [];
    await eachOf(level, async (directory) => void below.push(...(await readDirectory(place, directory, entries))));
    level = below;
  }
  return entries;
}

/** Reads a directory with all below it, or, where that is too much for one answer, without: then its directories are given back. */
async function readDirectory(place: Place, { id, prefix }: Directory, entries: Map<string, TreeEntry>): Promise<readonly Directory[]> {
  const whole = await readOneTree(place, id, true);
  const isWhole = !flagOf(whole, 'truncated');
  const found = isWhole ? whole : await readOneTree(place, id, false);
  if (!isWhole && flagOf(found, 'truncated'))
    throw new CountersignError('too-large', found.where, 'expected a directory that GitHub gives in one answer');
  const below: Directory[] = [];
  for (const entry of childrenOf(found, 'tree')) {
    const path = prefix + textOf(entry, 'path');
    if (textOf(entry, 'type') !== 'tree') addEntry(entries, path, entry);
    else if (!isWhole) below.push({ id: parseBlobId(textOf(entry, 'sha'), entry.where), prefix: `${path}/` });
  }
  return below;
}

/** Runs `work` for all, a few at a time. */
export async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const one = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(READS_AT_ONCE, items.length) }, one));
}

async function readOneTree(place: Place, treeId: string, isRecursive: boolean): Promise<Answer> {
  const purpose = { what: `tree ${treeId}`, needs: 'contents: read' };
  const parameters = { tree_sha: treeId, ...(isRecursive ? { recursive: '1' } : {}) };
  return answerOf(await send(place, 'GET /repos/{owner}/{repo}/git/trees/{tree_sha}', parameters, purpose), purpose.what);
}

function addEntry(entries: Map<string, TreeEntry>, path: string, entry: Answer): void {
  const id = parseBlobId(textOf(entry, 'sha'), entry.where);
  addTreeEntry(entries, path, { type: textOf(entry, 'type'), mode: textOf(entry, 'mode'), id, size: countOrNull(entry, 'size') ?? 0 });
}

/** An entry as the host tells of it; `mode` in git's octal digits. */
interface GivenEntry {
  readonly type: string;
  readonly mode: string;
  readonly id: BlobId;
  readonly size: number;
}

/** Takes an entry into a tree, as a file only where it is one beyond doubt. */
export function addTreeEntry(entries: Map<string, TreeEntry>, path: string, { type, mode, id, size }: GivenEntry): void {
  const isRegular = type === 'blob' && REGULAR_MODES.has(mode);
  // A replacement character may stand for any bytes: two paths must not become one, so neither is taken.
  const isPlain = isRegular && !path.includes('\ufffd') && !entries.has(path);
  entries.set(path, { kind: isPlain ? 'file' : 'other', id, size });
}

/**
 * Distinct contents that `path` has had in the history of `commit`, newest first, at most `limit`. GitHub may leave out side branches whose content
 * a merge discarded.
 */
export async function readHistory(place: Place, commit: CommitSha, path: string, limit: number): Promise<readonly BlobId[]> {
  const ids = new Set<BlobId>();
  const purpose = { what: `history of ${commit}`, needs: 'contents: read' };
  let after: string | null = null;
  for (let page = 0; page < MAX_HISTORY_PAGES && ids.size < limit; page++) {
    const variables = { owner: place.owner, name: place.repo, commit, path, first: Math.min(HISTORY_PAGE, Math.max(limit, 10)), after };
    const data = await query(place, HISTORY, variables, purpose, 'repeatable');
    const object = childOrNull(childOf(data, 'repository'), 'object');
    if (object === null) throw new CountersignError('io', purpose.what, 'expected the commit, got none');
    const history = childOf(object, 'history');
    for (const node of childrenOf(history, 'nodes')) {
      const file = childOrNull(node, 'file');
      if (file !== null && ids.size < limit && isRegularFile(file)) ids.add(parseBlobId(textOf(file, 'oid'), file.where));
    }
    const pages = childOf(history, 'pageInfo');
    after = flagOf(pages, 'hasNextPage') ? textOrNull(pages, 'endCursor') : null;
    if (after === null) break;
  }
  return [...ids];
}

/** GraphQL gives a mode as a number, whose octal digits git prints. */
function isRegularFile(file: Answer): boolean {
  const type = textOrNull(file, 'type');
  if (type === null) throw unexpected(file.where, 'a type', type);
  return type === 'blob' && REGULAR_MODES.has(countOf(file, 'mode').toString(8));
}
