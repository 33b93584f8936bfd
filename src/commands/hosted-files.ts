// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import type { HostedTarget } from '../event/decide-publish.ts';
import type { FileList } from '../event/file-list.ts';
import { readEventFile, type Contribution } from '../event/event-file.ts';
import { EVENT_PATH } from '../event/layout.ts';
import { hostedKey } from '../event/plan-publication.ts';
import type { BlobId, FileContent, Forge, HashedFile } from '../ports.ts';
import { CountersignError, type Outcome, type Refusal } from '../tuf/errors.ts';
import { targetFilePaths } from '../tuf/published-tree.ts';
import { parseBlobId } from './blob-id.ts';
import { isTarget } from './published-files.ts';
import type { State } from './read-base.ts';
import type { Workplace } from './workplace.ts';

/** What there is of the targets that the site hosts. */
export interface HostedFiles {
  /** What the published branch lacks and can be had, by target ({@link hostedKey}) and then by path in the published tree. */
  readonly found: ReadonlyMap<string, ReadonlyMap<string, FileContent>>;
  /** What can't be had, by target, each with what to do. */
  readonly missing: ReadonlyMap<string, Refusal>;
}

const HISTORY_DEPTH = 100;

/** What the notes of completed events say of where bytes wait. Nobody signed it: it only says where to look first. */
async function readContributions(forge: Forge, { metadataHead }: State): Promise<readonly Contribution[]> {
  if (metadataHead === null) return [];
  const ids = await forge.history(metadataHead, EVENT_PATH, HISTORY_DEPTH);
  const blobs = await forge.blobs(ids);
  return ids.flatMap((id) => {
    const bytes = blobs.get(id);
    return (bytes === undefined ? null : readEventFile(bytes))?.contributions ?? [];
  });
}

const MAX_NAMED_RUNS = 3;

/** What brings the bytes back: the run that proposed them, or one of those whose artifacts are gone. */
function howToGoOn(path: string, contributions: readonly Contribution[], expired: readonly string[]): string {
  const from = contributions.find(({ targets }) => targets === null || targets.includes(path))?.origin;
  if (from !== undefined && from !== null) return `repeat the run that proposed it, ${from.runUrl}`;
  const runs = expired.slice(0, MAX_NAMED_RUNS).join(' or ');
  return runs === ''
    ? 'propose the same file again'
    : `its artifact may have expired: repeat the run ${runs}, or propose the same file again`;
}

function missingFile({ path, sha256 }: HostedTarget, how: string): Refusal {
  return {
    code: 'staged-missing',
    where: path,
    detail: `expected the bytes of sha256 ${sha256} to wait for their signatures, got nothing; ${how}`,
  };
}

/** Where bytes wait anyone may have been: they are hashed again, all in one go, and one at a time where that fails. Gives what is wrong with each. */
async function checkStaged(place: Workplace, staged: ReadonlyMap<string, HostedTarget>): Promise<ReadonlyMap<string, Refusal>> {
  const hash = (paths: readonly string[]): Promise<readonly HashedFile[]> =>
    place.hasher.hash(paths, (done, total) => {
      place.log.progress('checking', done, total);
    });
  const wrong = new Map<string, Refusal>();
  const actual = new Map<string, HashedFile>();
  const hashAll = async (paths: readonly string[]): Promise<void> => {
    try {
      for (const one of await hash(paths)) actual.set(one.source, one);
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      const [only, ...others] = paths;
      if (only !== undefined && others.length === 0) wrong.set(only, { code: error.code, where: error.where, detail: error.detail });
      else for (const path of paths) await hashAll([path]);
    }
  };
  await hashAll([...staged.keys()]);
  const byName = new Map([...actual.values()].map((one) => [one.name, one]));
  for (const [source, { path, sha256, length }] of staged) {
    const found = actual.get(source) ?? byName.get(basename(source));
    if (wrong.has(source) || (found?.sha256 === sha256 && found.length === length)) continue;
    wrong.set(source, { code: 'hash-mismatch', where: path, detail: `expected staged bytes of sha256 ${sha256}, got others` });
  }
  return wrong;
}

