// SPDX-License-Identifier: Apache-2.0
import { DEFAULT_LIMITS } from '../client/limits.ts';
import { attempt, problemList } from '../client/repository-report.ts';
import { filesSource, type RepositorySource } from '../client/source.ts';
import { memoryStore, storeName } from '../client/store.ts';
import { refresh } from '../client/updater.ts';
import type { Base, Finding } from '../event/base.ts';
import { hostedTargets } from '../event/decide-publish.ts';
import { PUBLISHED_BRANCH } from '../event/layout.ts';
import { CountersignError, outcomeOf } from '../tuf/errors.ts';
import { parseTimestamp, type Timestamp } from '../tuf/online.ts';
import { parseVersion } from '../tuf/names.ts';
import { inWritingOrder, rootPath, targetFilePaths, TIMESTAMP_PATH } from '../tuf/published-tree.ts';
import type { Metadata } from '../tuf/metadata.ts';
import { isDiscardedUnder } from '../tuf/plan-online.ts';
import { readClientView } from './client-view.ts';
import { treeSource } from './read-base.ts';
import type { Files, TreeEntry } from '../ports.ts';
import type { Workplace } from './workplace.ts';

/**
 * What became of the site. `newer`: it has a later timestamp than the branch, and was left as it is. `behind`: something else is to deploy the
 * published branch.
 */
export interface SiteResult {
  readonly outcome: 'updated' | 'unchanged' | 'newer' | 'behind';
  readonly written: number;
}

/** A workplace that writes the site itself. */
export type SitePlace = Workplace & { readonly site: Files };

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
    timestamp?.signed.binding?.repository === base.repository &&
    base.roots.some(({ file }) => !isDiscardedUnder(file.signed, 'timestamp', timestamp));
  return genuine ? timestamp : null;
}

/** Files of the site that are not as the branch has them. */
interface Differences {
  /** In other bytes, or not at all. */
  readonly stale: readonly string[];
  /** Those of them that are there, of the branch's length, with other bytes. */
  readonly changed: readonly string[];
}

/**
 * Files of the branch that the site lacks or has in another length, and of those that clients read now also the ones with other bytes. Older
 * generations are not compared byte for byte: that would grow with the whole history; `verify` is for that.
 */
async function differences(
  place: SitePlace,
  base: Base,
  tree: ReadonlyMap<string, TreeEntry>,
  current: Iterable<string>,
): Promise<Differences> {
  const there = await place.site.list();
  const source = treeSource(place.forge, tree);
  const stale = new Set([...tree].flatMap(([path, { size }]) => (there.get(path) === size ? [] : [path])));
  const changed: string[] = [];
  for (const path of current) {
    if (stale.has(path)) continue;
    const [branch, site] = [
      await source.metadata(path, DEFAULT_LIMITS.maxListedBytes),
      await place.site.read(path, DEFAULT_LIMITS.maxListedBytes),
    ];
    if (branch !== null && (site === null || Buffer.compare(branch, site) !== 0)) changed.push(path);
  }
  for (const { path, sha256 } of hostedTargets(base)) {
    for (const file of targetFilePaths(path, sha256)) {
      if (stale.has(file) || !tree.has(file)) continue;
      const digest = await place.site.digest(file);
      if (digest?.sha256 !== sha256) changed.push(file);
    }
  }
  return { stale: [...stale, ...changed], changed };
}

/** Takes away what the branch does not have: a root that somebody else put there stops every client at its first step, and the rest nobody signed for. */
async function removeStrays(
  { site }: SitePlace,
  tree: ReadonlyMap<string, TreeEntry>,
  requireHeld: () => Promise<void>,
): Promise<readonly string[]> {
  const there = [...(await site.list()).keys()];
  const strays = there.filter((path) => (path.startsWith('metadata/') || path.startsWith('targets/')) && !tree.has(path));
  for (const path of strays) {
    await requireHeld();
    await site.remove(path);
  }
  return strays;
}

/** `source` as a client of root `version` meets it before later roots are there. */
function withoutLaterRoots(source: RepositorySource, version: number): RepositorySource {
  const hidden = rootPath(parseVersion(version + 1, 'root'));
  return { ...source, metadata: async (path, maxBytes) => (path === hidden ? null : source.metadata(path, maxBytes)) };
}

/** Whether the new timestamp, and all that it leads to, verifies for a client that has come to root `version` and no further. */
async function servesRoot(place: SitePlace, source: RepositorySource, version: number, bytes: Uint8Array): Promise<boolean> {
  const store = memoryStore(new Map([[storeName('root'), bytes]]));
  return (await attempt(problemList(), () => refresh(withoutLaterRoots(source, version), store, { time: place.now }))) !== null;
}

/**
 * The new roots that go after the timestamp: those from which on the new generation verifies under the root before as well. The others go first,
 * and the old generation must verify under them; where it does not, clients stop, unharmed, until the timestamp is written too.
 */
