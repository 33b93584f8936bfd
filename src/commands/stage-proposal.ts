// SPDX-License-Identifier: Apache-2.0
import { draftBody } from '../event/decide-releases.ts';
import type { CommitSha, HashedFile, Releases } from '../ports.ts';
import { parseCommitSha } from '../trust/accounts.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import type { ProposeInput } from './propose-input.ts';
import { stageRelease, type ReleaseInput, type StagedRelease } from './stage-release.ts';
import type { Workplace } from './workplace.ts';

/** The release that files go into. */
export interface ReleaseTarget {
  readonly input: ReleaseInput;
  readonly releases: Releases;
  readonly commit: CommitSha;
}

/** What hosting `release` needs; null with any other. @throws `usage`, naming what is missing */
export function releaseTarget(place: Workplace, input: ProposeInput): ReleaseTarget | null {
  if (input.hosting !== 'release') return null;
  const { releases } = place;
  if (releases === null) throw new CountersignError('usage', 'hosting', 'expected a host that has releases, got one without');
  if (input.release === null || input.release.tag === '')
    throw new CountersignError('usage', 'tag', 'expected the tag of the release that the files go into, got nothing');
  if (input.targetPrefix !== '' && input.targetPrefix !== `${input.release.tag}/`) {
    const detail = `expected ${quote(`${input.release.tag}/`)} or nothing: clients look for a release's files below its tag`;
    throw new CountersignError('usage', 'target-prefix', detail);
  }
  if (input.sourceCommit === null)
    throw new CountersignError('usage', 'commit', 'expected the commit that the files were built from, got none');
  return { input: input.release, releases, commit: parseCommitSha(input.sourceCommit, 'commit') };
}

const STAGING_BATCH = 16;

/** Takes the bytes in, several files at a time. */
async function stage(place: Workplace, hashed: readonly HashedFile[]): Promise<void> {
  for (let at = 0; at < hashed.length; at += STAGING_BATCH) {
    await Promise.all(hashed.slice(at, at + STAGING_BATCH).map(async ({ sha256, source }) => place.staging.put(sha256, source)));
    place.log.progress('staging', Math.min(at + STAGING_BATCH, hashed.length), hashed.length);
  }
}

/** What is to wait. */
export interface StagingInput {
  readonly input: ProposeInput;
  readonly release: ReleaseTarget | null;
  readonly hashed: readonly HashedFile[];
}

/**
 * Puts the bytes where they wait. Also when nothing is new: what waited there may be gone.
 * @throws as {@link stageRelease}
 */
export async function stageProposal(place: Workplace, { input, release, hashed }: StagingInput): Promise<StagedRelease | null> {
  if (input.hosting === 'site' || input.staging === 'all') await stage(place, hashed);
  if (release === null || hashed.length === 0) return null;
  const uploads = hashed.map((file) => ({ name: file.name, file }));
  return stageRelease({ ...place, releases: release.releases }, release.input, release.commit, uploads);
}

/** Writes into the draft which event it belongs to, so that it goes when that is closed. */
export async function claimDraft({ releases }: Workplace, staged: StagedRelease | null, number: number | null): Promise<void> {
  if (releases === null || number === null || staged?.state !== 'draft' || !staged.owned) return;
  await releases.describe(staged.id, draftBody(number));
}
