// SPDX-License-Identifier: Apache-2.0
import { DEFAULT_LIMITS } from '../client/limits.ts';
import type { Base } from '../event/base.ts';
import { PUBLISHED_BRANCH } from '../event/layout.ts';
import { requireLengthAndHashes } from '../tuf/meta-file.ts';
import { CountersignError, outcomeOf } from '../tuf/errors.ts';
import { parseTimestamp, type Timestamp } from '../tuf/online.ts';
import { inWritingOrder, TIMESTAMP_PATH } from '../tuf/published-tree.ts';
import type { Metadata } from '../tuf/metadata.ts';
import { parseRoot } from '../tuf/root.ts';
import { isDiscardedUnder } from '../tuf/plan-online.ts';
import { readClientView, treeSource } from './read-base.ts';
import { filesSource } from '../client/source.ts';
import type { TreeEntry } from '../ports.ts';
import type { Workplace } from './workplace.ts';

/** What became of the site. `newer`: it has a later timestamp than the branch, and was left as it is. */
export interface SiteResult {
  readonly outcome: 'updated' | 'unchanged' | 'newer';
  readonly written: number;
}

const TARGET_FILE = /^targets\/(?:.*\/)?([0-9a-f]{64})\.[^/]+$|^targets\/([0-9a-f]{64})\..+$/;

function timestampOf(bytes: Uint8Array | null): Metadata<Timestamp> | null {
  if (bytes === null) return null;
  const parsed = outcomeOf(() => parseTimestamp(bytes));
  return parsed.kind === 'accepted' ? parsed.value : null;
}

/** The site's timestamp if one of our roots vouches for it: one that somebody else put there must not stop us from mending it. */
function genuineTimestamp(base: Base, bytes: Uint8Array | null): Metadata<Timestamp> | null {
  const timestamp = timestampOf(bytes);
  const genuine =
    timestamp?.signed.binding?.repository === base.repository && base.roots.some(({ file }) => !isDiscardedUnder(file.signed, 'timestamp', timestamp));
  return genuine ? timestamp : null;
}

/**
 * Files of the branch that the site lacks or has in another length, and of those that clients read now also the ones with other bytes. Older
 * generations are not compared byte for byte: that would grow with the whole history; `verify` is for that.
 */
async function staleFiles(place: Workplace, tree: ReadonlyMap<string, TreeEntry>, current: Iterable<string>): Promise<readonly string[]> {
  const there = await place.site.list();
  const source = treeSource(place.forge, tree);
  const live = new Set<string>();
  for (const [path, { size }] of tree) {
    if (there.get(path) !== size) live.add(path);
  }
  for (const path of current) {
    if (live.has(path)) continue;
    const [branch, site] = [
      await source.metadata(path, DEFAULT_LIMITS.maxListedBytes),
      await place.site.read(path, DEFAULT_LIMITS.maxListedBytes),
    ];
    if (branch !== null && (site === null || Buffer.compare(branch, site) !== 0)) live.add(path);
  }
  return [...live];
}

/** Whether clients of the site's last root verify the new timestamp: then it may appear before the new roots. */
async function newTimestampServesOldRoot(place: Workplace, tree: ReadonlyMap<string, TreeEntry>): Promise<boolean> {
  const view = await readClientView(treeSource(place.forge, tree));
  const old = (await readClientView(filesSource(place.site))).roots.at(-1);
  const root = old === undefined ? null : outcomeOf(() => parseRoot(old).signed);
  const timestamp = timestampOf(view.timestamp);
  return root?.kind === 'accepted' && timestamp !== null && !isDiscardedUnder(root.value, 'timestamp', timestamp);
}

async function writeFile(place: Workplace, path: string, entry: TreeEntry): Promise<void> {
  const match = TARGET_FILE.exec(path);
  const sha256 = match?.[1] ?? match?.[2];
  if (sha256 !== undefined) {
    const staged = await place.staging.locate(sha256);
    if (staged !== null) {
      await place.site.copyIn(path, staged, { length: entry.size, sha256 });
      return;
    }
  }
  const bytes = (await place.forge.blobs([entry.id])).get(entry.id);
  if (bytes === undefined) throw new CountersignError('io', path, 'expected the published bytes, got none');
  if (sha256 !== undefined) requireLengthAndHashes(bytes, { length: entry.size, hashes: new Map([['sha256', sha256]]) }, path);
  await place.site.write(path, bytes);
}

/**
 * Brings the site up to the published branch, one file at a time, so that at each moment everything is there that a client is pointed at. An
 * older branch never overtakes a newer site. Interrupted, it is finished by the next run.
 * @throws `locked`, `hash-mismatch`, `io`
 */
export async function syncSite(place: Workplace, base: Base, current: readonly string[]): Promise<SiteResult> {
  return place.withSiteLock(async () => {
    const head = (await place.forge.branches(PUBLISHED_BRANCH)).get(PUBLISHED_BRANCH);
    if (head === undefined) return { outcome: 'unchanged', written: 0 };
    const tree = await place.forge.tree(head);
    const [site, branch] = [
      genuineTimestamp(base, await place.site.read(TIMESTAMP_PATH, DEFAULT_LIMITS.maxListedBytes)),
      timestampOf(await treeSource(place.forge, tree).metadata(TIMESTAMP_PATH, DEFAULT_LIMITS.maxListedBytes)),
    ];
    if (site !== null && branch !== null && site.signed.version > branch.signed.version) return { outcome: 'newer', written: 0 };
    const files = new Map([...tree].filter(([path]) => path.startsWith('metadata/') || path.startsWith('targets/')));
    const stale = await staleFiles(place, files, current);
    if (stale.length === 0) return { outcome: 'unchanged', written: 0 };
    const rootsLast = await newTimestampServesOldRoot(place, files);
    let done = 0;
    for (const path of inWritingOrder(stale, rootsLast)) {
      const entry = files.get(path);
      if (entry === undefined) continue;
      await writeFile(place, path, entry);
      place.log.progress('publishing', ++done, stale.length);
    }
    return { outcome: 'updated', written: stale.length };
  });
}