async function lateRoots(place: SitePlace, source: RepositorySource): Promise<ReadonlySet<string>> {
  const late = new Set<string>();
  const there = (await readClientView(filesSource(place.site))).roots.length;
  if (there === 0) return late;
  const { roots } = await readClientView(source);
  for (let version = roots.length - 1; version >= there; version--) {
    const bytes = roots[version - 1];
    if (bytes === undefined || !(await servesRoot(place, source, version, bytes))) break;
    late.add(rootPath(parseVersion(version + 1, 'root')));
  }
  return late;
}

async function writeFile(place: SitePlace, path: string, entry: TreeEntry, requireHeld: () => Promise<void>): Promise<void> {
  const match = TARGET_FILE.exec(path);
  const sha256 = match?.[1] ?? match?.[2];
  if (sha256 !== undefined) {
    const expected = { length: entry.size, sha256 };
    const staged = await place.staging.locate(sha256);
    // Also when another has taken over: its name says what is in it.
    if (staged !== null) await place.site.copyIn(path, staged, expected);
    else await place.site.writeStream(path, place.forge.stream(entry.id), expected);
    return;
  }
  const bytes = (await place.forge.blobs([entry.id])).get(entry.id);
  if (bytes === undefined) throw new CountersignError('io', path, 'expected the published bytes, got none');
  await requireHeld();
  await place.site.write(path, bytes);
}

/** Writes a target's file; one that can't be written is told, withheld, and holds back nothing else. */
async function tryTarget(place: SitePlace, path: string, entry: TreeEntry, requireHeld: () => Promise<void>): Promise<Finding | null> {
  try {
    await writeFile(place, path, entry, requireHeld);
    return null;
  } catch (error) {
    if (!(error instanceof CountersignError) || error.code === 'locked') throw error;
    await requireHeld();
    await place.site.remove(path);
    return { source: 'live', code: error.code, where: path, detail: `${error.detail}; it could not be written to the site` };
  }
}

function told(code: Finding['code'], [first, ...others]: readonly string[], text: (what: string) => string): readonly Finding[] {
  if (first === undefined) return [];
  return [
    { source: 'live', code, where: first, detail: text(others.length === 0 ? 'this one' : `this one and ${String(others.length)} more`) },
  ];
}

/**
 * Brings the site up to the published branch, one file at a time, so that at each moment everything is there that a client is pointed at. An
 * older branch never overtakes a newer site. Interrupted, it is finished by the next run.
 * @param pruned - files that this run took off the branch: nobody else had put them on the site
 * @returns also what somebody else had put there, or changed, and what could not be written
 * @throws `locked`, `io` for metadata
 */
export async function syncSite(
  place: SitePlace,
  base: Base,
  current: readonly string[],
  pruned: ReadonlySet<string>,
): Promise<SiteResult & { readonly findings: readonly Finding[] }> {
  return place.withSiteLock(async (requireHeld) => {
    const head = (await place.forge.branches(PUBLISHED_BRANCH)).get(PUBLISHED_BRANCH);
    if (head === undefined) return { outcome: 'unchanged', written: 0, findings: [] };
    const tree = await place.forge.tree(head);
    const [site, branch] = [
      genuineTimestamp(base, await place.site.read(TIMESTAMP_PATH, DEFAULT_LIMITS.maxListedBytes)),
      timestampOf(await treeSource(place.forge, tree).metadata(TIMESTAMP_PATH, DEFAULT_LIMITS.maxListedBytes)),
    ];
    if (site !== null && branch !== null && site.signed.version > branch.signed.version)
      return { outcome: 'newer', written: 0, findings: [] };
    const files = new Map([...tree].filter(([path]) => path.startsWith('metadata/') || path.startsWith('targets/')));
    const strays = await removeStrays(place, files, requireHeld);
    const { stale, changed } = await differences(place, base, files, current);
    const findings: Finding[] = [
      ...told(
        'event-file-unclaimed',
        strays.filter((path) => !pruned.has(path)),
        (what) => `expected only files of the published branch on the site, got ${what}; taken away`,
      ),
      // The timestamp and what is new differ whenever the branch has gone on.
      ...told(
        'hash-mismatch',
        changed.filter((path) => path.startsWith('targets/')),
        (what) => `expected the bytes that were signed on the site, got others of ${what}; put back`,
      ),
    ];
    if (stale.length === 0) return { outcome: strays.length > 0 ? 'updated' : 'unchanged', written: 0, findings };
    const late = await lateRoots(place, treeSource(place.forge, files));
    let done = 0;
    const [early, last] = [stale.filter((path) => !late.has(path)), stale.filter((path) => late.has(path))];
    for (const path of [...inWritingOrder(early, false), ...inWritingOrder(last, false)]) {
      const entry = files.get(path);
      if (entry === undefined) continue;
      if (path.startsWith('targets/')) {
        const failure = await tryTarget(place, path, entry, requireHeld);
        if (failure !== null) findings.push(failure);
      } else await writeFile(place, path, entry, requireHeld);
      place.log.progress('publishing', ++done, stale.length);
    }
    return { outcome: 'updated', written: stale.length, findings };
  });
}
