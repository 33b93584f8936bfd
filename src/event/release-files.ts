// SPDX-License-Identifier: Apache-2.0
import { parseCommitSha, type CommitSha } from '../trust/accounts.ts';
import { CountersignError, outcomeOf, quote } from '../tuf/errors.ts';
import { hostingOf, ourCustomOf } from '../tuf/hosting.ts';
import { parseSha256, type Sha256Hex, type TargetPath } from '../tuf/names.ts';
import type { TargetFile, Targets } from '../tuf/targets.ts';
import type { Base } from './base.ts';

export { hostingOf, type Hosting } from '../tuf/hosting.ts';

/** A file of a release, as it was signed. */
export interface ReleaseFile {
  readonly path: TargetPath;
  /** Under which people find it. Clients ask for `<sha256>.<name>`. */
  readonly name: string;
  readonly length: number;
  readonly sha256: Sha256Hex;
  /** The commit that it was built from; null when that was not said. */
  readonly commit: CommitSha | null;
}

/** What signed metadata says of one release. */
export interface SignedRelease {
  readonly tag: string;
  readonly files: readonly ReleaseFile[];
}

/**
 * Names that GitHub keeps as they are; it renames others without a word, and then no client finds them.
 * @see https://docs.github.com/rest/releases/assets
 */
const ASSET_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*[A-Za-z0-9_-]$/;
const DIGEST_CHARACTERS = 65;
const MAX_NAME_CHARACTERS = 255;

/** Requires a file name under which a release can hold it, plain and with its digest before it. @throws `asset-name` */
export function requireAssetName(name: string): void {
  if (ASSET_NAME.test(name) && name.length + DIGEST_CHARACTERS <= MAX_NAME_CHARACTERS) return;
  const detail = 'expected a name of letters, digits and "._-" that neither begins nor ends with a dot, of at most 190 characters';
  throw new CountersignError('asset-name', quote(name), `${detail}; a release would rename it`);
}

/** The commit that a target's signed `custom` names; null when it names none. */
export function sourceCommitOf(target: TargetFile): CommitSha | null {
  const commit = ourCustomOf(target)?.get('commit');
  const parsed = typeof commit === 'string' ? outcomeOf(() => parseCommitSha(commit, 'commit')) : null;
  return parsed?.kind === 'accepted' ? parsed.value : null;
}

/** The releases that a targets role speaks of, by tag: a target `<tag>/<name>` is an asset of the release `<tag>`. */
function addReleases(targets: Targets, releases: Map<string, ReleaseFile[]>): void {
  for (const [path, target] of targets.targets) {
    const sha256 = target.hashes.get('sha256');
    const slash = path.lastIndexOf('/');
    if (slash < 1 || sha256 === undefined || hostingOf(target) !== 'release') continue;
    const tag = path.slice(0, slash);
    const file = {
      path,
      name: path.slice(slash + 1),
      length: target.length,
      sha256: parseSha256(sha256, path),
      commit: sourceCommitOf(target),
    };
    const files = releases.get(tag);
    if (files === undefined) releases.set(tag, [file]);
    else files.push(file);
  }
}

/** All releases that the signed state speaks of. */
export function signedReleases(base: Base): readonly SignedRelease[] {
  const releases = new Map<string, ReleaseFile[]>();
  for (const { file } of base.roles.values()) addReleases(file.signed, releases);
  return [...releases].map(([tag, files]) => ({ tag, files }));
}

/** The tags of the releases that a proposed role speaks of. */
export function proposedTags(proposed: Targets): ReadonlySet<string> {
  const releases = new Map<string, ReleaseFile[]>();
  addReleases(proposed, releases);
  return new Set(releases.keys());
}
