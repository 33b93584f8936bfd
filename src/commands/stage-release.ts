// SPDX-License-Identifier: Apache-2.0
import { draftBody, draftOwner } from '../event/decide-releases.ts';
import { requireAssetName } from '../event/release-files.ts';
import type { CommitSha, HashedFile, Log, Release, ReleaseAsset, Releases } from '../ports.ts';
import { CountersignError } from '../tuf/errors.ts';
import type { Workplace } from './workplace.ts';

/** The release that files are proposed for. */
export interface ReleaseInput {
  readonly tag: string;
  /** Whether the tag may be made when the quorum has agreed; else it must be there. */
  readonly createTag: boolean;
  /** A draft that another tool made, to put the files into; null to make one. */
  readonly releaseId: number | null;
  readonly prerelease: boolean;
}

/** Where files wait for their signatures. */
export interface StagedRelease {
  readonly id: number;
  readonly url: string;
  readonly state: 'draft' | 'published';
  /** Whether its text is ours to write. */
  readonly owned: boolean;
}

/** A file and the name it has below its tag. */
export interface ReleaseUpload {
  readonly name: string;
  readonly file: HashedFile;
}

function mismatch(tag: string, detail: string): CountersignError {
  return new CountersignError('release-mismatch', `release ${tag}`, detail);
}

/** The tag is there at the commit, or may be made. @throws `tag-mismatch`, `tag-missing` */
async function requireTag(releases: Releases, { tag, createTag }: ReleaseInput, commit: CommitSha): Promise<void> {
  const tagged = await releases.tagCommit(tag);
  if (tagged === commit || (tagged === null && createTag)) return;
  if (tagged === null) {
    throw new CountersignError(
      'tag-missing',
      `tag ${tag}`,
      'expected a tag, got none; push it first, or set create-tag to make it when enough people have signed',
    );
  }
  throw new CountersignError(
    'tag-mismatch',
    `tag ${tag}`,
    `expected commit ${commit}, of which this run is, got ${tagged}; use another tag`,
  );
}

async function adopted(releases: Releases, id: number, tag: string): Promise<Release> {
  const release = await releases.get(id);
  if (release === null)
    throw new CountersignError('release-missing', `release ${String(id)}`, 'expected a draft to put the files into, got none');
  if (!release.draft)
    throw new CountersignError('already-exists', `release ${String(id)}`, 'expected a draft, got a release that is published already');
  if (release.tag !== tag) throw mismatch(tag, `expected release ${String(id)} to be of this tag, got ${release.tag}`);
  return release;
}

/** Our draft of the tag. Two runs at once make two: the older one is kept, by both. */
async function ownDraft(place: Workplace, releases: Releases, input: ReleaseInput, commit: CommitSha): Promise<Release> {
  const viewer = await place.forge.viewer();
  const drafts = async (): Promise<readonly Release[]> => {
    const all = (await releases.list()).filter(({ tag, draft }) => tag === input.tag && draft);
    const foreign = all.find(({ body, author }) => draftOwner(body) === null || author.id !== viewer.id);
    if (foreign !== undefined) {
      const detail = `expected no draft of this tag, got one that Countersign did not make; pass release-id: ${String(foreign.id)} to use it`;
      throw new CountersignError('already-exists', `release ${input.tag}`, detail);
    }
    return [...all].sort((a, b) => a.id - b.id);
  };
  const [first] = await drafts();
  const body = draftBody(null);
  if (first !== undefined) {
    // An event that was closed has it no more, and nobody may remove it while another is being opened.
    if (first.body !== body) await releases.describe(first.id, body);
    return first;
  }
  const made = await releases.createDraft({ tag: input.tag, commit, name: input.tag, body, prerelease: input.prerelease });
  const kept = (await drafts())[0] ?? made;
  if (kept.id !== made.id) await releases.removeDraft(made.id);
  return kept;
}

/** An earlier propose of the same names may have brought other bytes: under their digest nobody asks for them any more. */
async function removeReplaced(releases: Releases, assets: readonly ReleaseAsset[], uploads: readonly ReleaseUpload[]): Promise<void> {
  const names = new Map(uploads.map(({ name, file }) => [name, file.sha256]));
  for (const { id, name } of assets) {
    const [, sha256, plain] = /^([0-9a-f]{64})\.(.+)$/.exec(name) ?? [];
    const wanted = plain === undefined ? undefined : names.get(plain);
    if (wanted !== undefined && wanted !== sha256) await releases.removeAsset(id);
  }
}

async function uploadMissing(
  place: { readonly releases: Releases; readonly log: Log },
  release: Release,
  uploads: readonly ReleaseUpload[],
  isOurs: boolean,
): Promise<void> {
  const there = new Map((await place.releases.assets(release.id)).map((asset) => [asset.name, asset]));
  const wanted = uploads.flatMap(({ name, file }) => [
    { name, file },
    { name: `${file.sha256}.${name}`, file },
  ]);
  if (isOurs) await removeReplaced(place.releases, [...there.values()], uploads);
  let done = 0;
  for (const { name, file } of wanted) {
    const asset: ReleaseAsset | undefined = there.get(name);
    const isSame = asset?.state === 'uploaded' && asset.sha256 === file.sha256 && asset.size === file.length;
    if (!isSame) {
      if (asset !== undefined) {
        if (!isOurs && asset.state === 'uploaded')
          throw mismatch(release.tag, `expected its asset ${name} to have sha256 ${file.sha256}, got ${asset.sha256 ?? 'none'}`);
        await place.releases.removeAsset(asset.id);
      }
      await place.releases.upload(release.id, name, { kind: 'file', path: file.source, length: file.length }, file.sha256);
    }
    place.log.progress('uploading', ++done, wanted.length);
  }
}

/**
 * Puts files into a draft release, each under its own name for people and as `<sha256>.<name>` for clients, where they wait until enough people have signed.
 * May be repeated: what is there already is not uploaded again. A release that is published already is left alone if it has just these files.
 * @throws `asset-name`, `tag-mismatch`, `tag-missing`, `already-exists`, `release-missing`, `release-mismatch`, `release-immutable`
 */
export async function stageRelease(
  place: Workplace & { readonly releases: Releases },
  input: ReleaseInput,
  commit: CommitSha,
  uploads: readonly ReleaseUpload[],
): Promise<StagedRelease> {
  const { releases } = place;
  for (const { name } of uploads) requireAssetName(name);
  const published = (await releases.list()).find(({ tag, draft }) => tag === input.tag && !draft);
  if (published !== undefined) {
    const assets = new Map((await releases.assets(published.id)).map((asset) => [asset.name, asset]));
    const other = uploads.find(({ name, file }) => assets.get(`${file.sha256}.${name}`)?.sha256 !== file.sha256);
    if (other === undefined) return { id: published.id, url: published.url, state: 'published', owned: false };
    const detail = `expected a release that is not published, got one without ${other.name} of sha256 ${other.file.sha256}; use another tag`;
    throw new CountersignError('already-exists', `release ${input.tag}`, detail);
  }
  await requireTag(releases, input, commit);
  const release =
    input.releaseId === null ? await ownDraft(place, releases, input, commit) : await adopted(releases, input.releaseId, input.tag);
  if (release.target !== commit && (await releases.tagCommit(input.tag)) === null)
    throw mismatch(input.tag, `expected its draft to be of commit ${commit}, got ${release.target}; delete that draft or use another tag`);
  await uploadMissing(place, release, uploads, input.releaseId === null);
  return { id: release.id, url: release.url, state: 'draft', owned: input.releaseId === null };
}