/** Whether the branch has a target's bytes at a path; or which blob has them still, where somebody has changed the path since. */
async function findOnBranch(
  { forge }: Workplace,
  state: State,
  list: FileList | null,
  target: HostedTarget,
  path: string,
): Promise<'present' | BlobId | null> {
  const there = state.publishedTree.get(path);
  const known = list?.get(path);
  if (known !== undefined && there?.kind === 'file' && there.id === known.id) return 'present';
  if (known?.size === target.length) {
    const id = parseBlobId(known.id, path);
    return (await isTarget(forge, id, target)) ? id : null;
  }
  // Whoever has put it there: its bytes say what it is.
  if (there?.kind !== 'file' || there.size !== target.length) return null;
  return (await isTarget(forge, there.id, target)) ? 'present' : null;
}

/**
 * Finds the bytes of the targets that the site is to hold and the published branch does not have, each checked against its signed length and hash. Of what stands
 * in the list of published files nothing is read; a file whose path says what is in it, and that is not in the list, is hashed.
 * @param list - what was published, if that is known
 */
export async function findHostedFiles(
  place: Workplace,
  state: State,
  list: FileList | null,
  targets: readonly HostedTarget[],
): Promise<HostedFiles> {
  const found = new Map<string, ReadonlyMap<string, FileContent>>();
  const wanted: { readonly target: HostedTarget; readonly paths: readonly string[] }[] = [];
  for (const target of new Map(targets.map((one) => [hostedKey(one), one])).values()) {
    const blobs = new Map<string, FileContent>();
    const lacking: string[] = [];
    for (const path of targetFilePaths(target.path, target.sha256)) {
      const where = await findOnBranch(place, state, list, target, path);
      if (where === null) lacking.push(path);
      else if (where !== 'present') blobs.set(path, { kind: 'blob', id: where });
    }
    if (blobs.size > 0) found.set(hostedKey(target), blobs);
    if (lacking.length > 0) wanted.push({ target, paths: lacking });
  }
  const missing = new Map<string, Refusal>();
  if (wanted.length === 0) return { found, missing };
  const contributions = await readContributions(place.forge, state);
  place.staging.addHints(contributions.flatMap(({ staged }) => staged ?? []));
  const staged = new Map<string, HostedTarget>();
  const sources = new Map<string, string>();
  for (const { target } of wanted) {
    const key = hostedKey(target);
    const source = await locate(place, target);
    if (source.kind === 'refused') missing.set(key, source.refusal);
    else if (source.value === null)
      missing.set(key, missingFile(target, howToGoOn(target.path, contributions, place.staging.expiredRuns())));
    else {
      staged.set(source.value, target);
      sources.set(key, source.value);
    }
  }
  const wrong = await checkStaged(place, staged);
  for (const { target, paths } of wanted) {
    const key = hostedKey(target);
    const source = sources.get(key);
    if (source === undefined) continue;
    const refusal = wrong.get(source);
    if (refusal !== undefined) missing.set(key, refusal);
    else {
      const files = paths.map((path): [string, FileContent] => [path, { kind: 'file', path: source, length: target.length }]);
      found.set(key, new Map([...(found.get(key) ?? []), ...files]));
    }
  }
  return { found, missing };
}

/** Where a target's bytes wait. That one can't be looked for, or is too large for the host, holds up no other. */
async function locate({ staging, maxHostedBytes }: Workplace, { path, sha256, length }: HostedTarget): Promise<Outcome<string | null>> {
  if (maxHostedBytes !== null && length > maxHostedBytes) {
    const detail = `expected at most ${String(maxHostedBytes)} bytes, which the host takes, got ${String(length)}`;
    return { kind: 'refused', refusal: { code: 'too-large', where: path, detail } };
  }
  try {
    return { kind: 'accepted', value: await staging.locate(sha256) };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { kind: 'refused', refusal: { code: error.code, where: path, detail: `${error.where}: ${error.detail}` } };
  }
}
