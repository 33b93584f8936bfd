// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import { hostedTargets, type HostedTarget } from '../event/decide-publish.ts';
import type { Base } from '../event/base.ts';
import { readEventFile, type Contribution } from '../event/event-file.ts';
import { EVENT_PATH } from '../event/layout.ts';
import type { FileContent, Forge } from '../ports.ts';
import { CountersignError, type Refusal } from '../tuf/errors.ts';
import { targetFilePaths } from '../tuf/published-tree.ts';
import type { State } from './read-base.ts';
import type { Workplace } from './workplace.ts';

/** The files of targets that the published branch lacks. */
export interface HostedFiles {
  /** Those that are at hand, by their path in the published tree. */
  readonly files: ReadonlyMap<string, FileContent>;
  /** Those that are not, each with what to do. */
  readonly missing: readonly Refusal[];
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

/** Where bytes wait anyone may have been: they are hashed again, all in one go. @throws `hash-mismatch` */
async function requireHashes(place: Workplace, staged: ReadonlyMap<string, HostedTarget>): Promise<void> {
  const hashed = await place.hasher.hash([...staged.keys()], (done, total) => {
    place.log.progress('checking', done, total);
  });
  const actual = new Map(hashed.map((one) => [one.name, one]));
  for (const [source, { path, sha256, length }] of staged) {
    const found = actual.get(basename(source));
    if (found?.sha256 !== sha256 || found.length !== length)
      throw new CountersignError('hash-mismatch', path, `expected staged bytes of sha256 ${sha256}, got others`);
  }
}

/**
 * Finds the bytes of the targets that the site is to hold and the published branch does not have yet, each checked against its signed length and hash.
 * @throws `hash-mismatch`, `io`
 */
export async function findHostedFiles(place: Workplace, state: State, base: Base): Promise<HostedFiles> {
  const wanted = hostedTargets(base).flatMap((target) => {
    const paths = targetFilePaths(target.path, target.sha256).filter((path) => {
      const there = state.publishedTree.get(path);
      return there?.kind !== 'file' || there.size !== target.length;
    });
    return paths.length === 0 ? [] : [{ target, paths }];
  });
  if (wanted.length === 0) return { files: new Map(), missing: [] };
  const contributions = await readContributions(place.forge, state);
  place.staging.addHints(contributions.flatMap(({ staged }) => staged ?? []));
  const files = new Map<string, FileContent>();
  const staged = new Map<string, HostedTarget>();
  const missing: Refusal[] = [];
  for (const { target, paths } of wanted) {
    const source = await place.staging.locate(target.sha256);
    if (source === null) {
      missing.push(missingFile(target, howToGoOn(target.path, contributions, place.staging.expiredRuns())));
      continue;
    }
    staged.set(source, target);
    for (const path of paths) files.set(path, { kind: 'file', path: source, length: target.length });
  }
  await requireHashes(place, staged);
  return { files, missing };
}
